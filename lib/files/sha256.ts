import { createSHA256 } from "hash-wasm";
import { type SongBytes, piece, sizeOf } from "@/lib/storage/song-bytes";

/** Bytes in memory at a time; the browser takes a SHA-256 itself only of bytes that are all there. */
const PIECE = 512 * 1024;

/** The SHA-256 of a file's bytes (FIPS 180-4), as `sha256sum` writes it. */
export async function sha256(bytes: SongBytes): Promise<string> {
  const hash = await createSHA256();
  for (let at = 0; at < sizeOf(bytes); at += PIECE) {
    hash.update(await piece(bytes, at, at + PIECE));
  }
  return hash.digest("hex");
}
