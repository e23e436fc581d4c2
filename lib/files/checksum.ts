/** Bytes in memory at a time: files may be larger than what a tab can hold. */
const PIECE = 8 * 1024 * 1024;

const digest = async (bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/**
 * Tells files of different content apart: the SHA-256 of the SHA-256 of each 8 MiB, as hexadecimal
 * digits. (The browser's SHA-256 takes a file only as a whole.)
 */
export async function fingerprint(blob: Blob): Promise<string> {
  const digests: number[] = [];
  for (let at = 0; at < blob.size; at += PIECE) {
    digests.push(...(await digest(await blob.slice(at, at + PIECE).arrayBuffer())));
  }
  const all = await digest(Uint8Array.from(digests));
  return [...all].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function sameBytes(a: Blob, b: Blob): Promise<boolean> {
  if (a.size !== b.size) return false;
  for (let at = 0; at < a.size; at += PIECE) {
    const [left, right] = await Promise.all(
      [a, b].map(async (blob) => new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer())),
    );
    if (!left!.every((byte, index) => byte === right![index])) return false;
  }
  return true;
}
