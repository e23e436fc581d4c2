/** The input holds a NaN or an infinity. The meter or limiter that met it is of no further use. */
export class InvalidSampleError extends Error {
  /** Index of the frame in the whole stream. */
  readonly frame: number;
  override readonly name = "InvalidSampleError";

  constructor(
    /** Index of the frame in the whole stream. */
    frame: number,
  ) {
    super(`Frame ${frame} holds a sample that is not a finite number`);
    this.frame = frame;
  }
}
