import { integratedLoudness, loudnessOfPower, loudnessRange } from "../loudness/gating";
import type { Measurement, MeasurementDetail } from "../loudness/measurement";
import { GrowingF64 } from "./growing";

/** Windows move in steps of 10 ms: EBU Tech 3341 cases 13 and 14 need that for M max. */
const STEPS_PER_SECOND = 100;
/** Curves and gating blocks have one value per 100 ms (75 % overlap of 400 ms, BS.1770-5 §5.1). */
const STRIDE = 10;
/** In strides. */
const MOMENTARY = 4;
const SHORT_TERM = 30;

type FromSteps = Pick<Measurement, "integrated" | "range" | "momentaryMax" | "shortTermMax">;

/**
 * Makes loudness out of the weighted sums of squares of successive 10 ms steps. Each window is
 * summed afresh from 100 ms sums, so that nothing drifts and silence after a loud part is silence.
 */
export class StepWindows {
  readonly #sampleRate: number;
  /** Sums of the last ten steps, as of each of the last 3 s of steps. */
  readonly #strides = new Float64Array(STRIDE * SHORT_TERM);
  readonly #steps = new Float64Array(STRIDE);
  #count = 0;
  #total = 0;
  #momentaryMax = 0;
  #shortTermMax = 0;
  readonly #momentary = new GrowingF64();
  readonly #shortTerm = new GrowingF64();

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  add(step: number): void {
    this.#total += step;
    this.#steps[this.#count % STRIDE] = step;
    let stride = 0;
    for (const value of this.#steps) stride += value;
    this.#strides[this.#count % this.#strides.length] = stride;
    const momentary = this.#window(MOMENTARY);
    const shortTerm = this.#window(SHORT_TERM);
    if (momentary > this.#momentaryMax) this.#momentaryMax = momentary;
    if (shortTerm > this.#shortTermMax) this.#shortTermMax = shortTerm;
    this.#count++;
    if (this.#count % STRIDE === 0) {
      this.#momentary.push(momentary);
      this.#shortTerm.push(shortTerm);
    }
  }

  /** Mean square over the window that ends with the step just added; before the start is silence. */
  #window(strides: number): number {
    const length = this.#strides.length;
    let sum = 0;
    for (let at = this.#count % length, i = 0; i < strides; i++) {
      sum += this.#strides[at] ?? 0;
      at -= STRIDE;
      if (at < 0) at += length;
    }
    return sum / ((strides * STRIDE * this.#sampleRate) / STEPS_PER_SECOND);
  }

  /**
   * `rest` is the sum of squares of a last, incomplete step; `frames` the length of the programme.
   *
   * A programme shorter than 400 ms has no gating block, so the standard gives it no loudness. But
   * people level short sounds too, and what they hear is the level while it sounds: its only block
   * is its mean square over its own length, not diluted by silence. Only the absolute gate can
   * remove it. The maxima are what a meter with a 400 ms or 3 s window shows when the programme
   * is played after silence.
   */
  finish(
    rest: number,
    frames: number,
  ): { values: FromSteps; detail: Omit<MeasurementDetail, "peakCurve"> } {
    const momentary = this.#momentary.toArray();
    const shortTerm = this.#shortTerm.toArray();
    if (rest > 0) this.add(rest);
    const short = frames < 0.4 * this.#sampleRate;
    const gatingBlocks =
      short && frames > 0 ? Float64Array.of(this.#total / frames) : momentary.slice(MOMENTARY - 1);
    const shortTermLoudness = loudnessOf(shortTerm);
    return {
      values: {
        integrated: integratedLoudness(gatingBlocks),
        range: loudnessRange(shortTermLoudness.subarray(SHORT_TERM - 1)),
        momentaryMax: loudnessOfPower(this.#momentaryMax),
        shortTermMax: loudnessOfPower(this.#shortTermMax),
      },
      detail: {
        gatingBlocks,
        shortTermCurve: new Float32Array(shortTermLoudness),
        momentaryCurve: new Float32Array(loudnessOf(momentary)),
      },
    };
  }
}

/** Not by `from`, which makes an object of each number: 2 MB of half an hour. */
const loudnessOf = (powers: Float64Array): Float64Array =>
  powers.map((power) => loudnessOfPower(power));
