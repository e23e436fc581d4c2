// Samples as the whole numbers that they were decoded from, packed as a file has them.

import { begin, take } from "./memory";

let block: usize = 0;

/** `samples`: the most that a block holds, a multiple of 4. */
export function integersBegin(samples: i32): void {
  begin();
  block = take(samples << 2);
}
export function integersInput(): usize {
  return block;
}

/** Multiplies the first `samples` and packs them in place, `width` (1 to 3) bytes each, little endian. */
export function integersBlock(samples: i32, scale: f32, width: i32): void {
  const by = f32x4.splat(scale);
  let to = block;
  for (let at = block, end = block + (samples << 2); at < end; at += 16, to += width << 2) {
    const whole = i32x4.trunc_sat_f32x4_s(f32x4.mul(v128.load(at), by));
    if (width == 2) v128.store64_lane(to, i16x8.narrow_i32x4_s(whole, whole), 0);
    else if (width == 3) storeThree(to, whole);
    else storeOne(to, whole);
  }
}

function storeThree(to: usize, whole: v128): void {
  const packed = i8x16.shuffle(whole, whole, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0);
  v128.store64_lane(to, packed, 0);
  v128.store32_lane(to, packed, 2, 8);
}

function storeOne(to: usize, whole: v128): void {
  const half = i16x8.narrow_i32x4_s(whole, whole);
  v128.store32_lane(to, i8x16.narrow_i16x8_s(half, half), 0);
}
