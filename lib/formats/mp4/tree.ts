/**
 * A `moov` box as a tree, down to the lists that hold tags, to be changed and written again. What is
 * not changed comes out byte for byte.
 */
import { bytesSource, concat, fromLatin1, putU32be } from "../bytes";
import { type Box, metaChildren, readBoxes } from "./boxes";

/** A box that is taken apart; all others stay whole. */
export interface BoxNode {
  readonly type: string;
  /** Between the header of eight bytes and the first child. */
  readonly head: Uint8Array;
  children: BoxPart[];
  /** Behind the last child, as the zero word that ends a QuickTime list. */
  readonly tail: Uint8Array;
}

/** A whole box as bytes, or one taken apart. */
export type BoxPart = Uint8Array | BoxNode;

const opened: Readonly<Record<string, readonly string[]>> = {
  moov: ["trak", "udta"],
  trak: ["udta"],
  udta: ["meta"],
  meta: ["ilst"],
  ilst: [],
};

const readNode = (bytes: Uint8Array, box: Box): BoxNode => {
  const content = box.content;
  const start = box.type === "meta" ? metaChildren(bytes, box) : content;
  const { boxes } = readBoxes(bytesSource(bytes), start, box.end);
  const children = boxes.map((child) => {
    const isOpened = opened[box.type]!.includes(child.type) && child.content - child.start === 8;
    return isOpened ? readNode(bytes, child) : bytes.subarray(child.start, child.end);
  });
  return {
    type: box.type,
    head: bytes.subarray(content, Math.min(start, box.end)),
    children,
    tail: bytes.subarray(Math.min(boxes.at(-1)?.end ?? start, box.end), box.end),
  };
};

/** @param bytes the whole `moov` box, with a header of eight bytes. */
export const readTree = (bytes: Uint8Array): BoxNode =>
  readNode(bytes, { type: "moov", start: 0, content: 8, end: bytes.length });

export const writeTree = (part: BoxPart): Uint8Array => {
  if (part instanceof Uint8Array) return part;
  const header = new Uint8Array(8);
  header.set(fromLatin1(part.type), 4);
  const written = concat([header, part.head, ...part.children.map(writeTree), part.tail]);
  putU32be(written, 0, written.length);
  return written;
};

export const child = (node: BoxNode | undefined, type: string): BoxNode | undefined =>
  node?.children.find(
    (part): part is BoxNode => !(part instanceof Uint8Array) && part.type === type,
  );
