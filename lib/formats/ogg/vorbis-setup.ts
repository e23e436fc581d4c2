/**
 * The setup header of Vorbis (Vorbis I §4.2.4), read as far as it takes to know which floats scale
 * the sound: `minimum` and `delta` of the codebooks that residues take values from. Floor 1, and a
 * residue's classification, take only the entry's number from a book, so no float of theirs is
 * heard; floor 0 takes values and is refused.
 */
import { has } from "../bytes";
import { LsbReader } from "./lsb-bits";

export type SetupRefusal = "damaged-setup" | "floor-0";

/** Where the two floats of one codebook stand in the packet, in bits. */
export interface ValueBook {
  readonly minimumAt: number;
  readonly deltaAt: number;
}

const MARK = "\x05vorbis";
const CODEBOOK_SYNC = 0x564342;
const LONGEST_CODEWORD = 32;

/** Bits to hold a number: 0 for 0. */
const ilog = (value: number): number => (value === 0 ? 0 : Math.floor(Math.log2(value)) + 1);

/** The greatest whole number whose power to `dimensions` is at most `entries` (§9.2.3). */
const lookup1Values = (entries: number, dimensions: number): number => {
  let root = Math.floor(entries ** (1 / dimensions));
  while ((root + 1) ** dimensions <= entries) root++;
  while (root ** dimensions > entries) root--;
  return root;
};

/** Null: damaged. `"scalar"`: a book without values. */
type Book = ValueBook | "scalar" | null;

/** §3.2.1. What is skipped over is never more than the packet has. */
function readCodebook(bits: LsbReader): Book {
  if (bits.read(24) !== CODEBOOK_SYNC) return null;
  const dimensions = bits.read(16);
  const entries = bits.read(24);
  if (bits.flag()) {
    let length = bits.read(5) + 1;
    for (let entry = 0; entry < entries; length++) {
      if (length > LONGEST_CODEWORD) return null;
      entry += bits.read(ilog(entries - entry));
      if (entry > entries) return null;
    }
  } else {
    const sparse = bits.flag();
    if (entries * (sparse ? 1 : 5) > bits.left) return null;
    if (!sparse) bits.skip(5 * entries);
    else for (let entry = 0; entry < entries; entry++) if (bits.flag()) bits.skip(5);
  }
  const lookup = bits.read(4);
  if (lookup === 0) return bits.overrun ? null : "scalar";
  if (lookup > 2 || dimensions === 0 || entries === 0) return null;
  const minimumAt = bits.at;
  bits.skip(64);
  const valueBits = bits.read(4) + 1;
  bits.skip(1); // sequence_p: values add up, and so scale alike.
  const values = lookup === 1 ? lookup1Values(entries, dimensions) : entries * dimensions;
  if (values * valueBits > bits.left) return null;
  bits.skip(values * valueBits);
  return { minimumAt, deltaAt: minimumAt + 32 };
}

/** §7.2.2 */
function skipFloor1(bits: LsbReader): void {
  const classes = Array.from({ length: bits.read(5) }, () => bits.read(4));
  const dimensions: number[] = [];
  for (let number = 0; number <= Math.max(-1, ...classes); number++) {
    dimensions.push(bits.read(3) + 1);
    const subclasses = bits.read(2);
    if (subclasses > 0) bits.skip(8);
    bits.skip(8 << subclasses);
  }
  bits.skip(2);
  const rangeBits = bits.read(4);
  for (const number of classes) bits.skip(rangeBits * dimensions[number]!);
}

/** §8.6.1: the numbers of the books that give values. Null where there is no such residue. */
function readResidue(bits: LsbReader): number[] | null {
  if (bits.read(16) > 2) return null;
  bits.skip(3 * 24);
  const classifications = bits.read(6) + 1;
  bits.skip(8);
  let count = 0;
  for (let i = 0; i < classifications; i++) {
    let cascade = bits.read(3);
    if (bits.flag()) cascade += bits.read(5) * 8;
    for (; cascade > 0; cascade &= cascade - 1) count++;
  }
  return Array.from({ length: count }, () => bits.read(8));
}

/** §4.2.4, step 5 */
function skipMapping(bits: LsbReader, channels: number): boolean {
  if (bits.read(16) !== 0) return false;
  const submaps = bits.flag() ? bits.read(4) + 1 : 1;
  if (bits.flag()) {
    const steps = bits.read(8) + 1;
    bits.skip(steps * 2 * ilog(channels - 1));
  }
  if (bits.read(2) !== 0) return false;
  if (submaps > 1) bits.skip(4 * channels);
  bits.skip(submaps * 24);
  return true;
}

/**
 * The books that give residue values, each once. The whole header is read, so that the framing
 * bit at its end tells whether all lengths were understood.
 */
export function residueBooks(packet: Uint8Array, channels: number): ValueBook[] | SetupRefusal {
  if (!has(packet, 0, MARK)) return "damaged-setup";
  const bits = new LsbReader(packet, 8 * MARK.length);
  const books: Book[] = [];
  for (let left = bits.read(8) + 1; left > 0; left--) {
    const book = readCodebook(bits);
    if (book === null) return "damaged-setup";
    books.push(book);
  }
  for (let left = bits.read(6) + 1; left > 0; left--)
    if (bits.read(16) !== 0) return "damaged-setup";
  for (let left = bits.read(6) + 1; left > 0; left--) {
    const type = bits.read(16);
    if (bits.overrun || type > 1) return "damaged-setup";
    if (type === 0) return "floor-0";
    skipFloor1(bits);
  }
  const used = new Set<ValueBook>();
  for (let left = bits.read(6) + 1; left > 0; left--) {
    const numbers = readResidue(bits);
    if (numbers === null) return "damaged-setup";
    for (const number of numbers) {
      const book = books[number];
      if (book === undefined || book === null || book === "scalar") return "damaged-setup";
      used.add(book);
    }
  }
  for (let left = bits.read(6) + 1; left > 0; left--)
    if (!skipMapping(bits, channels)) return "damaged-setup";
  for (let left = bits.read(6) + 1; left > 0; left--) bits.skip(41);
  if (!bits.flag() || bits.overrun || used.size === 0) return "damaged-setup";
  return [...used];
}
