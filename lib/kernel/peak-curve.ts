import { GrowingF64 } from "./growing";

const SLOTS_PER_SECOND = 10;

/**
 * Where the peaks lie, for pictures: a lower bound for every 100 ms. The meter oversamples only
 * where a new highest true peak is possible, so a slot knows its samples, and those true peaks that
 * were the highest so far; the highest of all is among them. A block's peak counts for all slots
 * that the block touches.
 */
export class PeakCurve {
  readonly #sampleRate: number;
  readonly #slots = new GrowingF64();
  /** The slot that may still grow, and how high it is. */
  #open = 0;
  #height = 0;
  #highest = 0;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** A block of `frames` from frame `start` on; `truePeak` is the highest up to its end. */
  add(start: number, frames: number, samplePeak: number, truePeak: number): void {
    if (frames === 0) return;
    const peak = truePeak > this.#highest ? truePeak : samplePeak;
    this.#highest = truePeak;
    const last = Math.floor(((start + frames - 1) * SLOTS_PER_SECOND) / this.#sampleRate);
    for (; this.#open < last; this.#open++) {
      this.#slots.push(Math.max(this.#height, peak));
      this.#height = 0;
    }
    this.#height = Math.max(this.#height, peak);
  }

  /** Amplitudes, linear. Call it once, at the end. */
  toArray(): Float32Array {
    this.#slots.push(this.#height);
    return Float32Array.from(this.#slots.toArray());
  }
}
