import { peakOf, withPeak, type Slices } from "./slices";
import { amplitudeToDecibels, decibelsToAmplitude, type Dbtp, type Decibels } from "./units";

/** Raises are rounded up to steps of so many dB, and there are at most so many. */
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

/** What an encoder made of the programme, and which of its moments are too high. */
interface Result {
  readonly slices: Slices;
  /** dB. Slices whose peaks are above this are too high by the rest. */
  readonly above: number;
  /** Seconds. */
  readonly around: number;
}

/** Codes that are looked at together. */
const BLOCK = 1 << 12;

/**
 * Slices of a programme whose peaks are taken to be higher than they are where an encoder puts them over a
 * ceiling, so that limiting turns down these moments further and the gain stays as it is. Raises are found
 * anew where slices are read, from the results' own slices, so that memory does not grow with the length.
 */
export class RaisedSlices implements Slices {
  readonly count: number;
  readonly frames: number;
  readonly sampleRate: number;
  readonly #slices: Slices;
  readonly #results: Result[] = [];
  readonly #codes = new Uint32Array(BLOCK);
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
  }

  /** On top of what was raised before. The result's slices are read for as long as these are. */
  raise({ slices, truePeak }: Encoded, raise: Raise): void {
    const { above, around, all, limit, most, mostOfMoments } = raise;
    // The meter reads a little else than the slices foresee.
    const highest = amplitudeToDecibels(this.#highestOf(slices));
    this.#results.push({ slices, above: above - (truePeak - highest), around });
    this.#all *= decibelsToAmplitude(all);
    this.#least = decibelsToAmplitude(limit);
    this.#most = decibelsToAmplitude(limit + most);
    this.#mostOfMoments = decibelsToAmplitude(limit + mostOfMoments);
  }

  read(from: number, target: Uint32Array): void {
    for (let done = 0; done < target.length; done += BLOCK) {
      this.#readBlock(from + done, target.subarray(done, done + BLOCK));
    }
  }

  #readBlock(from: number, target: Uint32Array): void {
    this.#slices.read(from, target);
    const steps = this.#stepsFrom(from, target.length);
    for (let i = 0; i < target.length; i++) {
      const own = peakOf(target[i]!);
      let peak = Math.max(own, Math.min(own * this.#all, this.#most));
      if (steps[i]! > 0) {
        const raise = decibelsToAmplitude(steps[i]! * STEP);
        const raised = Math.max(this.#least, own) * this.#all * raise;
        peak = Math.max(peak, Math.min(raised, this.#mostOfMoments));
      }
      if (peak > own) target[i] = withPeak(target[i]!, peak);
    }
  }

  /** What each slice is raised by, in steps; 0 = it is as it is. */
  #stepsFrom(from: number, length: number): Uint8Array {
    const sum = new Uint8Array(length);
    const ofOne = new Uint8Array(length);
    for (const result of this.#results) {
      ofOne.fill(0);
      this.#markMoments(result, from, ofOne);
      for (let k = 0; k < length; k++) sum[k] = Math.min(MOST_STEPS, sum[k]! + ofOne[k]!);
    }
    return sum;
  }

  /** The most that any moment around raises each slice by. */
  #markMoments({ slices, above, around }: Result, from: number, steps: Uint8Array): void {
    const perSecond = this.count / (this.frames / this.sampleRate);
    const each = slices.frames / slices.sampleRate / slices.count;
    const nearest = Math.floor((from / perSecond - around) / each) - 1;
    const furthest = Math.ceil(((from + steps.length) / perSecond + around) / each) + 1;
    const least = decibelsToAmplitude(above - STEP);
    const end = Math.min(furthest, slices.count);
    this.#eachPeak(slices, Math.max(0, nearest), end, (peak, index) => {
      if (peak < least) return;
      const excess = amplitudeToDecibels(peak) - above;
      if (!(excess > 0)) return;
      const raise = Math.min(MOST_STEPS, Math.ceil(excess / STEP));
      const first = Math.floor((index * each - around) * perSecond) - from;
      const last = Math.ceil(((index + 1) * each + around) * perSecond) - from;
      for (let k = Math.max(0, first); k <= Math.min(steps.length - 1, last); k++) {
        if (raise > steps[k]!) steps[k] = raise;
      }
    });
  }

  #highestOf(slices: Slices): number {
    let highest = 0;
    this.#eachPeak(slices, 0, slices.count, (peak) => (highest = Math.max(highest, peak)));
    return highest;
  }

  #eachPeak(
    slices: Slices,
    from: number,
    end: number,
    visit: (peak: number, index: number) => void,
  ): void {
    for (let at = from; at < end; at += BLOCK) {
      const part = this.#codes.subarray(0, Math.min(BLOCK, end - at));
      slices.read(at, part);
      for (let i = 0; i < part.length; i++) visit(peakOf(part[i]!), at + i);
    }
  }
}
