import { BLOCK_SAMPLES } from "./blocks";
import type { InstancePool } from "./exports";

/** Receives what the next call writes over. */
export type ReceiveBytes = (bytes: Uint8Array) => void;

/**
 * Gives samples as signed integers of `depth` bits (1 to 24), little endian, in whole bytes each. They
 * must be multiples of 2^(1 - depth) in [-1, 1).
 */
export function packIntegers(
  pool: InstancePool,
  depth: number,
  samples: Float32Array,
  receive: ReceiveBytes,
): void {
  const width = Math.ceil(depth / 8);
  const wasm = pool.take();
  wasm.integersBegin(BLOCK_SAMPLES);
  const at = wasm.integersInput();
  const input = new Float32Array(wasm.memory.buffer, at, BLOCK_SAMPLES);
  for (let done = 0; done < samples.length; done += BLOCK_SAMPLES) {
    const part = samples.subarray(done, done + BLOCK_SAMPLES);
    input.set(part);
    wasm.integersBlock(part.length, 2 ** (depth - 1), width);
    receive(new Uint8Array(wasm.memory.buffer, at, part.length * width));
  }
  pool.giveBack(wasm);
}
