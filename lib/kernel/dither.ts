import { BLOCK_SAMPLES } from "./blocks";
import type { InstancePool } from "./exports";
import { InPlaceBlocks, type InPlace } from "./in-place";

/**
 * Quantises to multiples of 1/32768 in [-1, 32767/32768], with triangular dither of ±1 LSB, which
 * makes the error independent of the signal. Samples that are exactly zero get no dither.
 */
export function createDither(pool: InstancePool): InPlace {
  return new InPlaceBlocks(pool, {
    begin: (wasm) => wasm.ditherBegin(BLOCK_SAMPLES),
    input: (wasm) => wasm.ditherInput(),
    block: (wasm, samples, first) => wasm.ditherBlock(samples, first),
  });
}
