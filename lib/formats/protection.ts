/** Copy protection that files state: their sound is encrypted, and no program here has the key. */
import { has, latin1, u64le, windowed, type ByteSource } from "./bytes";
import { audioTrack, readMovie } from "./mp4/movie";
import { sampleEntry } from "./mp4/track";

/** The scheme, by the name that the format has for it; null where the sound is open. */
export function protectionOf(source: ByteSource, container: string): string | null {
  switch (container) {
    case "m4a":
      return ofMp4(source);
    case "wma":
      return ofAsf(windowed(source));
    case "matroska":
      return ofMatroska(source);
    default:
      return null;
  }
}

/**
 * Sample entries of encrypted sound: ISO 14496-12 §8.12 (`enca`), Apple's FairPlay (`drms`),
 * Audible's (`aavd`).
 */
const encryptedEntries = new Set(["enca", "drms", "aavd"]);

function ofMp4(source: ByteSource): string | null {
  const movie = readMovie(source);
  const track = movie && audioTrack(movie);
  const entry = track ? sampleEntry(track) : "";
  return encryptedEntries.has(entry) ? entry : null;
}

/** GUIDs of ASF's encryption objects: plain, extended, advanced (ASF Specification §3.14, §3.15, §3.17). */
const encryptionObjects = [
  [0xfb, 0xb3, 0x11, 0x22, 0x23, 0xbd, 0xd2, 0x11, 0xb4, 0xb7, 0x00, 0xa0, 0xc9, 0x55, 0xfc, 0x6e],
  [0x14, 0xe6, 0x8a, 0x29, 0x22, 0x26, 0x17, 0x4c, 0xb9, 0x35, 0xda, 0xe0, 0x7e, 0xe9, 0x28, 0x9c],
  [0x33, 0x85, 0x05, 0x43, 0x81, 0x69, 0xe6, 0x49, 0x9b, 0x74, 0xad, 0x12, 0xcb, 0x86, 0xd5, 0x8c],
].map((guid) => String.fromCharCode(...guid));

/** Objects of the header: GUID, then a size of 64 bits that counts both. */
function ofAsf(source: ByteSource): string | null {
  const HEADER = 30;
  const end = Math.min(source.size, u64le(source.read(0, HEADER), 16));
  for (let offset = HEADER, objects = 0; offset + 24 <= end && objects < 1024; objects++) {
    const head = source.read(offset, 24);
    if (encryptionObjects.some((guid) => has(head, 0, guid))) return "content encryption";
    const size = u64le(head, 16);
    if (size < 24) return null;
    offset += size;
  }
  return null;
}

/** Bytes of a file's head in which its tracks are described. */
const MATROSKA_HEAD = 1 << 16;
/** ContentEncryption (RFC 9559 §5.1.4.1.31.6) in a ContentEncoding of type 1. */
const CONTENT_ENCODINGS = "\x6d\x80";
const ENCRYPTION_TYPE = "\x50\x33\x81\x01";

function ofMatroska(source: ByteSource): string | null {
  const head = latin1(source.read(0, MATROSKA_HEAD));
  const at = head.indexOf(CONTENT_ENCODINGS);
  return at >= 0 && head.includes(ENCRYPTION_TYPE, at) ? "content encryption" : null;
}
