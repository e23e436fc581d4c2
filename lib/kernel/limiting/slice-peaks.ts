import { sliceFrames, withPeak } from "../../loudness/slices";
import { decibelsToAmplitude, type Dbtp } from "../../loudness/units";
import { GROUP, NO_OVERSAMPLING_FROM, blockFrames } from "../blocks";
import { writeInterpolation, type InstancePool, type KernelExports } from "../exports";
import { checkFormat, type PcmFormat } from "../format";
import type { SliceStore } from "./slice-store";

export interface SlicePeaksOptions {
  readonly format: PcmFormat;
  /** Of these very samples. */
  readonly slices: SliceStore;
  /** Slices whose peaks lie at or below this are left as they are, or lowered to it. */
  readonly above: Dbtp;
}

/** A second look at a programme: the exact peaks of the slices that decide about its limiting. */
export interface SlicePeaks {
  /** Interleaved samples, whole frames, from the first to the last. */
  push(interleaved: Float32Array): void;
  /** Call it once, at the end. */
  finish(): void;
  /** Gives the memory back to the kernel. Needed only after an error or without `finish`. */
  dispose(): void;
}

export class WasmSlicePeaks implements SlicePeaks {
  readonly #pool: InstancePool;
  readonly #slices: SliceStore;
  #wasm: KernelExports | null;
  readonly #channels: number;
  readonly #blockFrames: number;
  readonly #input: Float32Array;
  readonly #sliceFrames: number;
  readonly #run: number;
  readonly #least: number;
  #filled = 0;
  /** The frame where the next run begins; the kernel's lag behind its input. */
  #at = -GROUP;
  /** The slice that is being looked at, and its peak so far. */
  #slice = 0;
  #peak = 0;

  constructor(pool: InstancePool, { format, slices, above }: SlicePeaksOptions) {
    checkFormat(format);
    this.#pool = pool;
    this.#slices = slices;
    const { sampleRate, channels } = format;
    this.#channels = channels;
    this.#blockFrames = blockFrames(channels);
    this.#sliceFrames = sliceFrames(sampleRate);
    this.#run = Math.min(GROUP, this.#sliceFrames);
    this.#least = decibelsToAmplitude(above);
    const wasm = pool.take();
    this.#wasm = wasm;
    wasm.slicePeaksBegin(
      channels,
      this.#blockFrames,
      sampleRate < NO_OVERSAMPLING_FROM,
      this.#run,
      this.#least,
    );
    writeInterpolation(wasm);
    const { buffer } = wasm.memory;
    this.#input = new Float32Array(buffer, wasm.slicePeaksInput(), this.#blockFrames * channels);
  }

  push(interleaved: Float32Array): void {
    const input = this.#input;
    for (let at = 0; at < interleaved.length;) {
      const count = Math.min(input.length - this.#filled, interleaved.length - at);
      input.set(interleaved.subarray(at, at + count), this.#filled);
      at += count;
      this.#filled += count;
      if (this.#filled === input.length) this.#block(this.#blockFrames, false);
    }
  }

  finish(): void {
    this.#block(Math.floor(this.#filled / this.#channels), true);
    this.dispose();
  }

  dispose(): void {
    if (this.#wasm !== null) this.#pool.giveBack(this.#wasm);
    this.#wasm = null;
  }

  #block(frames: number, last: boolean): void {
    const wasm = this.#wasm;
    if (wasm === null) throw new Error("This look at the peaks is finished");
    this.#filled = 0;
    const runs = wasm.slicePeaksBlock(frames, last);
    const peaks = new Float32Array(wasm.memory.buffer, wasm.slicePeaks(), runs);
    const sliceAt = (frame: number): number =>
      Math.min(this.#slices.count - 1, Math.max(0, Math.floor(frame / this.#sliceFrames)));
    const first = this.#slice;
    const final = sliceAt(this.#at + (runs - 1) * this.#run);
    const codes = new Uint32Array(final - first + 1);
    this.#slices.read(first, codes);
    const settle = () => {
      const code = codes[this.#slice - first]!;
      const lowered = Math.min(code & 0xffff, withPeak(0, this.#least));
      codes[this.#slice - first] =
        this.#peak > 0 ? withPeak(code, this.#peak) : ((code & ~0xffff) | lowered) >>> 0;
      this.#peak = 0;
    };
    for (const peak of peaks) {
      const slice = sliceAt(this.#at);
      if (slice !== this.#slice) {
        settle();
        this.#slice = slice;
      }
      if (peak > this.#peak) this.#peak = peak;
      this.#at += this.#run;
    }
    if (last) settle();
    this.#slices.write(first, codes);
  }
}
