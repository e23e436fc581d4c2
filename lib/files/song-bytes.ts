import type { SongBytes } from "@/lib/workers/protocol";

export const sizeOf = (bytes: SongBytes): number =>
  bytes instanceof Blob ? bytes.size : bytes.length;

export const asBlob = (bytes: SongBytes): Blob =>
  bytes instanceof Blob ? bytes : new Blob([bytes]);

/** Part of them, in memory. */
export const piece = async (
  bytes: SongBytes,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer>> =>
  bytes instanceof Blob
    ? new Uint8Array(await bytes.slice(from, to).arrayBuffer())
    : bytes.subarray(from, to);
