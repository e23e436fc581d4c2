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
