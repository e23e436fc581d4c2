// Quantising to 16 bits. The noise of a sample is a hash of its place in the stream, so that it
// depends on nothing else: not on where blocks begin, and not on what came before.

import { begin, take } from "./memory";

const STEPS: f32 = 32768;
/** 2^32 / golden ratio: neighbours land far apart. */
const SPREAD: u32 = 0x9e3779b9;

let block: usize = 0;

/** `samples`: the most that a block holds, a multiple of 4. */
export function ditherBegin(samples: i32): void {
  begin();
  block = take(samples << 2);
}
export function ditherInput(): usize {
  return block;
}

/** Quantises the first `samples` in place; `first` is the place of the first one, modulo 2^32. */
export function ditherBlock(samples: i32, first: u32): void {
  const steps = f32x4.splat(STEPS);
  const lowest = f32x4.splat(-STEPS);
  const highest = f32x4.splat(STEPS - 1);
  const step = f32x4.splat(1 / STEPS);
  const half = i32x4.splat(0xffff);
  const unit = f32x4.splat(1.0 / 65536.0);
  const zero = f32x4.splat(0);
  const four = i32x4.splat(4);
  let place = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  for (let at = block, end = block + (samples << 2); at < end; at += 16) {
    const noise = hash(place);
    // The difference of two uniform values is triangular.
    const dither = f32x4.mul(
      f32x4.convert_i32x4_s(i32x4.sub(v128.and(noise, half), i32x4.shr_u(noise, 16))),
      unit,
    );
    const sample = v128.load(at);
    const quantised = f32x4.nearest(f32x4.add(f32x4.mul(sample, steps), dither));
    const inside = f32x4.max(lowest, f32x4.min(highest, quantised));
    // Digital silence stays silent.
    v128.store(at, v128.and(f32x4.mul(inside, step), f32x4.ne(sample, zero)));
    place = i32x4.add(place, four);
  }
}

/** MurmurHash3's finaliser (Appleby, public domain): every bit of the place moves every bit. */
function hash(place: v128): v128 {
  let h = i32x4.mul(place, i32x4.splat(SPREAD));
  h = v128.xor(h, i32x4.shr_u(h, 16));
  h = i32x4.mul(h, i32x4.splat(0x85ebca6b));
  h = v128.xor(h, i32x4.shr_u(h, 13));
  h = i32x4.mul(h, i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}
