import {
  amplitudeToDecibels,
  decibels,
  decibelsToAmplitude,
  type Dbtp,
  type Decibels,
} from "../loudness/units";
import { NO_OVERSAMPLING_FROM, blockFrames } from "./blocks";
import { writeInterpolation, type InstancePool, type KernelExports } from "./exports";
import { checkFormat, type PcmFormat } from "./format";
import { InvalidSampleError } from "./samples";

export interface LimiterOptions {
  readonly format: PcmFormat;
  /** Applied first. */
  readonly gain: Decibels;
  /** True peaks of the output stay at or below this (at most 0.05 dB above, see the tests). */
  readonly ceiling: Dbtp;
}

export interface Limiter {
  /**
   * Interleaved samples in and out, chunks of any length. The look-ahead is made up for: all output
   * together is as long as all input, sample for sample. Throws `InvalidSampleError`.
   */
  process(interleaved: Float32Array): Float32Array<ArrayBuffer>;
  /** The rest of the output. Call it once. */
  flush(): Float32Array<ArrayBuffer>;
  /** The most that any sample was turned down, apart from the gain; 0 when nothing was. */
  readonly maxReduction: Decibels;
  /** Gives the memory back to the kernel. Needed only after an error or without `flush`. */
  dispose(): void;
}

/** Seconds. The gain starts to fall this long before a peak, in an S shape. */
const ATTACK = 0.003;
/** Seconds. Single peaks are let go this fast, … */
const FAST_RELEASE = 0.08;
/** … what lasts longer than this … */
const SLOW_ATTACK = 0.25;
/** … this slowly, so that dense music does not pump. */
const SLOW_RELEASE = 0.5;
/** Added to every release, gain per second, so that it ends at exactly 1. */
const SLEW = 0.02;
/** Frames around a peak in which the gain is at most what the peak needs. */
const HOLD = 8;
/** Frames. With it, even at low rates the delay line holds as much of the past as the interpolator needs. */
const SHORTEST_AVERAGE = 13;
/** Peaks over the ceiling are brought this far below it, for what the moving gain makes between samples. */
const MARGIN_DB = 0.02;
/** Rounding of single precision, so that a peak right at the ceiling is left alone. */
const TOLERANCE = 1 + 2e-6;

export function createLimiter(pool: InstancePool, options: LimiterOptions): Limiter {
  checkFormat(options.format);
  if (!(Math.abs(options.gain) <= 200)) throw new RangeError(`Gain ${options.gain} dB`);
  if (!(Math.abs(options.ceiling) <= 200)) throw new RangeError(`Ceiling ${options.ceiling} dBTP`);
  return new WasmLimiter(pool, options);
}

class WasmLimiter implements Limiter {
  readonly #pool: InstancePool;
  #wasm: KernelExports | null;
  readonly #channels: number;
  readonly #input: Float32Array;
  readonly #output: Float32Array;
  #filled = 0;
  /** Samples of all blocks before. */
  #done = 0;
  #returned = 0;
  /** Samples that came out too early: the look-ahead. */
  #early: number;
  #deepest = 1;

  constructor(pool: InstancePool, { format, gain, ceiling }: LimiterOptions) {
    this.#pool = pool;
    const { sampleRate, channels } = format;
    const wasm = pool.take();
    this.#wasm = wasm;
    this.#channels = channels;
    const frames = blockFrames(channels);
    const limit = decibelsToAmplitude(ceiling);
    const share = (time: number) => 1 - Math.exp(-1 / (time * sampleRate));
    wasm.limiterBegin(
      channels,
      frames,
      sampleRate < NO_OVERSAMPLING_FROM,
      decibelsToAmplitude(gain),
      limit * TOLERANCE,
      limit * decibelsToAmplitude(-MARGIN_DB),
      Math.max(SHORTEST_AVERAGE, Math.round((ATTACK * sampleRate) / 2)),
      HOLD,
      share(FAST_RELEASE),
      share(SLOW_ATTACK),
      share(SLOW_RELEASE),
      SLEW / sampleRate,
    );
    writeInterpolation(wasm);
    const { buffer } = wasm.memory;
    this.#input = new Float32Array(buffer, wasm.limiterInput(), frames * channels);
    this.#output = new Float32Array(buffer, wasm.limiterOutput(), frames * channels);
    this.#early = wasm.limiterDelay() * channels;
  }

  get maxReduction(): Decibels {
    if (this.#wasm !== null) this.#deepest = this.#wasm.limiterDeepest();
    return decibels(this.#deepest < 1 ? -amplitudeToDecibels(this.#deepest) : 0);
  }

  process(interleaved: Float32Array): Float32Array<ArrayBuffer> {
    const wasm = this.#open();
    const input = this.#input;
    const whole = Math.floor((this.#filled + interleaved.length) / input.length) * input.length;
    const out = new Float32Array(Math.max(0, whole - this.#early));
    let written = 0;
    for (let at = 0; at < interleaved.length;) {
      const count = Math.min(input.length - this.#filled, interleaved.length - at);
      input.set(interleaved.subarray(at, at + count), this.#filled);
      at += count;
      this.#filled += count;
      if (this.#filled === input.length) {
        written += this.#block(out, written);
      } else {
        // A whole block is checked when it is limited; what waits is checked now.
        const invalid = wasm.limiterCheck(this.#filled - count, this.#filled);
        if (invalid >= 0) this.#reject(invalid);
      }
    }
    return out;
  }

  flush(): Float32Array<ArrayBuffer> {
    const input = this.#input;
    const out = new Float32Array(this.#done + this.#filled - this.#returned);
    for (let written = 0; written < out.length;) {
      input.fill(0, this.#filled);
      written += this.#block(out, written);
    }
    void this.maxReduction;
    this.dispose();
    return out;
  }

  dispose(): void {
    if (this.#wasm !== null) this.#pool.giveBack(this.#wasm);
    this.#wasm = null;
  }

  /** Limits one block into `out` and returns how many samples of it that was. */
  #block(out: Float32Array, at: number): number {
    const invalid = this.#open().limiterBlock();
    if (invalid < 0) this.#reject(-1 - invalid);
    const skipped = Math.min(this.#early, this.#output.length);
    this.#early -= skipped;
    const count = Math.min(this.#output.length - skipped, out.length - at);
    out.set(this.#output.subarray(skipped, skipped + count), at);
    this.#returned += count;
    this.#done += this.#output.length;
    this.#filled = 0;
    return count;
  }

  #reject(sample: number): never {
    throw new InvalidSampleError(Math.floor((this.#done + sample) / this.#channels));
  }

  #open(): KernelExports {
    if (this.#wasm === null) throw new Error("This limiter is finished");
    return this.#wasm;
  }
}
