/** Time as a platform gives it. */
export interface Clock {
  /** Seconds of a clock that never goes back. */
  now(): number;
  /** Calls `tick` again and again, `seconds` apart. Gives the function that ends it. */
  every(seconds: number, tick: () => void): () => void;
}
