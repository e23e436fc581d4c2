import { random } from "../signals";
import type { RealFile } from "./real-files";

/** One input that is not what it says. */
export interface HostileInput {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Changes the bytes of a file, by numbers that are the same in every run. */
type Mutation = (bytes: Uint8Array, dice: Dice, others: readonly RealFile[]) => Uint8Array;

interface Dice {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
}

/** Where headers, tags and indexes lie. */
const HEAD = 600;

const mutations: Readonly<Record<string, Mutation>> = {
  "a few bits flipped": (bytes, dice) => flipped(bytes, dice, 5, bytes.length),
  "many bits flipped": (bytes, dice) => flipped(bytes, dice, bytes.length >> 7, bytes.length),
  "header bits flipped": (bytes, dice) => flipped(bytes, dice, 6, HEAD),
  "one header bit flipped": (bytes, dice) => flipped(bytes, dice, 1, 120),
  "cut anywhere": (bytes, dice) => bytes.slice(0, dice.below(bytes.length)),
  "cut in the header": (bytes, dice) => bytes.slice(0, dice.below(HEAD)),
  "beginning lost": (bytes, dice) => bytes.slice(dice.below(bytes.length)),
  "another kind in the middle": (bytes, dice, others) => {
    const { bytes: other } = others[dice.below(others.length)]!;
    const at = dice.below(bytes.length);
    const from = dice.below(other.length);
    const piece = other.subarray(from, from + 4000);
    return joined(bytes.subarray(0, at), piece, bytes.subarray(at + piece.length));
  },
  "another kind behind its header": (bytes, dice, others) => {
    const { bytes: other } = others[dice.below(others.length)]!;
    return joined(bytes.subarray(0, dice.below(HEAD)), other);
  },
  "header twice": (bytes, dice) => joined(bytes.subarray(0, 32 + dice.below(HEAD)), bytes),
  "header zeroed": (bytes, dice) => {
    const copy = bytes.slice();
    const from = dice.below(HEAD);
    copy.fill(0, from, from + 1 + dice.below(64));
    return copy;
  },
  "lying sizes": (bytes, dice) => {
    const copy = bytes.slice();
    const lies = [0xffffffff, 0x7fffffff, 0x80000000, 0, 1, 0x0fffffff];
    const view = new DataView(copy.buffer);
    for (let i = 0; i < 3; i++) {
      const lie = lies[dice.below(lies.length)]!;
      view.setUint32(Math.min(bytes.length - 4, dice.below(HEAD / 4) * 4), lie, i % 2 === 0);
    }
    return copy;
  },
  "pieces in another order": (bytes, dice) => {
    const size = 512 + dice.below(4096);
    const first = HEAD + dice.below(Math.max(1, bytes.length - HEAD - 2 * size));
    return joined(
      bytes.subarray(0, first),
      bytes.subarray(first + size, first + 2 * size),
      bytes.subarray(first, first + size),
      bytes.subarray(first + 2 * size),
    );
  },
};

/** Every file in every kind of damage, the same in every run. */
export function mutated(files: readonly RealFile[], seed: number): HostileInput[] {
  return files.flatMap((file, f) =>
    Object.entries(mutations).map(([what, mutate], m) => {
      const next = random(seed + 1000 * f + m);
      const dice = { below: (end: number) => Math.floor(((next() + 1) / 2) * end) };
      const dot = file.name.lastIndexOf(".");
      const name = `${file.name.slice(0, dot)}, ${what}${file.name.slice(dot)}`;
      return { name, bytes: mutate(file.bytes, dice, files) };
    }),
  );
}

function flipped(bytes: Uint8Array, dice: Dice, count: number, within: number): Uint8Array {
  const copy = bytes.slice();
  for (let i = 0; i < count; i++) {
    const at = dice.below(Math.min(within, copy.length));
    copy[at] = copy[at]! ^ (1 << dice.below(8));
  }
  return copy;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
