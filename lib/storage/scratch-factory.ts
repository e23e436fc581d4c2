import { MemoryScratch, type BlockPool, type Scratch } from "./scratch";

/**
 * Bytes of samples and of encoded sound of one song that may stay in memory: 12 minutes of CD audio
 * as f32.
 */
const MEMORY_BUDGET = 256 * 1024 * 1024;

/**
 * Makes the scratches of one song: in memory while there is room for `bytes` beside the others, on
 * disk beyond that. An unknown length (null) may be any, so it goes to disk.
 */
export function scratchFactory(
  blocks: BlockPool,
  createOnDisk: () => Promise<Scratch>,
): (bytes: number | null) => Promise<Scratch> {
  let inMemory = 0;
  return async (bytes) => {
    if (bytes === null || inMemory + bytes > MEMORY_BUDGET) return createOnDisk();
    inMemory += bytes;
    return new MemoryScratch(MEMORY_BUDGET, () => (inMemory -= bytes), blocks);
  };
}
