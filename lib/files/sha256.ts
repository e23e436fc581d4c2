import { type SongBytes, piece, sizeOf } from "@/lib/storage/song-bytes";

/** Bytes in memory at a time, of what is longer than `AT_ONCE`. */
const PIECE = 512 * 1024;

/**
 * Up to here the browser's own hash is asked, which takes a fraction of the time and none of the
 * page's thread. It wants all bytes in memory and copies them: twice as much is held for a moment,
 * of one file at a time. Six minutes of a CD as WAV are shorter, ten as FLAC.
 */
const AT_ONCE = 64 * 1024 * 1024;
/** Shorter ones wait for nobody: a drive that hangs under one file must not hold up the others. */
const IN_TURN = 16 * 1024 * 1024;

/** The SHA-256 of a file's bytes (FIPS 180-4), as `sha256sum` writes it. */
export async function sha256(bytes: SongBytes): Promise<string> {
  // Browsers offer it to secure pages only.
  if (sizeOf(bytes) <= AT_ONCE && "subtle" in crypto) {
    return sizeOf(bytes) <= IN_TURN ? atOnce(bytes) : afterOthers(() => atOnce(bytes));
  }
  // Not in the page's own bundle: few songs are so long.
  const { createSHA256 } = await import("hash-wasm");
  const hash = await createSHA256();
  for (let at = 0; at < sizeOf(bytes); at += PIECE) {
    hash.update(await piece(bytes, at, at + PIECE));
  }
  return hash.digest("hex");
}

async function atOnce(bytes: SongBytes): Promise<string> {
  const all = await piece(bytes, 0, sizeOf(bytes));
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", all)));
}

let before: Promise<unknown> = Promise.resolve();

function afterOthers<T>(work: () => Promise<T>): Promise<T> {
  const done = before.then(work);
  before = done.catch(() => undefined);
  return done;
}

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
