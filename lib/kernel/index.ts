import { createDither, type Dither } from "./dither";
import { InstancePool } from "./exports";
import type { PcmFormat } from "./format";
import { createLimiter, type Limiter, type LimiterOptions } from "./limiter";
import { createMeter, type Meter } from "./meter";

export type { Dither } from "./dither";
export { channelWeights, type PcmFormat } from "./format";
export type { Limiter, LimiterOptions } from "./limiter";
export type { Meter, MeterResult } from "./meter";
export { InvalidSampleError, applyGain } from "./samples";

/** Meters, limiters and dither made of one compiled `lib/kernel/build/kernel.wasm`. */
export interface Kernel {
  /** Throws a `RangeError` for a format outside the limits of `PcmFormat`. */
  meter(format: PcmFormat): Meter;
  /** The same; and for a gain or a ceiling beyond ±200 dB. */
  limiter(options: LimiterOptions): Limiter;
  /** To 16 bits. */
  dither(): Dither;
}

/** One per worker (or per page): instances are reused from song to song. */
export function createKernel(module: WebAssembly.Module): Kernel {
  const pool = new InstancePool(module);
  return {
    meter: (format) => createMeter(pool, format),
    limiter: (options) => createLimiter(pool, options),
    dither: () => createDither(pool),
  };
}
