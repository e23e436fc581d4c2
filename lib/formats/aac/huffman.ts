/**
 * The Huffman codes of AAC (ISO/IEC 14496-3, tables 4.A.2 to 4.A.13). In all of them the codewords of
 * a length are consecutive and stand behind the shorter ones, so that the number of codewords of each
 * length, and an order of the symbols, say the whole code.
 */
import type { MsbReader } from "./msb-bits";

interface Codebook {
  /** How many codewords have 1, 2, 3 … bits. */
  readonly counts: readonly number[];
  /**
   * A digit for each codeword in order: how many of its values are not 0, each of which has a sign
   * bit behind it. In book 11 a value of 16 has an escape sequence as well: 5 is one sign and one
   * escape, 6 is two and one, 7 is two and two. Empty where signs are part of the codeword.
   */
  readonly signs: string;
}

const codebooks: readonly Codebook[] = [
  { counts: [1, 0, 0, 0, 8, 0, 24, 0, 24, 8, 16], signs: "" },
  { counts: [0, 0, 1, 1, 7, 24, 15, 19, 14], signs: "" },
  {
    counts: [1, 0, 0, 4, 2, 6, 3, 5, 15, 15, 8, 9, 3, 3, 5, 2],
    signs: "011112222232343311223232331221224334323244332333223243344233333344442233434443233",
  },
  {
    counts: [0, 0, 0, 10, 6, 0, 9, 21, 8, 14, 11, 2],
    signs: "433331202222121144443333333333332222222222221111444444333333333433344422222243333",
  },
  { counts: [1, 0, 0, 4, 4, 0, 4, 12, 12, 12, 18, 10, 4], signs: "" },
  { counts: [0, 0, 0, 9, 0, 16, 13, 8, 23, 8, 4], signs: "" },
  {
    counts: [1, 0, 2, 1, 0, 4, 5, 10, 14, 15, 8, 4],
    signs: "0112221122211222222221122212122222222211222222222222112222222222",
  },
  {
    counts: [0, 0, 1, 5, 7, 10, 14, 15, 8, 4],
    signs: "2212120112222222221122222222221212222222121222222222221212222112",
  },
  {
    counts: [1, 0, 2, 1, 0, 4, 3, 8, 11, 20, 31, 38, 32, 14, 4],
    signs:
      "0112221122211222222221122222221212222222212222222212221222212222112222222222222122212222222222222222222212212222222122222222222222212212222122222222222222222222222222222",
  },
  {
    counts: [0, 0, 0, 3, 8, 14, 17, 25, 31, 41, 22, 8],
    signs:
      "2222112222211222202211222222222222121222222222222121222222222222222222122222122222222222222222121222222212222221222222222222222221212122222222222222212122212221222222122",
  },
  {
    counts: [0, 0, 0, 2, 6, 7, 16, 59, 55, 95, 43, 6],
    signs:
      "0271122222212122222221122222222222222266666261216266662222266226662262666262266222166222212662262622222226221222222122222222222222122222222222522222252122222222222222222222222222222212222222222222222221222222222222222222222222222112222222222222222222222222212212122212222211222212212112112",
  },
];

const scaleFactorCounts = [1, 0, 1, 3, 2, 4, 3, 5, 4, 6, 6, 6, 5, 8, 4, 7, 3, 7, 46];
/** Differences of scale factors, in the order of their codewords. */
const scaleFactorDifferences = [
  0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5, 6, -6, 7, -7, 8, -8, 9, -9, 10, -10, -11, 11, 12, -12, 13,
  -13, 14, -14, 16, 15, 17, 18, -15, -17, -16, 19, -18, -19, 20, -20, 21, -21, 22, -22, 23, -23,
  -25, 25, -27, -24, -26, 24, -28, 27, 29, -30, -29, 26, -31, -34, -33, -32, -36, 28, -35, -38, -37,
  30, -39, -41, -57, -59, -58, -60, 38, 39, 40, 41, 42, 57, 37, 31, 32, 33, 34, 35, 36, 44, 51, 52,
  53, 54, 55, 56, 50, 45, 46, 47, 48, 49, 58, -54, -52, -51, -50, -55, 43, 60, 59, -56, -53, -45,
  -44, -42, -40, -43, -49, -48, -46, -47,
];

/** Values that one codeword of each book stands for. */
const valuesPerCodeword = (book: number): 2 | 4 => (book <= 4 ? 4 : 2);

const escapesOf = (digit: number): number => (digit < 5 ? 0 : digit === 7 ? 2 : 1);
const signsOf = (digit: number): number => (digit < 5 ? digit : digit === 5 ? 1 : 2);

const PEEKED = 16;
const LOOKED_UP = 12;

