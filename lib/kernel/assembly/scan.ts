// The first look at a block: the highest absolute sample of every group of 32 frames. Absolute
// values of floats order like their bit patterns, so NaN and infinities show as the highest.

import { REACH } from "./interpolator";

const ABS_MASK: u32 = 0x7fffffff;
export const INFINITE: u32 = 0x7f800000;

/** Highest absolute bit pattern of `count` floats; count is a multiple of 8. */
export function peakBits(at: usize, count: usize): u32 {
  const mask = i32x4.splat(ABS_MASK);
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  for (const end = at + (count << 2); at < end; at += 32) {
    a = i32x4.max_u(a, v128.and(v128.load(at), mask));
    b = i32x4.max_u(b, v128.and(v128.load(at, 16), mask));
  }
  a = i32x4.max_u(a, b);
  a = i32x4.max_u(a, i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return max<u32>(i32x4.extract_lane(a, 0), i32x4.extract_lane(a, 1));
}

/** Highest of the bit patterns of the REACH + 1 groups that one window spans. */
export function windowBits(at: usize): u32 {
  let bits: u32 = 0;
  for (let i = 0; i <= REACH; i++) bits = max<u32>(bits, load<u32>(at + (i << 2)));
  return bits;
}

/** Index of the first NaN or infinity among `count` floats, or -1. */
export function firstInvalid(at: usize, count: i32): i32 {
  let i = 0;
  // Many at a time, as long as none of them is.
  while (i + 64 <= count && peakBits(at + ((<usize>i) << 2), 64) < INFINITE) i += 64;
  for (; i < count; i++) {
    if ((load<u32>(at + ((<usize>i) << 2)) & ABS_MASK) >= INFINITE) return i;
  }
  return -1;
}

/** Floats among `count` whose absolute value exceeds 1. */
export function countOverFullScale(at: usize, count: i32): i32 {
  let over = 0;
  for (let i = 0; i < count; i++) {
    if (abs<f32>(load<f32>(at + ((<usize>i) << 2))) > 1) over++;
  }
  return over;
}
