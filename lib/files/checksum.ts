import type { SongBytes } from "@/lib/workers/protocol";
import { piece, sizeOf } from "./song-bytes";

/** Bytes in memory at a time: files may be larger than what a tab can hold. */
const PIECE = 8 * 1024 * 1024;

const digest = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/**
 * Tells files of different content apart: the SHA-256 of the SHA-256 of each 8 MiB, as hexadecimal
 * digits. (The browser's SHA-256 takes a file only as a whole.)
 */
export async function fingerprint(bytes: SongBytes): Promise<string> {
  const digests: number[] = [];
  for (let at = 0; at < sizeOf(bytes); at += PIECE) {
    digests.push(...(await digest(await piece(bytes, at, at + PIECE))));
  }
  const all = await digest(Uint8Array.from(digests));
  return [...all].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function sameBytes(a: SongBytes, b: SongBytes): Promise<boolean> {
  if (sizeOf(a) !== sizeOf(b)) return false;
  for (let at = 0; at < sizeOf(a); at += PIECE) {
    const [left, right] = await Promise.all([a, b].map((each) => piece(each, at, at + PIECE)));
    for (let i = 0; i < left!.length; i++) if (left![i] !== right![i]) return false;
  }
  return true;
}
