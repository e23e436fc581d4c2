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
  utf8,
  type ByteSource,
} from "../bytes";
import type { Report } from "../report";
import { MAX_CARRIED_BYTES } from "../types";

/** Where a tag lies: header (if it has one), items and footer. */
export interface ApeSpan {
  readonly offset: number;
  readonly length: number;
}

export interface ApeItem {
  readonly key: string;
  /** Bits 1 and 2: 0 UTF-8 text, 1 binary, 2 link. */
  readonly flags: number;
  readonly value: Uint8Array;
}

export interface ApeTag {
  /** 32 bytes; null for a tag that has only a footer. */
  readonly header: Uint8Array | null;
  readonly footer: Uint8Array;
  readonly items: readonly ApeItem[];
  /** Every byte between header and footer belongs to an item, and both count them right. */
  readonly intact: boolean;
}

/** The format's own limit is 65536 items. */
const MAX_ITEMS = 65_536;
const PREAMBLE = "APETAGEX";
/** Bytes of a header, and of a footer. */
const FRAME = 32;
const VERSION_2 = 2000;
const HAS_HEADER_FLAG = 0x8000_0000;
const IS_HEADER_FLAG = 0x2000_0000;

const isFrame = (bytes: Uint8Array): boolean => bytes.length === FRAME && has(bytes, 0, PREAMBLE);
/** Bytes of items and footer. */
const sizeIn = (frame: Uint8Array): number => u32le(frame, 12);
const countIn = (frame: Uint8Array): number => u32le(frame, 16);
const isHeader = (frame: Uint8Array): boolean =>
  isFrame(frame) && (u32le(frame, 20) & IS_HEADER_FLAG) !== 0;
const isFooter = (frame: Uint8Array): boolean => isFrame(frame) && !isHeader(frame);

/** The tag whose footer ends at `end`, or null. */
export function apeSpanBefore(source: ByteSource, end: number): ApeSpan | null {
  if (end < FRAME) return null;
  const footer = source.read(end - FRAME, FRAME);
  const size = sizeIn(footer);
  if (!isFooter(footer) || size < FRAME || size > Math.min(end, MAX_CARRIED_BYTES)) return null;
  // Flags are not always kept: what stands where a header would, and counts the same, is one.
  const before = source.read(Math.max(0, end - size - FRAME), FRAME);
  const counts = (frame: Uint8Array) =>
    sizeIn(frame) === size && countIn(frame) === countIn(footer);
  const headed = end - size >= FRAME && (isHeader(before) || (isFrame(before) && counts(before)));
  const length = size + (headed ? FRAME : 0);
  return { offset: end - length, length };
}

/** The tag whose header starts at `offset`, or null. */
export function apeSpanAt(source: ByteSource, offset: number): ApeSpan | null {
  const header = source.read(offset, FRAME);
  const size = sizeIn(header);
  if (!isHeader(header) || size < FRAME || size > MAX_CARRIED_BYTES) return null;
  const isWhole = isFooter(source.read(offset + size, FRAME));
  return isWhole ? { offset, length: FRAME + size } : null;
}

/** The items as far as their lengths make sense. */
export function readApe(source: ByteSource, { offset, length }: ApeSpan): ApeTag {
  const bytes = source.read(offset, length).slice();
  const footer = bytes.subarray(-FRAME);
  const first = bytes.subarray(0, FRAME);
  const header = isHeader(first) || length === FRAME + sizeIn(footer) ? first : null;
  const body = bytes.subarray(header === null ? 0 : FRAME, -FRAME);
  const items: ApeItem[] = [];
  let at = 0;
  while (at + 9 <= body.length && items.length < MAX_ITEMS) {
    const nul = body.indexOf(0, at + 8);
    if (nul < 0 || nul - at - 8 > 255 || nul === at + 8) break;
    const next = nul + 1 + u32le(body, at);
    if (next > body.length) break;
    items.push({
      key: latin1(body, at + 8, nul),
      flags: u32le(body, at + 4),
      value: body.subarray(nul + 1, next),
    });
    at = next;
  }
  const counts = (frame: Uint8Array) =>
    sizeIn(frame) === body.length + FRAME && countIn(frame) === items.length;
  const intact = at === body.length && counts(footer) && (header === null || counts(header));
  return { header, footer, items, intact };
}

/** Keys are compared without regard to case. */
export const isApeKey = (key: string, other: string): boolean =>
  key.toUpperCase() === other.toUpperCase();

/** The text of the first item of that key; null where there is none. */
export function apeText(tag: ApeTag, key: string): string | null {
  const item = tag.items.find((candidate) => isApeKey(candidate.key, key));
  return item === undefined ? null : utf8(item.value);
}

export const apeItem = (key: string, text: string): ApeItem => ({
  key,
  flags: 0,
  value: fromUtf8(text),
});

function newFrame(flags: number): Uint8Array {
  const frame = new Uint8Array(FRAME);
  frame.set(fromLatin1(PREAMBLE));
  putU32le(frame, 8, VERSION_2);
  putU32le(frame, 20, flags);
  return frame;
}

/**
 * The bytes of a tag with these items; none for no items. `old` lends its version, its flags, and
 * whether it has a header.
 */
export function buildApe(
  items: readonly ApeItem[],
  old: Pick<ApeTag, "header" | "footer"> | null = null,
): Uint8Array {
  if (items.length === 0) return new Uint8Array(0);
  const body = concat(
    items.flatMap(({ key, flags, value }) => {
      const head = new Uint8Array(8);
      putU32le(head, 0, value.length);
      putU32le(head, 4, flags);
      return [head, fromLatin1(`${key}\0`), value];
    }),
  );
  const { header, footer } = old ?? {
    header: newFrame(HAS_HEADER_FLAG + IS_HEADER_FLAG),
    footer: newFrame(HAS_HEADER_FLAG),
  };
  const counting = (frame: Uint8Array): Uint8Array => {
    const counted = frame.slice();
    putU32le(counted, 12, body.length + FRAME);
    putU32le(counted, 16, items.length);
    return counted;
  };
  return concat([...(header === null ? [] : [counting(header)]), body, counting(footer)]);
}

/** The tag's bytes without loudness items; null when nothing else was in it. */
export function carryApe(source: ByteSource, span: ApeSpan, report: Report): Uint8Array | null {
  const tag = readApe(source, span);
  const kept = tag.items.filter(({ key }) => !report.leavesOut(key));
  if (kept.length === tag.items.length) return source.read(span.offset, span.length).slice();
  if (!tag.intact) report.note("damaged-tag-trimmed");
  return kept.length === 0 ? null : buildApe(kept, tag);
}
