/** Ogg pages: RFC 3533 §6. */
import { has, indexOfText, putU32le, u32le, u64le, windowed, type ByteSource } from "../bytes";
import { oggCrc } from "../crc";

export interface OggPage {
  /** Where the page begins in its file. */
  readonly offset: number;
  /** First byte of the body, behind the header and its segment table. */
  readonly body: number;
  /** First byte behind the page. */
  readonly end: number;
  /** The first packet of this page began on an earlier one. */
  readonly continues: boolean;
  readonly beginsStream: boolean;
  readonly endsStream: boolean;
  /** Position at the end of the last packet that ends here; null where none does. */
  readonly granule: number | null;
  readonly serial: number;
  readonly sequence: number;
  /** Lengths of the body's segments; each packet ends with the first that is under 255. */
  readonly segments: Uint8Array;
}

/** Bits of byte 5. */
export const pageFlag = { continues: 1, beginsStream: 2, endsStream: 4 } as const;

/** Bytes of a header without its segment table. */
export const PAGE_HEADER = 27;
export const MAX_SEGMENTS = 255;
export const SEQUENCE_AT = 18;
export const CRC_AT = 22;
const CAPTURE_PATTERN = "OggS";

/** The page at `offset`; null where none stands that is whole. Its checksum is not looked at. */
export function readPage(source: ByteSource, offset: number): OggPage | null {
  const header = source.read(offset, PAGE_HEADER);
  // Byte 4 is the version.
  if (header.length < PAGE_HEADER || !has(header, 0, CAPTURE_PATTERN) || header[4] !== 0)
    return null;
  const flags = header[5]!;
  const noneEnds = u32le(header, 6) === 0xffff_ffff && u32le(header, 10) === 0xffff_ffff;
  const granule = noneEnds ? null : u64le(header, 6);
  const serial = u32le(header, 14);
  const sequence = u32le(header, SEQUENCE_AT);
  const count = header[26]!;
  const segments = source.read(offset + PAGE_HEADER, count);
  const body = offset + PAGE_HEADER + count;
  let end = body;
  for (let i = 0; i < segments.length; i++) end += segments[i]!;
  if (segments.length < count || end > source.size) return null;
  return {
    offset,
    body,
    end,
    continues: (flags & pageFlag.continues) !== 0,
    beginsStream: (flags & pageFlag.beginsStream) !== 0,
    endsStream: (flags & pageFlag.endsStream) !== 0,
    granule,
    serial,
    sequence,
    segments: segments.slice(),
  };
}

/** The next page at or after `offset`, behind at most `reach` bytes that are none. */
export function findPage(source: ByteSource, offset: number, reach = 1 << 16): OggPage | null {
  const exact = readPage(source, offset);
  if (exact !== null) return exact;
  const limit = Math.min(source.size, offset + reach);
  for (let from = offset; from < limit; from += CHUNK_SIZE) {
    const overlap = CAPTURE_PATTERN.length - 1;
    const bytes = source.read(from, Math.min(CHUNK_SIZE + overlap, limit - from));
    for (
      let at = indexOfText(bytes, CAPTURE_PATTERN);
      at >= 0;
      at = indexOfText(bytes, CAPTURE_PATTERN, at + 1)
    ) {
      const page = readPage(source, from + at);
      if (page !== null) return page;
    }
  }
  return null;
}

/**
 * All whole pages from `offset` on, in file order: chained streams one after the other, multiplexed
 * ones mixed. Bytes that are no page are stepped over, `reach` of them at a time at most.
 */
export function* readPages(
  source: ByteSource,
  offset = 0,
  reach = Infinity,
): Generator<OggPage, void> {
  for (
    let page = findPage(source, offset, reach);
    page !== null;
    page = findPage(source, page.end, reach)
  )
    yield page;
}

/** The checksum that the page in `bytes` ought to carry: over all of it, its own bytes as 0. */
export function pageCrc(bytes: Uint8Array): number {
  const before = oggCrc(bytes, 0, CRC_AT);
  return oggCrc(bytes, CRC_AT + 4, bytes.length, oggCrc(zeroCrc, 0, 4, before));
}
const zeroCrc = new Uint8Array(4);

export const storedCrc = (bytes: Uint8Array): number => u32le(bytes, CRC_AT);

/** Makes the checksum of the page in `bytes` right, in place. */
export const sealPage = (bytes: Uint8Array): void => putU32le(bytes, CRC_AT, pageCrc(bytes));

/** Bytes that are searched or rewritten at a time: one array for a file would double its memory. */
const CHUNK_SIZE = 1 << 20;

/**
 * The pages from `offset` to the end of `source`, those of `serial` numbered `delta` higher. Null
 * when something else than pages lies there.
 */
export function renumber(
  source: ByteSource,
  offset: number,
  serial: number,
  delta: number,
): Uint8Array[] | null {
  const chunks: Uint8Array[] = [];
  const reader = windowed(source);
  for (let start = offset; start < source.size;) {
    let end = start;
    const pages: OggPage[] = [];
    while (end < source.size && end - start < CHUNK_SIZE) {
      const page = readPage(reader, end);
      if (page === null) return null;
      pages.push(page);
      end = page.end;
    }
    const bytes = source.read(start, end - start).slice();
    for (const page of pages) {
      if (page.serial !== serial) continue;
      const whole = bytes.subarray(page.offset - start, page.end - start);
      putU32le(whole, SEQUENCE_AT, (page.sequence + delta) >>> 0);
      sealPage(whole);
    }
    chunks.push(bytes);
    start = end;
  }
  return chunks;
}
