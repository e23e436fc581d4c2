import type { SliceEdges } from "../loudness/limiting";
import type { Measurement, MeasurementDetail } from "../loudness/measurement";
import { sliceFrames } from "../loudness/slices";
import { amplitudeToDecibels, dbtp, seconds } from "../loudness/units";
import { NO_OVERSAMPLING_FROM, blockFrames } from "./blocks";
import { EdgeSamples } from "./limiting/edges";
import { writeInterpolation, type InstancePool, type KernelExports } from "./exports";
import { checkFormat, type PcmFormat } from "./format";
import { kWeighting } from "./k-weighting";
import { PeakCurve } from "./peak-curve";
import { InvalidSampleError } from "./samples";
import type { SliceStore } from "./limiting/slice-store";
import { StepWindows } from "./steps";

export interface Meter {
  /**
   * Interleaved samples; chunks of any length, a frame may even be split between two. Throws
   * `InvalidSampleError`.
   */
  push(interleaved: Float32Array): void;
  /** Ends the programme; samples of an incomplete last frame are left out. Call it once. */
  finish(): MeterResult;
  /** Gives the memory back to the kernel. Needed only after an error or without `finish`. */
  dispose(): void;
}

export interface MeterResult {
  readonly measurement: Measurement;
  readonly detail: MeasurementDetail;
  /** Null unless slices were kept. */
  readonly edges: SliceEdges | null;
}

export function createMeter(
  pool: InstancePool,
  format: PcmFormat,
  slices: SliceStore | null,
): Meter {
  checkFormat(format);
  return new WasmMeter(pool, format, slices);
}

class WasmMeter implements Meter {
  readonly #pool: InstancePool;
  readonly #format: PcmFormat;
  #wasm: KernelExports | null;
  readonly #input: Float32Array;
  readonly #steps: Float64Array;
  readonly #windows: StepWindows;
  readonly #peaks: PeakCurve;
  readonly #slices: SliceStore | null;
  readonly #edges: EdgeSamples | null;
  readonly #blockFrames: number;
  /** Samples in the input. */
  #filled = 0;
  /** Frames of all blocks before. */
  #done = 0;

  constructor(pool: InstancePool, format: PcmFormat, slices: SliceStore | null) {
    this.#pool = pool;
    this.#format = format;
    this.#slices = slices;
    const { sampleRate, channels } = format;
    const wasm = pool.take();
    this.#wasm = wasm;
    this.#blockFrames = blockFrames(channels);
    this.#edges = slices === null ? null : new EdgeSamples(format, this.#blockFrames);
    wasm.meterBegin(
      sampleRate,
      channels,
      this.#blockFrames,
      sampleRate < NO_OVERSAMPLING_FROM,
      slices === null ? 0 : sliceFrames(sampleRate),
    );
    writeInterpolation(wasm);
    const { buffer } = wasm.memory;
    const { shelf, highPass } = kWeighting(sampleRate);
    new Float64Array(buffer, wasm.meterCoefficients(), 7).set([
      ...shelf.b,
      ...shelf.a,
      ...highPass.a,
    ]);
    const scale = format.dualMono === true ? 2 : 1;
    new Float64Array(buffer, wasm.meterWeights(), channels).set(
      format.weights.map((weight) => weight * scale),
    );
    this.#input = new Float32Array(buffer, wasm.meterInput(), this.#blockFrames * channels);
    const mostSteps = Math.ceil((this.#blockFrames * 100) / sampleRate) + 1;
    this.#steps = new Float64Array(buffer, wasm.meterSteps(), mostSteps);
    this.#windows = new StepWindows(sampleRate);
    this.#peaks = new PeakCurve(sampleRate);
  }

  push(interleaved: Float32Array): void {
    const wasm = this.#open();
    const input = this.#input;
    for (let at = 0; at < interleaved.length;) {
      const count = Math.min(input.length - this.#filled, interleaved.length - at);
      const whole = count === interleaved.length;
      input.set(whole ? interleaved : interleaved.subarray(at, at + count), this.#filled);
      at += count;
      this.#filled += count;
      if (this.#filled === input.length) {
        this.#block(this.#blockFrames, false);
        this.#filled = 0;
      } else {
        // A whole block is checked when it is measured; what waits is checked now.
        const invalid = wasm.meterCheck(this.#filled - count, this.#filled);
        if (invalid >= 0) this.#reject(invalid);
      }
    }
  }

  finish(): MeterResult {
    const wasm = this.#open();
    const { sampleRate, channels } = this.#format;
    this.#block(Math.floor(this.#filled / channels), true);
    const { values, detail } = this.#windows.finish(wasm.meterRest(), this.#done);
    const measurement: Measurement = {
      ...values,
      truePeak: dbtp(amplitudeToDecibels(wasm.meterTruePeak())),
      samplePeak: dbtp(amplitudeToDecibels(wasm.meterSamplePeak())),
      samplesOverFullScale: wasm.meterOver(),
      duration: seconds(this.#done / sampleRate),
    };
    this.#slices?.finish(this.#done);
    this.dispose();
    const edges = this.#edges?.finish(this.#pool, this.#done) ?? null;
    return { measurement, detail: { ...detail, peakCurve: this.#peaks.toArray() }, edges };
  }

  dispose(): void {
    if (this.#wasm !== null) this.#pool.giveBack(this.#wasm);
    this.#wasm = null;
  }

  #block(frames: number, last: boolean): void {
    const wasm = this.#open();
    const ended = wasm.meterBlock(frames, last);
    if (ended < 0) this.#reject(-1 - ended);
    this.#peaks.add(this.#done, frames, wasm.meterBlockPeak(), wasm.meterTruePeak());
    this.#slices?.append(new Uint32Array(wasm.memory.buffer, wasm.sliceCodes(), wasm.slicesDone()));
    for (let i = 0; i < ended; i++) this.#windows.add(this.#steps[i] ?? Number.NaN);
    this.#edges?.add(this.#input.subarray(0, frames * this.#format.channels));
    this.#done += frames;
  }

  #reject(sample: number): never {
    throw new InvalidSampleError(this.#done + Math.floor(sample / this.#format.channels));
  }

  #open(): KernelExports {
    if (this.#wasm === null) throw new Error("This meter is finished");
    return this.#wasm;
  }
}
