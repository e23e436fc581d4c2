import type { Decibels } from "../loudness/units";
import { createDither } from "./dither";
import { InstancePool } from "./exports";
import type { PcmFormat } from "./format";
import { createGain } from "./gain";
import type { InPlace } from "./in-place";
import { createLimiter, type Limiter, type LimiterOptions } from "./limiter";
import { createMeter, type Meter } from "./meter";

export { channelWeights, type PcmFormat } from "./format";
export type { InPlace } from "./in-place";
export type { MeterResult } from "./meter";
export { InvalidSampleError } from "./samples";

/** Meters, limiters, gains and dithers made of one compiled `lib/kernel/build/kernel.wasm`. */
export interface Kernel {
  /** Throws a `RangeError` for a format outside the limits of `PcmFormat`. */
  meter(format: PcmFormat): Meter;
  /** The same; and for a gain or a ceiling beyond ±200 dB. */
  limiter(options: LimiterOptions): Limiter;
  gain(gain: Decibels): InPlace;
  /** To 16 bits. */
  dither(): InPlace;
}

/** One per worker (or per page): instances are reused from song to song. */
export function createKernel(module: WebAssembly.Module): Kernel {
  const pool = new InstancePool(module);
  return {
    meter: (format) => createMeter(pool, format),
    limiter: (options) => createLimiter(pool, options),
    gain: (gain) => createGain(pool, gain),
    dither: () => createDither(pool),
  };
}
