/** Samples of one block: small enough for the processor's cache, large enough to be worth a call. */
export const BLOCK_SAMPLES = 8192;
/** Frames that the kernel looks at together; blocks are a multiple of it. */
export const GROUP = 32;
/** BS.1770-5 Annex 2: from here on samples are dense enough to be peaks themselves. */
export const NO_OVERSAMPLING_FROM = 192_000;

/** Frames of a block. */
export function blockFrames(channels: number): number {
  return Math.max(1, Math.floor(BLOCK_SAMPLES / channels / GROUP)) * GROUP;
}
