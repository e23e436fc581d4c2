import { BLOCK_SAMPLES } from "./blocks";
import type { InstancePool, KernelExports } from "./exports";

/** Changes a stream of samples one by one. */
export interface InPlace {
  /** Chunks of any length give what the stream in one piece would. */
  process(chunk: Float32Array): void;
  /** Gives the memory back to the kernel. */
  dispose(): void;
}

/** What the kernel does with a block of at most `BLOCK_SAMPLES`. */
interface BlockSteps {
  begin(wasm: KernelExports): void;
  input(wasm: KernelExports): number;
  /** `first`: the place of the block's first sample in the stream. */
  block(wasm: KernelExports, samples: number, first: number): void;
}

export class InPlaceBlocks implements InPlace {
  readonly #pool: InstancePool;
  readonly #steps: BlockSteps;
  #wasm: KernelExports | null;
  readonly #input: Float32Array;
  /** Samples so far. */
  #done = 0;

  constructor(pool: InstancePool, steps: BlockSteps) {
    this.#pool = pool;
    this.#steps = steps;
    const wasm = pool.take();
    this.#wasm = wasm;
    steps.begin(wasm);
    this.#input = new Float32Array(wasm.memory.buffer, steps.input(wasm), BLOCK_SAMPLES);
  }

  process(chunk: Float32Array): void {
    const input = this.#input;
    const wasm = this.#wasm;
    if (wasm === null) throw new Error("This has been disposed of");
    for (let at = 0; at < chunk.length; at += BLOCK_SAMPLES) {
      const part = chunk.subarray(at, at + BLOCK_SAMPLES);
      input.set(part);
      this.#steps.block(wasm, part.length, this.#done);
      part.set(input.subarray(0, part.length));
      this.#done += part.length;
    }
  }

  dispose(): void {
    if (this.#wasm !== null) this.#pool.giveBack(this.#wasm);
    this.#wasm = null;
  }
}
