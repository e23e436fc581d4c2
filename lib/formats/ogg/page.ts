/** Ogg pages: RFC 3533 §6. */
import { matches, view } from "../bitstream-bytes";

export interface OggPage {
  readonly start: number;
  /** First byte of the body; the header and its segment table are before it. */
  readonly body: number;
  readonly end: number;
  readonly serial: number;
  readonly beginsStream: boolean;
  /** The first packet of this page began on an earlier one. */
  readonly continues: boolean;
}

const HEADER = 27;
const CRC_AT = 22;

/** CRC-32 of Ogg: polynomial 0x04c11db7, start 0, not reflected, not inverted. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

/** The checksum that a page ought to carry: over all of it, with its own four bytes as 0. */
export const pageCrc = (bytes: Uint8Array, page: OggPage): number => {
  let crc = 0;
  for (let at = page.start; at < page.end; at++) {
    const inCrc = at >= page.start + CRC_AT && at < page.start + CRC_AT + 4;
    crc = (crc << 8) ^ TABLE[(crc >>> 24) ^ (inCrc ? 0 : bytes[at]!)]!;
  }
  return crc >>> 0;
};

export const storedCrc = (bytes: Uint8Array, page: OggPage): number =>
  view(bytes).getUint32(page.start + CRC_AT, true);

export const writeCrc = (bytes: Uint8Array, page: OggPage): void =>
  view(bytes).setUint32(page.start + CRC_AT, pageCrc(bytes, page), true);

/** The whole page at `start`, or null. */
export const pageAt = (bytes: Uint8Array, start: number): OggPage | null => {
  if (!matches(bytes, start, "OggS") || start + HEADER > bytes.length) return null;
  if (bytes[start + 4] !== 0) return null;
  const segments = bytes[start + 26]!;
  const body = start + HEADER + segments;
  if (body > bytes.length) return null;
  let end = body;
  for (let at = start + HEADER; at < body; at++) end += bytes[at]!;
  if (end > bytes.length) return null;
  const flags = bytes[start + 5]!;
  return {
    start,
    body,
    end,
    serial: view(bytes).getUint32(start + 14, true),
    beginsStream: (flags & 2) !== 0,
    continues: (flags & 1) !== 0,
  };
};

/** Lengths of the packet pieces on a page. `open` when the last one goes on on the next page. */
export const pieces = (
  bytes: Uint8Array,
  page: OggPage,
): { readonly lengths: readonly number[]; readonly open: boolean } => {
  const lengths: number[] = [];
  let length = 0;
  let open = false;
  for (let at = page.start + HEADER; at < page.body; at++) {
    length += bytes[at]!;
    open = bytes[at] === 255;
    if (open) continue;
    lengths.push(length);
    length = 0;
  }
  if (open) lengths.push(length);
  return { lengths, open };
};

/**
 * All whole pages in file order. Bytes between pages are stepped over, each looked at once: a
 * page is only as long as its 255 segments, and a false capture pattern costs one look at it.
 */
export function* pages(bytes: Uint8Array): Generator<OggPage> {
  let at = 0;
  while (at < bytes.length) {
    const page = pageAt(bytes, at);
    if (page !== null) {
      yield page;
      at = page.end;
      continue;
    }
    at = bytes.indexOf(0x4f, at + 1);
    if (at < 0) return;
  }
}
