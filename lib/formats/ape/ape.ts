/**
 * APEv1 and APEv2 tags (wiki.hydrogenaud.io, "APEv2 specification"): items of key and value
 * between an optional header and a footer of 32 bytes each, little-endian.
 */
import {
  concat,
  fromLatin1,
  fromUtf8,
  has,
  latin1,
  putU32le,
  u32le,
  type ByteSource,
} from "../bytes";
import { isLoudnessName } from "../loudness-tags";
import type { Report } from "../report";
import { MAX_CARRIED_BYTES } from "../types";

export interface ApeItem {
  readonly key: string;
  /** Bits 1 and 2: 0 UTF-8 text, 1 binary, 2 link. */
  readonly flags: number;
  readonly value: Uint8Array;
}

export interface ApeTag {
  readonly offset: number;
  /** Header, items and footer. */
  readonly length: number;
  readonly version: number;
  readonly flags: number;
  readonly hasHeader: boolean;
  readonly items: readonly ApeItem[];
  /** Every byte between header and footer belongs to an item. */
  readonly sound: boolean;
}

/** The format's own limit is 65536 items. */
const MAX_ITEMS = 65_536;
const PREAMBLE = "APETAGEX";
const BLOCK_LENGTH = 32;
const HAS_HEADER_FLAG = 0x8000_0000;
const IS_HEADER_FLAG = 0x2000_0000;

/** The tag whose footer ends at `end`, or null. */
export function readApeBefore(source: ByteSource, end: number): ApeTag | null {
  if (end < BLOCK_LENGTH) return null;
  const footer = source.read(end - BLOCK_LENGTH, BLOCK_LENGTH);
  if (!has(footer, 0, PREAMBLE)) return null;
  const flags = u32le(footer, 20);
  if (flags & IS_HEADER_FLAG) return null;
  const size = u32le(footer, 12);
  if (size < BLOCK_LENGTH || size > end || size > MAX_CARRIED_BYTES) return null;
  const start = end - size;
  // The flag is not always kept: look.
  const hasHeader =
    start >= BLOCK_LENGTH && has(source.read(start - BLOCK_LENGTH, BLOCK_LENGTH), 0, PREAMBLE);
  return parse(source, hasHeader ? start - BLOCK_LENGTH : start, start, end, footer, hasHeader);
}

/** The tag whose header starts at `offset`, or null. */
export function readApeAt(source: ByteSource, offset: number): ApeTag | null {
  const header = source.read(offset, BLOCK_LENGTH);
  if (header.length < BLOCK_LENGTH || !has(header, 0, PREAMBLE)) return null;
  if (!(u32le(header, 20) & IS_HEADER_FLAG)) return null;
  const size = u32le(header, 12);
  const end = offset + BLOCK_LENGTH + size;
  if (size < BLOCK_LENGTH || end > source.size || size > MAX_CARRIED_BYTES) return null;
  const footer = source.read(end - BLOCK_LENGTH, BLOCK_LENGTH);
  if (!has(footer, 0, PREAMBLE)) return null;
  return parse(source, offset, offset + BLOCK_LENGTH, end, footer, true);
}

function parse(
  source: ByteSource,
  offset: number,
  start: number,
  end: number,
  footer: Uint8Array,
  hasHeader: boolean,
): ApeTag {
  const body = source.read(start, end - BLOCK_LENGTH - start).slice();
  const items: ApeItem[] = [];
  let at = 0;
  while (at + 9 <= body.length && items.length < MAX_ITEMS) {
    const valueLength = u32le(body, at);
    const nul = body.indexOf(0, at + 8);
    if (nul < 0 || nul - at - 8 > 255 || nul === at + 8) break;
    const next = nul + 1 + valueLength;
    if (next > body.length) break;
    items.push({
      key: latin1(body, at + 8, nul),
      flags: u32le(body, at + 4),
      value: body.subarray(nul + 1, next),
    });
    at = next;
  }
  return {
    offset,
    length: end - offset,
    version: u32le(footer, 8),
    flags: u32le(footer, 20),
    hasHeader,
    items,
    sound: at === body.length && items.length === u32le(footer, 16),
  };
}

export const apeText = (key: string, value: string): ApeItem => ({
  key,
  flags: 0,
  value: fromUtf8(value),
});

/** A whole tag. `shape` keeps version, flags and the presence of a header of an existing tag. */
export function buildApe(
  items: readonly ApeItem[],
  shape: Pick<ApeTag, "version" | "flags" | "hasHeader"> = {
    version: 2000,
    flags: HAS_HEADER_FLAG,
    hasHeader: true,
  },
): Uint8Array {
  const body = concat(
    items.flatMap(({ key, flags, value }) => {
      const head = new Uint8Array(8);
      putU32le(head, 0, value.length);
      putU32le(head, 4, flags);
      return [head, fromLatin1(key), Uint8Array.of(0), value];
    }),
  );
  const block = (isHeader: boolean): Uint8Array => {
    const bytes = new Uint8Array(BLOCK_LENGTH);
    bytes.set(fromLatin1(PREAMBLE));
    putU32le(bytes, 8, shape.version);
    putU32le(bytes, 12, body.length + BLOCK_LENGTH);
    putU32le(bytes, 16, items.length);
    putU32le(bytes, 20, (shape.flags | (isHeader ? IS_HEADER_FLAG : 0)) >>> 0);
    return bytes;
  };
  return concat([...(shape.hasHeader ? [block(true)] : []), body, block(false)]);
}

/** The tag's bytes without loudness items; null when nothing else was in it. */
export function carryApe(
  source: ByteSource,
  tag: ApeTag,
  keepUndo: boolean,
  report: Report,
): Uint8Array | null {
  const kept = tag.items.filter(({ key }) => {
    if (!isLoudnessName(key) || (keepUndo && /^mp3gain_/i.test(key))) return true;
    report.removed.push(key);
    return false;
  });
  if (kept.length === tag.items.length) return source.read(tag.offset, tag.length).slice();
  if (!tag.sound) report.note("damaged-tag-trimmed");
  return kept.length === 0 ? null : buildApe(kept, tag);
}
