import { equalBytes } from "@/lib/formats/bytes";
export const sizeOf = (bytes: SongBytes): number =>
  bytes instanceof Blob ? bytes.size : bytes.reduce((sum, part) => sum + part.length, 0);

export const asBlob = (bytes: SongBytes): Blob =>
  bytes instanceof Blob ? bytes : new Blob([...bytes]);

/** The memory that they lie in, each buffer once. */
export const buffersOf = (bytes: SongBytes): ArrayBuffer[] =>
  bytes instanceof Blob ? [] : [...new Set(bytes.map(({ buffer }) => buffer))];

/** Part of them, in memory: a view where they lie together there, else a copy. */
export async function piece(
  bytes: SongBytes,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes instanceof Blob) return new Uint8Array(await bytes.slice(from, to).arrayBuffer());
  const views: Uint8Array<ArrayBuffer>[] = [];
  let start = 0;
  for (const part of bytes) {
    const [begin, end] = [Math.max(0, from - start), Math.min(part.length, to - start)];
    if (begin < end) views.push(part.subarray(begin, end));
    start += part.length;
  }
  if (views.length === 1) return views[0]!;
  const copy = new Uint8Array(sizeOf(views));
  let at = 0;
  for (const view of views) {
    copy.set(view, at);
    at += view.length;
  }
  return copy;
}

/** Bytes in memory at a time. */
const PIECE = 512 * 1024;

export async function sameBytes(a: SongBytes, b: SongBytes): Promise<boolean> {
  if (sizeOf(a) !== sizeOf(b)) return false;
  for (let at = 0; at < sizeOf(a); at += PIECE) {
    const [left, right] = await Promise.all([a, b].map((each) => piece(each, at, at + PIECE)));
    if (!equalBytes(left!, right!)) return false;
  }
  return true;
}

/** A finished song: in memory, part by part, or a file of the origin-private file system. */
export type SongBytes = Blob | readonly Uint8Array<ArrayBuffer>[];
