// Gain and limiting of samples, once the limiter's gain is known slice by slice.

import { begin, take } from "./memory";
import { beginReduction, reductionGains } from "./reduction";

let channels: i32 = 0;
let input: usize = 0;

/**
 * Begins a limiter, or what foresees it. `samples`: the most that a block of samples holds, 0 =
 * there are none; `stepCount`: the 100 ms steps whose energies are asked for, for each of `limits`.
 */
export function limitingBegin(
  channelCount: i32,
  samples: i32,
  limits: i32,
  stepCount: i32,
  block: i32,
  bridge: i32,
  near: i32,
  hold: i32,
  smoothing: i32,
  recovery: f32,
): void {
  begin();
  channels = channelCount;
  // Vectors go beyond the end.
  input = take((samples + 4 * channels + 4) << 2);
  beginReduction(limits, stepCount, block, bridge, near, hold, smoothing, recovery);
}

export function limitingInput(): usize {
  return input;
}

/**
 * Turns `frames` of the input down in place, from frame `first` of slice `slice` on (0 = the one
 * before the block of gains). All slices have `length` frames. The gain within a slice is the
 * quadratic spline of its own and its neighbours' gains. `factor` comes first; `offset` frames of
 * the input are left out.
 */
export function turnDown(
  frames: i32,
  first: i32,
  slice: i32,
  length: i32,
  factor: f32,
  offset: i32,
): void {
  let at = input + ((offset * channels) << 2);
  let left = frames;
  for (let i = first; left > 0; slice++, i = 0) {
    const count = min<i32>(left, length - i);
    const g = reductionGains() + (slice << 2);
    const a = load<f32>(g);
    const b = load<f32>(g, 4);
    const c = load<f32>(g, 8);
    if (a == 1 && b == 1 && c == 1) multiply(at, count, factor);
    else turnSliceDown(at, count, i, length, factor, a, b, c);
    at += (count * channels) << 2;
    left -= count;
  }
}

function multiply(at: usize, frames: i32, factor: f32): void {
  const end = at + ((frames * channels) << 2);
  const by = f32x4.splat(factor);
  for (; at + 16 <= end; at += 16) v128.store(at, f32x4.mul(v128.load(at), by));
  for (; at < end; at += 4) store<f32>(at, load<f32>(at) * factor);
}

function turnSliceDown(
  at: usize,
  frames: i32,
  first: i32,
  length: i32,
  factor: f32,
  before: f32,
  own: f32,
  after: f32,
): void {
  // ½(1-u)²·before + (½+u(1-u))·own + ½u²·after, by powers of u.
  const constant = (before + own) / 2;
  const linear = own - before;
  const square = (before + after) / 2 - own;
  const step: f32 = 1 / <f32>length;
  if (channels == 2) {
    let u = f32x4.mul(
      f32x4.add(f32x4.splat(<f32>first + 0.5), f32x4(0, 0, 1, 1)),
      f32x4.splat(step),
    );
    const by = f32x4.splat(factor);
    let i = 0;
    for (; i + 2 <= frames; i += 2, at += 16) {
      const curve = f32x4.add(f32x4.splat(linear), f32x4.mul(u, f32x4.splat(square)));
      const gain = f32x4.add(f32x4.splat(constant), f32x4.mul(u, curve));
      v128.store(at, f32x4.mul(f32x4.mul(v128.load(at), by), gain));
      u = f32x4.add(u, f32x4.splat(2 * step));
    }
    if (i == frames) return;
    first += i;
    frames -= i;
  }
  for (let i = 0; i < frames; i++) {
    const u = (<f32>(first + i) + 0.5) * step;
    const gain = constant + u * (linear + u * square);
    for (const end = at + (channels << 2); at < end; at += 4) {
      store<f32>(at, load<f32>(at) * factor * gain);
    }
  }
}
