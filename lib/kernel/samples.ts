/** The input holds a NaN or an infinity. The meter or limiter that met it is of no further use. */
export class InvalidSampleError extends Error {
  override readonly name = "InvalidSampleError";

  constructor(
    /** Index of the frame in the whole stream. */
    readonly frame: number,
  ) {
    super(`Frame ${frame} holds a sample that is not a finite number`);
  }
}

/** Multiplies in place, in single precision: the same bits as a limiter that has nothing to do. */
export function applyGain(chunk: Float32Array, gain: number): void {
  const factor = Math.fround(gain);
  for (let i = 0; i < chunk.length; i++) chunk[i] = (chunk[i] ?? 0) * factor;
}

/** The generator of `ditherTo16`; goes from chunk to chunk so that a stream dithers as one. */
export interface DitherState {
  seed: number;
}

export const ditherState = (seed = 0x9e3779b9): DitherState => ({ seed: seed >>> 0 || 1 });

/**
 * Quantises in place to multiples of 1/32768 in [-1, 32767/32768], with triangular dither of ±1
 * LSB, which makes the error independent of the signal. Digital silence stays silent: samples
 * that are exactly zero get no dither.
 */
export function ditherTo16(chunk: Float32Array, state: DitherState): void {
  let x = state.seed;
  for (let i = 0; i < chunk.length; i++) {
    const sample = chunk[i] ?? 0;
    if (sample === 0) continue;
    // xorshift32; the difference of two uniform values is triangular.
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    const first = x >>> 0;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    const dither = (first - (x >>> 0)) / 4294967296;
    const step = Math.round(sample * 32768 + dither);
    chunk[i] = Math.max(-32768, Math.min(32767, step)) / 32768;
  }
  state.seed = x >>> 0;
}
