import type { ByteSource } from "@/lib/formats/bytes";
import { piece, sizeOf, type SongBytes } from "./song-bytes";

/** Bytes of the first look; each further one is twice as long. */
const FIRST_LOOK = 64 * 1024;
const LONGEST_LOOK = 16 * 1024 * 1024;
/** What may be held of all files of one reading. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Bytes that a reader asked for and that are not there yet. */
class Missing extends Error {
  readonly file: number;
  readonly from: number;
  readonly to: number;

  constructor(file: number, from: number, to: number) {
    super(`bytes ${from} to ${to}`);
    [this.file, this.from, this.to] = [file, from, to];
  }
}

interface Held {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/**
 * Runs a synchronous reader of files outside of a worker, where bytes can only be awaited: what it
 * asks for and is not there yet is fetched, and it begins again. It must change nothing and catch
 * nothing. Null where it asks for more than a page should hold. Rejects with what reading throws.
 */
export async function readAwaited<T>(
  files: readonly SongBytes[],
  read: (...sources: readonly ByteSource[]) => T,
): Promise<T | null> {
  const held: Held[][] = files.map(() => []);
  const sources = files.map((file, index) => sourceOver(sizeOf(file), held[index]!, index));
  let [look, total] = [FIRST_LOOK, 0];
  for (;;) {
    try {
      return read(...sources);
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      const { file, from, to } = error;
      const size = sizeOf(files[file]!);
      // At its end a file is read from back to front.
      const start = Math.max(0, Math.min(from, size - look));
      const end = Math.min(size, Math.max(to, start + look));
      if ((total += end - start) > MOST_BYTES) return null;
      held[file]!.push({ start, bytes: await piece(files[file]!, start, end) });
      look = Math.min(LONGEST_LOOK, look * 2);
    }
  }
}

const sourceOver = (size: number, held: readonly Held[], file: number): ByteSource => ({
  size,
  read(offset, length) {
    const from = Math.max(0, Math.min(offset, size));
    const to = Math.max(from, Math.min(offset + length, size));
    if (from === to) return new Uint8Array(0);
    const there = held.findLast(({ start, bytes }) => from >= start && to <= start + bytes.length);
    if (!there) throw new Missing(file, from, to);
    return there.bytes.subarray(from - there.start, to - there.start);
  },
});
