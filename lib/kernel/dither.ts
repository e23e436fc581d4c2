import { BLOCK_SAMPLES } from "./blocks";
import type { InstancePool, KernelExports } from "./exports";

export interface Dither {
  /**
   * Quantises in place to multiples of 1/32768 in [-1, 32767/32768], with triangular dither of
   * ±1 LSB, which makes the error independent of the signal. Samples that are exactly zero get no
   * dither. Chunks of any length give what the stream in one piece would.
   */
  process(chunk: Float32Array): void;
  /** Gives the memory back to the kernel. */
  dispose(): void;
}

export function createDither(pool: InstancePool): Dither {
  return new WasmDither(pool);
}

class WasmDither implements Dither {
  private wasm: KernelExports | null;
  private readonly block: Float32Array;
  /** Samples so far. */
  private done = 0;

  constructor(private readonly pool: InstancePool) {
    const wasm = pool.take();
    this.wasm = wasm;
    wasm.ditherBegin(BLOCK_SAMPLES);
    this.block = new Float32Array(wasm.memory.buffer, wasm.ditherInput(), BLOCK_SAMPLES);
  }

  process(chunk: Float32Array): void {
    const { block, wasm } = this;
    if (wasm === null) throw new Error("This dither is finished");
    for (let at = 0; at < chunk.length; at += BLOCK_SAMPLES) {
      const part = chunk.subarray(at, at + BLOCK_SAMPLES);
      block.set(part);
      wasm.ditherBlock(part.length, this.done);
      part.set(block.subarray(0, part.length));
      this.done += part.length;
    }
  }

  dispose(): void {
    if (this.wasm !== null) this.pool.giveBack(this.wasm);
    this.wasm = null;
  }
}
