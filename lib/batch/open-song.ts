import type { PickedFile } from "@/lib/files/picked-file";
import { type SongSource, sourceOf } from "@/lib/files/source-of";
import type { Refused } from "@/lib/song/outcome";
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
export async function openSource(file: PickedFile): Promise<SongSource> {
  const onDisk = await openSong(file);
  try {
    return await opened(() => sourceOf(file, onDisk));
  } catch (error) {
    if (!(error instanceof OpenFailed) || error.reason !== "file-changed") throw error;
    throw new OpenFailed(await whyUnread(file, onDisk), error.message);
  }
}

/** The cause of a refusal, where the browser has one word for several. */
export const withCause = async <T extends { readonly kind: string }>(
  outcome: T | Refused,
  file: PickedFile,
  onDisk: File,
): Promise<T | Refused> =>
  isRefused(outcome) && outcome.reason === "file-changed"
    ? { ...outcome, reason: await whyUnread(file, onDisk) }
    : outcome;

const isRefused = (outcome: { readonly kind: string }): outcome is Refused =>
  outcome.kind === "refused";

/** A file that is still what it was when it was opened did not change: its drive cannot read it. */
async function whyUnread(
  file: PickedFile,
  was: Pick<File, "size" | "lastModified">,
): Promise<RefusalReason> {
  try {
    const now = await openSong(file);
    const isSame = now.size === was.size && now.lastModified === was.lastModified;
    return isSame ? "drive-failed" : "file-changed";
  } catch (error) {
    return error instanceof OpenFailed ? error.reason : "file-unreadable";
  }
}

async function opened<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof OpenFailed) throw error;
    const name = error instanceof DOMException ? error.name : "";
    throw new OpenFailed(reasons[name] ?? "file-unreadable", error);
  }
}
