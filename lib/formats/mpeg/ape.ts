/**
 * APEv2 tags as far as gain needs them: the items of a tag, and the tag with some of them set or
 * removed. Items that are not ours keep their bytes and their order.
 */
import { ascii, concat, latin1, matches, view } from "../bitstream-bytes";
import type { ApeSpan } from "./region";

export interface ApeItem {
  readonly key: string;
  readonly value: Uint8Array;
  /** The whole item as it stands in the tag. */
  readonly raw: Uint8Array;
}

export interface ApeTag {
  /** 32 bytes, or null for a tag that has only a footer. */
  readonly header: Uint8Array | null;
  readonly footer: Uint8Array;
  readonly items: readonly ApeItem[];
}

const FRAME = 32;
const VERSION = 2000;
const HAS_HEADER = 0x8000_0000;
const IS_HEADER = 0x2000_0000;

/** Keys are compared without regard to case (APEv2 item key). */
const same = (a: string, b: string): boolean => a.toUpperCase() === b.toUpperCase();

/** Null where the items do not fill the tag as its footer says. */
export const readApe = (bytes: Uint8Array, span: ApeSpan): ApeTag | null => {
  const tag = bytes.subarray(span.start, span.end);
  const footer = tag.subarray(tag.length - FRAME);
  const size = view(footer).getUint32(12, true);
  const count = view(footer).getUint32(16, true);
  const header = tag.length > size && matches(tag, 0, "APETAGEX") ? tag.subarray(0, FRAME) : null;

  const data = tag.subarray(tag.length - size, tag.length - FRAME);
  const numbers = view(data);
  const items: ApeItem[] = [];
  let at = 0;
  while (at < data.length) {
    if (at + 8 > data.length) return null;
    const length = numbers.getUint32(at, true);
    const keyEnd = data.indexOf(0, at + 8);
    if (keyEnd < 0 || keyEnd - at - 8 > 255) return null;
    const end = keyEnd + 1 + length;
    if (end > data.length) return null;
    items.push({
      key: latin1(data.subarray(at + 8, keyEnd)),
      value: data.subarray(keyEnd + 1, end),
      raw: data.subarray(at, end),
    });
    at = end;
  }
  return items.length === count ? { header, footer, items } : null;
};

export const apeText = (tag: ApeTag, key: string): string | null => {
  const item = tag.items.find((candidate) => same(candidate.key, key));
  return item === undefined ? null : latin1(item.value);
};

const textItem = (key: string, text: string): ApeItem => {
  const value = ascii(text);
  const head = new Uint8Array(8);
  view(head).setUint32(0, value.length, true);
  return { key, value, raw: concat([head, ascii(`${key}\0`), value]) };
};

/**
 * The items with `changes` made: a text sets the item, in its place or at the end, null removes
 * it. Text is ASCII.
 */
export const changeItems = (
  items: readonly ApeItem[],
  changes: Readonly<Record<string, string | null>>,
): ApeItem[] => {
  let changed = [...items];
  for (const [key, text] of Object.entries(changes)) {
    const place = changed.findIndex((item) => same(item.key, key));
    changed = changed.filter((item, i) => i === place || !same(item.key, key));
    if (text === null) {
      if (place >= 0) changed.splice(place, 1);
    } else
      changed.splice(place < 0 ? changed.length : place, place < 0 ? 0 : 1, textItem(key, text));
  }
  return changed;
};

const newFrame = (flags: number): Uint8Array => {
  const frame = new Uint8Array(FRAME);
  frame.set(ascii("APETAGEX"));
  view(frame).setUint32(8, VERSION, true);
  view(frame).setUint32(20, flags, true);
  return frame;
};

/**
 * The bytes of a tag with these items. `old` lends its version, its flags, and whether it has a
 * header. No items at all give no bytes.
 */
export const writeApe = (items: readonly ApeItem[], old: ApeTag | null): Uint8Array => {
  if (items.length === 0) return new Uint8Array(0);
  const data = concat(items.map((item) => item.raw));
  const header = old === null ? newFrame(HAS_HEADER + IS_HEADER) : (old.header?.slice() ?? null);
  const footer = old === null ? newFrame(HAS_HEADER) : old.footer.slice();
  for (const frame of [header, footer]) {
    if (frame === null) continue;
    view(frame).setUint32(12, data.length + FRAME, true);
    view(frame).setUint32(16, items.length, true);
  }
  return concat(header === null ? [data, footer] : [header, data, footer]);
};
