import type { PickedFile } from "@/lib/files/picked-file";
import type { RefusalReason } from "@/lib/song/refusals";

/** A file that was picked cannot be opened any more. */
export class OpenFailed extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, cause: unknown) {
    super(String(cause));
    this.reason = reason;
  }
}

const reasons: Partial<Record<string, RefusalReason>> = {
  NotFoundError: "file-gone",
  NotReadableError: "file-changed",
};

/** Rejects with `OpenFailed`. */
export async function openSong(file: PickedFile): Promise<File> {
  try {
    return await file.open();
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    throw new OpenFailed(reasons[name] ?? "file-unreadable", error);
  }
}
