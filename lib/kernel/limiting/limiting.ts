import type { Neighbours } from "../../loudness/limiting";
import { sliceFrames, type Slices } from "../../loudness/slices";
import { decibelsToAmplitude, type Dbtp, type Decibels } from "../../loudness/units";
import { BLOCK_SAMPLES } from "../blocks";
import type { InstancePool, KernelExports } from "../exports";
import { checkFormat, type PcmFormat } from "../format";
import type { InPlace } from "../in-place";
import { Reduction, type FoundGains } from "./reduction";

export interface LimitingOptions {
  readonly format: PcmFormat;
  /** Of these very samples, with exact peaks where they pass the ceiling (`SlicePeaks`). */
  readonly slices: Slices;
  /** Of a gapless album: what plays before and after, with the same gain and ceiling. */
  readonly neighbours?: Neighbours | null;
  /** Applied first. */
  readonly gain: Decibels;
  /** True peaks of the output stay at or below this (at most 0.05 dB above, see the tests). */
  readonly ceiling: Dbtp;
}

/** Gain and limiting in place, without delay: what comes is known. Takes chunks of whole frames. */
export class WasmLimiting implements InPlace {
  readonly #pool: InstancePool;
  #wasm: KernelExports | null;
  readonly #channels: number;
  readonly #slices: Slices;
  readonly #sliceFrames: number;
  readonly #factor: number;
  readonly #input: Float32Array;
  readonly #reduction: Reduction;
  #found: FoundGains | null;
  /** Frames so far. */
  #done = 0;

  constructor(pool: InstancePool, options: LimitingOptions) {
    const { format, slices, gain, ceiling } = options;
    checkFormat(format);
    this.#pool = pool;
    this.#channels = format.channels;
    this.#slices = slices;
    this.#sliceFrames = sliceFrames(format.sampleRate);
    this.#factor = decibelsToAmplitude(gain);
    const wasm = pool.take();
    this.#wasm = wasm;
    const frames = Math.floor(BLOCK_SAMPLES / format.channels);
    const samples = frames * format.channels;
    const use = { channels: format.channels, samples, steps: 0, limits: 1 };
    this.#reduction = new Reduction(wasm, slices, options.neighbours ?? null, use);
    this.#input = new Float32Array(wasm.memory.buffer, wasm.limitingInput(), samples);
    this.#reduction.start([ceiling - gain]);
    this.#found = this.#reduction.next();
  }

  process(chunk: Float32Array): void {
    if (this.#wasm === null) throw new Error("This has been disposed of");
    if (chunk.length % this.#channels !== 0) throw new RangeError("A frame was split");
    for (let at = 0; at < chunk.length; at += this.#input.length) {
      const part = chunk.subarray(at, at + this.#input.length);
      this.#input.set(part);
      this.#turnDown(this.#wasm, part.length / this.#channels);
      part.set(this.#input.subarray(0, part.length));
    }
  }

  dispose(): void {
    if (this.#wasm !== null) this.#pool.giveBack(this.#wasm);
    this.#wasm = null;
  }

  #turnDown(wasm: KernelExports, frames: number): void {
    const last = this.#slices.count - 1;
    for (let offset = 0; offset < frames;) {
      const slice = Math.min(last, Math.floor(this.#done / this.#sliceFrames));
      // A slice's gain hangs on that of the next too.
      while (this.#found !== null && slice + 1 >= this.#found.first + this.#found.count) {
        this.#found = this.#reduction.next();
      }
      const found = this.#found;
      if (found === null) throw new RangeError("More frames than were measured");
      const start = slice * this.#sliceFrames;
      const ready = Math.min(last, found.first + found.count - 1);
      // The last slice is longer or shorter than the others.
      const length = slice === last ? this.#slices.frames - start : this.#sliceFrames;
      const end = slice === last ? this.#slices.frames : ready * this.#sliceFrames;
      const count = Math.min(frames - offset, end - this.#done);
      if (count <= 0) throw new RangeError("More frames than were measured");
      wasm.turnDown(
        count,
        this.#done - start,
        slice - found.first + 1,
        length,
        this.#factor,
        offset,
      );
      this.#done += count;
      offset += count;
    }
  }
}
