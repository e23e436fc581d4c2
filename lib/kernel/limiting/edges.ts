import { AFTER_JOIN, BEFORE_JOIN, type SliceEdges } from "../../loudness/limiting";
import { sliceFrames } from "../../loudness/slices";
import { dbtp } from "../../loudness/units";
import { GROUP } from "../blocks";
import type { InstancePool } from "../exports";
import type { PcmFormat } from "../format";
import { WasmSlicePeaks } from "./slice-peaks";
import { SliceStore } from "./slice-store";

/** Groups whose samples the interpolation needs on each side. */
const REACH = 2;
/** Nothing that is heard is quieter. */
const QUIETEST = dbtp(-200);

/**
 * Keeps the samples of a programme's first and last moments while it is measured, for the exact peaks
 * there: the programmes before and after it in a gapless album need them for the gain at the joins.
 */
export class EdgeSamples {
  readonly #format: PcmFormat;
  /** Frames that slices and groups both begin at. */
  readonly #grid: number;
  readonly #head: Float32Array;
  #headFilled = 0;
  /** The last samples, in a ring of blocks. */
  readonly #blocks: Float32Array[];
  readonly #blockFrames: number;
  #count = 0;

  constructor(format: PcmFormat, blockFrames: number) {
    this.#format = format;
    const { sampleRate, channels } = format;
    this.#grid = Math.max(GROUP, sliceFrames(sampleRate));
    this.#blockFrames = blockFrames;
    const frames = this.#onGrid(AFTER_JOIN) + REACH * GROUP;
    this.#head = new Float32Array(frames * channels);
    const tail = this.#onGrid(BEFORE_JOIN) + 3 * this.#grid + REACH * GROUP;
    this.#blocks = Array.from(
      { length: Math.ceil(tail / blockFrames) + 1 },
      () => new Float32Array(blockFrames * channels),
    );
  }

  /** Blocks of `blockFrames`, but the last. */
  add(block: Float32Array): void {
    const part = block.subarray(0, this.#head.length - this.#headFilled);
    this.#head.set(part, this.#headFilled);
    this.#headFilled += part.length;
    this.#blocks[this.#count++ % this.#blocks.length]!.set(block);
  }

  finish(pool: InstancePool, frames: number): SliceEdges {
    const { sampleRate } = this.#format;
    const first = this.#head.subarray(0, this.#headFilled);
    const head = this.#peaks(pool, first).subarray(
      0,
      this.#onGrid(AFTER_JOIN) / sliceFrames(sampleRate),
    );
    const wanted = frames - this.#onGrid(BEFORE_JOIN) - REACH * GROUP;
    const start = Math.max(0, Math.floor(wanted / this.#grid) * this.#grid);
    const tail = this.#peaks(pool, this.#last(start, frames));
    // The first ones lack the samples before them.
    const skipped = start === 0 ? 0 : Math.ceil((REACH * GROUP) / this.#grid) * this.#grid;
    return { head: head.slice(), tail: tail.slice(skipped / sliceFrames(sampleRate)) };
  }

  #onGrid(time: number): number {
    return Math.ceil((time * this.#format.sampleRate) / this.#grid) * this.#grid;
  }

  #last(start: number, frames: number): Float32Array {
    const { channels } = this.#format;
    const out = new Float32Array((frames - start) * channels);
    for (let frame = start; frame < frames;) {
      const index = Math.floor(frame / this.#blockFrames);
      const from = frame - index * this.#blockFrames;
      const count = Math.min(this.#blockFrames - from, frames - frame);
      const block = this.#blocks[index % this.#blocks.length]!;
      const part = block.subarray(from * channels, (from + count) * channels);
      out.set(part, (frame - start) * channels);
      frame += count;
    }
    return out;
  }

  #peaks(pool: InstancePool, samples: Float32Array): Uint16Array {
    const { sampleRate, channels } = this.#format;
    const frames = samples.length / channels;
    const slices = new SliceStore(sampleRate);
    slices.append(new Uint32Array(Math.ceil(frames / sliceFrames(sampleRate)) + 1));
    slices.finish(frames);
    const look = new WasmSlicePeaks(pool, { format: this.#format, slices, above: QUIETEST });
    look.push(samples);
    look.finish();
    const codes = new Uint32Array(slices.count);
    slices.read(0, codes);
    return Uint16Array.from(codes, (code) => code & 0xffff);
  }
}
