// Gain alone, for songs that need no limiter.

import { begin, take } from "./memory";

let block: usize = 0;

/** `samples`: the most that a block holds, a multiple of 4. */
export function gainBegin(samples: i32): void {
  begin();
  block = take(samples << 2);
}
export function gainInput(): usize {
  return block;
}

/** Multiplies the first `samples` in place. */
export function gainBlock(samples: i32, factor: f32): void {
  const by = f32x4.splat(factor);
  for (let at = block, end = block + (samples << 2); at < end; at += 16) {
    v128.store(at, f32x4.mul(v128.load(at), by));
  }
}
