import { fromLatin1, has, putSyncsafe, syncsafe } from "../bytes";

export const UNSYNCHRONISATION_FLAG = 0x80;
export const EXTENDED_FLAG = 0x40;
const FOOTER_FLAG = 0x10;

/** Bytes of a header, and of a footer. */
export const ID3V2_HEADER = 10;

/** Only version 2.4 has footers; before, the same bit means nothing (id3v2.4.0-structure §3.1). */
export const hasFooter = (version: number, flags: number): boolean =>
  version === 4 && (flags & FOOTER_FLAG) !== 0;

/**
 * The length that the ID3v2 tag at `at` claims, header and footer included; null where no header
 * stands there (id3v2.4.0-structure §3.1: no version is FF, no byte of the size above 7F).
 */
export function id3v2Length(bytes: Uint8Array, at = 0): number | null {
  if (!has(bytes, at, "ID3") || at + ID3V2_HEADER > bytes.length) return null;
  const version = bytes[at + 3]!;
  if (version === 0xff || bytes[at + 4] === 0xff) return null;
  for (let i = at + 6; i < at + 10; i++) if (bytes[i]! >= 0x80) return null;
  const footer = hasFooter(version, bytes[at + 5]!) ? ID3V2_HEADER : 0;
  return ID3V2_HEADER + syncsafe(bytes, at + 6) + footer;
}

/** The length of the ID3v2.4 tag whose footer is `bytes`, its own 20 bytes included; else null. */
export const id3v2LengthByFooter = (bytes: Uint8Array): number | null =>
  has(bytes, 0, "3DI") && bytes.length === ID3V2_HEADER
    ? 2 * ID3V2_HEADER + syncsafe(bytes, 6)
    : null;

/** A header for a body of `size` bytes, with the version, its revision and the flags given. */
export function id3v2Header(versionAndFlags: ArrayLike<number>, size: number): Uint8Array {
  const header = new Uint8Array(ID3V2_HEADER);
  header.set(fromLatin1("ID3"));
  header.set(versionAndFlags, 3);
  putSyncsafe(header, 6, size);
  return header;
}
