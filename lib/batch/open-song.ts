import type { PickedFile } from "@/lib/files/picked-file";
import { type SongSource, sourceOf } from "@/lib/files/source-of";
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

/** The file on disk. Rejects with `OpenFailed`. */
export const openSong = (file: PickedFile): Promise<File> => opened(() => file.open());

/**
 * The bytes that a song is measured and leveled from: its kept original, where what is on disk was
 * made from it. Rejects with `OpenFailed`.
 */
export const openSource = (file: PickedFile): Promise<SongSource> => opened(() => sourceOf(file));

async function opened<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof OpenFailed) throw error;
    const name = error instanceof DOMException ? error.name : "";
    throw new OpenFailed(reasons[name] ?? "file-unreadable", error);
  }
}
