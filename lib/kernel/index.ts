import type { Decibels } from "../loudness/units";
import { createDither } from "./dither";
import { InstancePool } from "./exports";
import type { PcmFormat } from "./format";
import { createGain } from "./gain";
import type { InPlace } from "./in-place";
import { packIntegers, type ReceiveBytes } from "./integers";
import { createMeter, type Meter } from "./meter";
import type { Prediction } from "../loudness/prediction";
import { WasmPrediction, type PredictedProgramme } from "./limiting/prediction";
import { WasmLimiting, type LimitingOptions } from "./limiting/limiting";
import { WasmSlicePeaks, type SlicePeaks, type SlicePeaksOptions } from "./limiting/slice-peaks";
import type { SliceStore } from "./limiting/slice-store";

export { channelWeights } from "./channel-weights";
export type { PcmFormat } from "./format";
export type { InPlace } from "./in-place";
export type { MeterResult } from "./meter";
export { InvalidSampleError } from "./samples";
export { SliceStore, type RandomAccessFile } from "./limiting/slice-store";

/** Meters, limiting, gains and dithers made of one compiled `lib/kernel/build/kernel.wasm`. */
export interface Kernel {
  /**
   * Throws a `RangeError` for a format outside the limits of `PcmFormat`. What limiting is foreseen
   * by goes into `slices` when it is given, an empty store of the same rate.
   */
  meter(format: PcmFormat, slices?: SliceStore): Meter;
  /** Makes the peaks exact of those slices that decide about limiting. */
  slicePeaks(options: SlicePeaksOptions): SlicePeaks;
  limiting(options: LimitingOptions): InPlace;
  /** To be disposed of. */
  prediction(programme: PredictedProgramme): Prediction & { dispose(): void };
  gain(gain: Decibels): InPlace;
  /** To 16 bits. */
  dither(): InPlace;
  /** As the integers that these samples are, see `packIntegers`. */
  integers(depth: number, samples: Float32Array, receive: ReceiveBytes): void;
}

/** One per worker (or per page): instances are reused from song to song. */
export function createKernel(module: WebAssembly.Module): Kernel {
  const pool = new InstancePool(module);
  return {
    meter: (format, slices) => createMeter(pool, format, slices ?? null),
    slicePeaks: (options) => new WasmSlicePeaks(pool, options),
    limiting: (options) => new WasmLimiting(pool, options),
    prediction: (programme) => new WasmPrediction(pool, programme),
    gain: (gain) => createGain(pool, gain),
    dither: () => createDither(pool),
    integers: (depth, samples, receive) => packIntegers(pool, depth, samples, receive),
  };
}
