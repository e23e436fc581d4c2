import { readAwaited } from "@/lib/storage/awaited-source";
import { piece, type SongBytes } from "@/lib/storage/song-bytes";

/** Bytes in memory at a time. */
const PIECE = 512 * 1024;

/**
 * The SHA-256 of a song's sound, which stays the same whatever is done to its tags; null where the
 * two are not told apart safely (`audioParts`). Depends on how the sound is laid out in the file.
 */
export async function audioPrint(bytes: SongBytes): Promise<string | null> {
  // Not in the page's own bundle: few batches need it.
  const { audioParts } = await import("@/lib/formats");
  const { createSHA256 } = await import("hash-wasm");
  const audio = await readAwaited([bytes], (source) => audioParts(source));
  if (audio === null) return null;
  const hash = await createSHA256();
  hash.update(`${audio.kind}\n`);
  // Pages of Ogg are small: what several lie in is read once.
  let [start, held] = [0, new Uint8Array(0)];
  for (const part of audio.parts) {
    if (part instanceof Uint8Array) {
      hash.update(part);
      continue;
    }
    const end = part.offset + part.length;
    for (let at = part.offset; at < end;) {
      if (at < start || at >= start + held.length) {
        [start, held] = [at, await piece(bytes, at, at + PIECE)];
      }
      const rest = held.subarray(at - start, end - start);
      hash.update(rest);
      at += rest.length;
    }
  }
  return hash.digest("hex");
}
