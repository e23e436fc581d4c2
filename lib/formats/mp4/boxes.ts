/** Boxes of MP4 and QuickTime files (ISO 14496-12 §4.2). */
import { concat, fromLatin1, has, latin1, putU32be, u32be, u64be, type ByteSource } from "../bytes";

export interface Box {
  readonly type: string;
  readonly start: number;
  /** First byte of the content. */
  readonly content: number;
  readonly end: number;
}

export interface BoxList {
  readonly boxes: readonly Box[];
  /** The boxes fill the space, but for the zero word that ends a QuickTime user data list. */
  readonly intact: boolean;
}

/** More boxes than this in a row are taken for damage: fragmented files have a few thousand. */
const MAX_BOXES = 1 << 20;

export function readBoxes(source: ByteSource, start: number, end: number): BoxList {
  const boxes: Box[] = [];
  let offset = start;
  while (offset + 8 <= end && boxes.length < MAX_BOXES) {
    const header = source.read(offset, 16);
    if (header.length < 8) break;
    const size = u32be(header, 0);
    const large = size === 1;
    const content = offset + (large ? 16 : 8);
    const boxEnd = size === 0 ? end : offset + (large ? u64be(header, 8) : size);
    if (boxEnd < content || boxEnd > end || (large && header.length < 16)) break;
    // A zero word and something behind it: not a box that reaches to the end.
    if (size === 0 && u32be(header, 4) === 0) break;
    boxes.push({ type: latin1(header, 4, 8), start: offset, content, end: boxEnd });
    offset = boxEnd;
  }
  const left = source.read(offset, Math.min(8, end - offset));
  const terminated = end - offset === 4 && u32be(left, 0) === 0;
  return { boxes, intact: offset === end || terminated };
}

export const boxBytes = (bytes: Uint8Array, box: Box): Uint8Array =>
  bytes.subarray(box.start, box.end);
export const boxContent = (bytes: Uint8Array, box: Box): Uint8Array =>
  bytes.subarray(box.content, box.end);

export const find = (list: BoxList, type: string): Box | undefined =>
  list.boxes.find((box) => box.type === type);

/** A box of at most 4 GiB. */
export const box = (type: string, ...contents: readonly Uint8Array[]): Uint8Array =>
  boxOf(type, contents);

/** The same for a list that may be longer than a call takes arguments. */
export function boxOf(type: string, contents: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(8);
  putU32be(
    header,
    0,
    contents.reduce((sum, part) => sum + part.length, 8),
  );
  header.set(fromLatin1(type), 4);
  return concat([header, ...contents]);
}

/** Where a `meta` box's children start: QuickTime's has no version and flags. */
export const metaChildren = (bytes: Uint8Array, meta: Box): number =>
  has(bytes, meta.content + 4, "hdlr") ? meta.content : meta.content + 4;
