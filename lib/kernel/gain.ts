import { decibelsToAmplitude, type Decibels } from "../loudness/units";
import { BLOCK_SAMPLES } from "./blocks";
import type { InstancePool } from "./exports";
import { InPlaceBlocks, type InPlace } from "./in-place";

/** Multiplies in single precision: the same bits as a limiter that has nothing to do. */
export function createGain(pool: InstancePool, gain: Decibels): InPlace {
  const factor = decibelsToAmplitude(gain);
  return new InPlaceBlocks(pool, {
    begin: (wasm) => wasm.gainBegin(BLOCK_SAMPLES),
    input: (wasm) => wasm.gainInput(),
    block: (wasm, samples) => wasm.gainBlock(samples, factor),
  });
}
