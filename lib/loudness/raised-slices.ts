import { peakOf, withPeak, type SliceCode, type Slices } from "./slices";
import { amplitudeToDecibels, decibelsToAmplitude, type Dbtp, type Decibels } from "./units";

/** A raise is kept in 8 bits of this many dB. */
const STEP = 0.05;
const MOST_STEPS = 255;

/** What came out of an encoder, in slices of its own. */
export interface Encoded {
  readonly slices: Slices;
  /** As the meter finds it; slices only foresee peaks. */
  readonly truePeak: Dbtp;
}

export interface Raise {
  /** Every moment of the encoded result above this is turned down by what it is above it. */
  readonly above: Dbtp;
  /** Seconds on both sides of such a moment within which the peak lies that the encoder made it of. */
  readonly around: number;
  /** dB that all other peaks are turned down by too. */
  readonly all: Decibels;
  /** dB that peaks of the programme were limited to, before any gain. */
  readonly limit: number;
  /** dB over the limit that none of all peaks is raised beyond: what may be limited. */
  readonly most: Decibels;
  /** The same of the moments above; Infinity = whatever it takes, though the gain has to fall. */
  readonly mostOfMoments: Decibels;
}

/**
 * Slices of a programme whose peaks are taken to be higher than they are where an encoder puts them over a
 * ceiling, so that limiting turns down these moments further and the gain stays as it is.
 */
export class RaisedSlices implements Slices {
  readonly count: number;
  readonly frames: number;
  readonly sampleRate: number;
  readonly #slices: Slices;
  /** For each slice, in steps; 0 = as it is. */
  readonly #steps: Uint8Array;
  /** Moments below this amplitude are raised from there, and none beyond the other. */
  #least = 0;
  #mostOfMoments = 0;
  /** Of all peaks. */
  #most = 0;
  /** Factor of all peaks. */
  #all = 1;

  constructor(slices: Slices) {
    this.#slices = slices;
    ({ count: this.count, frames: this.frames, sampleRate: this.sampleRate } = slices);
    this.#steps = new Uint8Array(slices.count);
  }

  /** On top of what was raised before. */
  raise(encoded: Encoded, { above, around, all, limit, most, mostOfMoments }: Raise): void {
    const fresh = new Uint8Array(this.count);
    const { slices, truePeak } = encoded;
    const codes = new Uint32Array(1 << 12);
    const scale = truePeak - highestOf(slices, codes);
    const perSecond = this.count / (this.frames / this.sampleRate);
    const each = slices.frames / slices.sampleRate / slices.count;
    eachSlice(slices, codes, (code, index) => {
      const excess = amplitudeToDecibels(peakOf(code)) + scale - above;
      if (!(excess > 0)) return;
      const steps = Math.min(MOST_STEPS, Math.ceil(excess / STEP));
      const first = Math.floor((index * each - around) * perSecond);
      const last = Math.ceil(((index + 1) * each + around) * perSecond);
      for (let k = Math.max(0, first); k <= Math.min(this.count - 1, last); k++) {
        if (steps > fresh[k]!) fresh[k] = steps;
      }
    });
    fresh.forEach((steps, k) => {
      this.#steps[k] = Math.min(MOST_STEPS, this.#steps[k]! + steps);
    });
    this.#all *= decibelsToAmplitude(all);
    this.#least = decibelsToAmplitude(limit);
    this.#most = decibelsToAmplitude(limit + most);
    this.#mostOfMoments = decibelsToAmplitude(limit + mostOfMoments);
  }

  read(from: number, target: Uint32Array): void {
    this.#slices.read(from, target);
    for (let i = 0; i < target.length; i++) {
      const own = peakOf(target[i]!);
      const steps = this.#steps[from + i]!;
      let peak = Math.max(own, Math.min(own * this.#all, this.#most));
      if (steps > 0) {
        const raised = Math.max(this.#least, own) * this.#all * decibelsToAmplitude(steps * STEP);
        peak = Math.max(peak, Math.min(raised, this.#mostOfMoments));
      }
      if (peak > own) target[i] = withPeak(target[i]!, peak);
    }
  }
}

function eachSlice(
  slices: Slices,
  codes: Uint32Array,
  visit: (code: SliceCode, index: number) => void,
): void {
  for (let from = 0; from < slices.count; from += codes.length) {
    const part = codes.subarray(0, Math.min(codes.length, slices.count - from));
    slices.read(from, part);
    part.forEach((code, i) => visit(code, from + i));
  }
}

function highestOf(slices: Slices, codes: Uint32Array): number {
  let highest = 0;
  eachSlice(slices, codes, (code) => {
    highest = Math.max(highest, peakOf(code));
  });
  return amplitudeToDecibels(highest);
}
