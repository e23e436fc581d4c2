import { BRIDGE, MARGIN, NEAR, RELEASE, SMOOTHING, type Neighbours } from "../../loudness/limiting";
import { peakCode, peakOf, sliceFrames, type Slices } from "../../loudness/slices";
import { amplitudeToDecibels, decibelsToAmplitude } from "../../loudness/units";
import type { KernelExports } from "../exports";

/** Slices whose gain is found together. */
const BLOCK = 1024;

/** Gains that one call found: those of `count` slices from `first` on. */
export interface FoundGains {
  readonly first: number;
  readonly count: number;
  /** For each limit: any of its gains is not 1. */
  readonly moved: readonly boolean[];
}

/** What the gains are for. */
export interface ReductionUse {
  readonly channels: number;
  /** Of a block that the gains will be applied to. */
  readonly samples: number;
  /** Whose energies are asked for. */
  readonly steps: number;
  /** The most limits whose gains are found together. */
  readonly limits: number;
}

/** An odd number of slices, nearest to a time. */
const odd = (time: number, slice: number): number => 2 * Math.round(time / slice / 2) + 1;

/** A smooth window of a sum of 1. */
function hann(length: number): Float32Array {
  const window = Float64Array.from({ length }, (_, i) => {
    return 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 1)) / (length + 1));
  });
  const sum = window.reduce((a, b) => a + b);
  return Float32Array.from(window, (weight) => weight / sum);
}

/**
 * Finds a limiter's gains from front to back, a block of slices at a time, for one limit or several.
 * They are left in the kernel's memory, where its other functions use them: those of the two slices
 * before, then those found.
 */
export class Reduction {
  readonly #wasm: KernelExports;
  readonly #slices: Slices;
  readonly #neighbours: Neighbours | null;
  readonly #half: number;
  /** Slices on each side that a slice's released need depends on. */
  readonly #reach: number;
  readonly #codes: Uint32Array;
  readonly #own = new Uint32Array(1);
  #limits = 0;
  #at = 0;
  #next = 0;
  #first = 0;

  constructor(
    wasm: KernelExports,
    slices: Slices,
    neighbours: Neighbours | null,
    use: ReductionUse,
  ) {
    this.#wasm = wasm;
    this.#slices = slices;
    this.#neighbours = neighbours;
    const slice = sliceFrames(slices.sampleRate) / slices.sampleRate;
    const bridge = odd(BRIDGE, slice);
    const near = Math.round(NEAR / slice);
    const smoothing = odd(SMOOTHING, slice);
    // Held for the smoothing, and for the two neighbours that a slice's gain is made of.
    const hold = smoothing + 2;
    this.#half = smoothing >> 1;
    this.#reach = bridge + near + bridge - 1 + (hold >> 1);
    const { channels, samples, limits, steps } = use;
    const windows = [bridge, near, hold, smoothing] as const;
    wasm.limitingBegin(channels, samples, limits, steps, BLOCK, ...windows, RELEASE * slice);
    const { buffer } = wasm.memory;
    new Float32Array(buffer, wasm.reductionTaps(), smoothing).set(hann(smoothing));
    new Float32Array(buffer, wasm.reductionFractions(), FRACTIONS.length).set(FRACTIONS);
    const most = BLOCK + 2 * this.#half + 2 * this.#reach;
    this.#codes = new Uint32Array(buffer, wasm.reductionCodes(), most);
  }

  /** Begins anew. `limits`: what peaks may reach before any gain, dB: the ceiling less the gain. */
  start(limits: readonly number[]): void {
    for (const [index, limit] of limits.entries()) {
      const most = decibelsToAmplitude(limit - MARGIN);
      const code = peakCode(most);
      this.#wasm.startReduction(index, limit - MARGIN, peakOf(code) > most ? code - 1 : code);
    }
    this.#limits = limits.length;
    this.#at = -Math.max(1, this.#neighbours?.before?.length ?? 0);
    this.#next = this.#at - this.#half;
  }

  /** The next gains, from that of slice -1 to that of slice `count`; null when there are no more. */
  next(): FoundGains | null {
    // What lies before the programme is only there for what it does to the programme.
    while (this.#at < -1) this.#advance(Math.min(-1, this.#at + BLOCK));
    const first = this.#at;
    const end = Math.min(this.#slices.count + 1, first + BLOCK);
    if (first >= end) return null;
    return { first, count: end - first, moved: this.#advance(end) };
  }

  /** All slices in order, each time so many that stand ready from the first place on. */
  *pieces(): Generator<{ readonly first: number; readonly count: number }> {
    const { count } = this.#slices;
    for (let first = 0; first < count; first += BLOCK) {
      const codes = this.#codes.subarray(0, Math.min(BLOCK, count - first));
      this.#slices.read(first, codes);
      yield { first, count: codes.length };
    }
  }

  /** Where among the codes that stand ready a slice's own is, after `next`. */
  placeOf(slice: number): number {
    return slice - this.#first;
  }

  #advance(end: number): boolean[] {
    const kept = this.#next - this.#at + this.#half;
    const fresh = end + this.#half - this.#next;
    this.#first = this.#next - this.#reach;
    const codes = this.#codes.subarray(0, fresh + 2 * this.#reach);
    this.#read(this.#first, codes);
    this.#wasm.takeCodes(codes.length);
    const moved = Array.from({ length: this.#limits }, (_, index) => {
      return this.#wasm.reduce(index, end - this.#at, kept, fresh) !== 0;
    });
    this.#at = end;
    this.#next = end + this.#half;
    return moved;
  }

  /** Beyond the ends lie the neighbours, or more of the slice there. */
  #read(from: number, codes: Uint32Array): void {
    const { count } = this.#slices;
    const end = from + codes.length;
    const [first, last] = [Math.max(0, from), Math.min(count, end)];
    if (first < last) this.#slices.read(first, codes.subarray(first - from, last - from));
    const { before, after } = this.#neighbours ?? { before: null, after: null };
    for (let k = from; k < Math.min(0, end); k++) {
      codes[k - from] = this.#outside(before, k + (before?.length ?? 0), 0);
    }
    for (let k = Math.max(count, from); k < end; k++) {
      codes[k - from] = this.#outside(after, k - count, count - 1);
    }
  }

  #outside(neighbour: Uint16Array | null, index: number, nearest: number): number {
    if (neighbour === null || neighbour.length === 0) {
      this.#slices.read(nearest, this.#own);
      return this.#own[0]!;
    }
    return neighbour[Math.min(neighbour.length - 1, Math.max(0, index))]!;
  }
}

/** dB of 1 + k / 1024: the fractions of a peak's code. */
const FRACTIONS = Float32Array.from({ length: 1024 }, (_, k) => amplitudeToDecibels(1 + k / 1024));