interface Table {
  /** By the next 16 bits: what a codeword takes with its signs, and above five bits its escapes. */
  readonly one: Uint8Array;
  /**
   * By the next 12 bits, which fits into the nearest cache: what all whole codewords in them take,
   * and above four bits how many they are. 0 where the first is longer or has an escape.
   */
  readonly run: Uint8Array;
}

const buildTable = ({ counts, signs }: Codebook): Table => {
  const one = new Uint8Array(1 << PEEKED);
  let [from, symbol] = [0, 0];
  for (const [i, count] of counts.entries()) {
    for (let left = count; left > 0; left--, symbol++) {
      const digit = Number(signs[symbol] ?? "0");
      const to = from + (1 << (PEEKED - 1 - i));
      one.fill(i + 1 + signsOf(digit) + (escapesOf(digit) << 5), from, to);
      from = to;
    }
  }
  return { one, run: Uint8Array.from({ length: 1 << LOOKED_UP }, (_, next) => runIn(one, next)) };
};

const runIn = (one: Uint8Array, next: number): number => {
  let [taken, codewords] = [0, 0];
  for (;;) {
    const entry = one[(next << (PEEKED - LOOKED_UP + taken)) & 0xffff]!;
    if (entry >= 32 || taken + entry > LOOKED_UP) return (codewords << 4) | taken;
    taken += entry;
    codewords++;
  }
};
const tables = codebooks.map(buildTable);

/** An escape of more ones than this is beyond the largest value, 8191. */
const MOST_ESCAPE_ONES = 8;

/** The next 25 bits and more, from the highest down. Behind the array there are zeros. */
const nextBits = (bytes: Uint8Array, at: number): number => {
  const byte = at >>> 3;
  const four = (bytes[byte]! << 24) | (bytes[byte + 1]! << 16) | (bytes[byte + 2]! << 8);
  return (four | bytes[byte + 3]!) << (at & 7);
};

/** Steps over the codewords of `count` values of book 1 to 11. False where an escape is too long. */
export const skipSpectrum = (bits: MsbReader, book: number, count: number): boolean => {
  const { one, run } = tables[book - 1]!;
  const { bytes } = bits;
  // Most of the time of a file is spent here, so the position is not written back each time.
  let at = bits.at;
  for (let left = count / valuesPerCodeword(book); left > 0;) {
    let next = nextBits(bytes, at);
    const known = run[next >>> (32 - LOOKED_UP)]!;
    if (known !== 0 && known >>> 4 <= left) {
      at += known & 15;
      left -= known >>> 4;
      // There are bits for a second look.
      next <<= known & 15;
      const more = run[next >>> (32 - LOOKED_UP)]!;
      if (more >>> 4 <= left) {
        at += more & 15;
        left -= more >>> 4;
      }
      continue;
    }
    const entry = one[next >>> (32 - PEEKED)]!;
    at += entry & 31;
    left--;
    // An escape is so many ones, a zero, and four bits more than the ones.
    for (let escapes = entry >> 5; escapes > 0; escapes--) {
      const ones = Math.clz32(~nextBits(bytes, at));
      if (ones > MOST_ESCAPE_ONES) return false;
      at += 2 * ones + 5;
    }
  }
  bits.at = at;
  return true;
};

const USUAL = 10;

/** By the next 10 bits: what a codeword takes, and above five bits its difference + 60. Or 0. */
const usualDifferences = ((): Uint16Array => {
  const table = new Uint16Array(1 << USUAL);
  let [from, symbol] = [0, 0];
  for (const [i, count] of scaleFactorCounts.slice(0, USUAL).entries()) {
    for (let left = count; left > 0; left--, symbol++) {
      const to = from + (1 << (USUAL - 1 - i));
      table.fill(((scaleFactorDifferences[symbol]! + 60) << 5) | (i + 1), from, to);
      from = to;
    }
  }
  return table;
})();

/** The difference that the next codeword stands for, -60 to 60. */
export const readDifference = (bits: MsbReader): number => {
  const usual = usualDifferences[bits.peek16() >>> (16 - USUAL)]!;
  if (usual === 0) return readLongDifference(bits);
  bits.skip(usual & 31);
  return (usual >>> 5) - 60;
};

const readLongDifference = (bits: MsbReader): number => {
  let [code, first, symbol] = [0, 0, 0];
  for (const count of scaleFactorCounts) {
    code = 2 * code + bits.read(1);
    first *= 2;
    if (code < first + count) return scaleFactorDifferences[symbol + code - first]!;
    first += count;
    symbol += count;
  }
  // The code is complete: one of the lengths has matched.
  throw new RangeError("A prefix code without a match");
};
