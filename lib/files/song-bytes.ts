import type { SongBytes } from "@/lib/workers/protocol";

export const sizeOf = (bytes: SongBytes): number =>
  bytes instanceof Blob ? bytes.size : bytes.length;

export const asBlob = (bytes: SongBytes): Blob =>
  bytes instanceof Blob ? bytes : new Blob([bytes]);

/** Frees their memory at once. The garbage collector would leave it for several songs more. */
export function free(bytes: SongBytes): void {
  // In browsers since 2024; not in Node 20.
  const buffer =
    bytes instanceof Blob ? null : (bytes.buffer as { transfer?(size: 0): ArrayBuffer });
  buffer?.transfer?.(0);
}

/** Part of them, in memory. */
export const piece = async (
  bytes: SongBytes,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer>> =>
  bytes instanceof Blob
    ? new Uint8Array(await bytes.slice(from, to).arrayBuffer())
    : bytes.subarray(from, to);
