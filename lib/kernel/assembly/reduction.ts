// The gain of the limiter, slice by slice, and the energy that it leaves (docs/limiter.md).
//
// Slices come in blocks. A block's peaks are known for a stretch on both sides: peaks → joined by
// lines → needs → valleys closed → held → released → smoothed → gain. Each stage gives fewer values
// than it takes.

import { take } from "./memory";

const PEAK_SHIFT: u32 = 13;
const PEAK_BIAS: u32 = (127 - 43) << 10;
const FRACTIONS: i32 = 1 << 10;
const ENERGY_SHIFT: u32 = 14;
const ENERGY_BIAS: u32 = (127 - 72) << 9;
const HALF: u32 = 0xffff;
const DECIBELS_PER_OCTAVE: f32 = 6.020599913279624;

/** All windows are odd numbers of slices. */
let bridge: i32 = 0;
/** A peak is the highest of so many slices on both sides. */
let near: i32 = 0;
let hold: i32 = 0;
let smoothing: i32 = 0;
/** dB that the gain recovers by from slice to slice. */
let slope: f32 = 0;
/** Peaks may reach this, dB; the highest code that needs nothing. */
let limit: f32 = 0;
let most: u32 = 0;
let gain: f32 = 0;

let taps: usize = 0;
/** dB of every fraction of a peak's code. */
let fractions: usize = 0;
let codes: usize = 0;
let needs: usize = 0;
/** dB. */
let peaks: usize = 0;
/** From half a smoothing before the block on. */
let released: usize = 0;
/** Linear; of the two slices before the block, then of the block. */
let gains: usize = 0;
/** How many the last call gave. */
let previous: i32 = 0;

/** `block`: the most slices that one call gives. */
export function beginReduction(
  block: i32,
  bridgeSlices: i32,
  nearSlices: i32,
  holdSlices: i32,
  smoothingSlices: i32,
  recovery: f32,
): void {
  bridge = bridgeSlices;
  near = nearSlices;
  hold = holdSlices;
  smoothing = smoothingSlices;
  slope = recovery;
  const reach = 2 * (bridge + near) + 2 * (bridge - 1) + hold - 1 + smoothing - 1;
  taps = take(smoothing << 2);
  fractions = take(FRACTIONS << 2);
  codes = take((block + reach + 4) << 2);
  // Vectors go beyond the end.
  needs = take((block + reach + 64) << 2);
  peaks = take((block + reach + 4) << 2);
  released = take((block + smoothing + 8) << 2);
  gains = take((block + 16) << 2);
}

/** Where the smoothing's weights go, f32. */
export function reductionTaps(): usize {
  return taps;
}
/** Where the decibels of a code's fractions go, 1024 f32. */
export function reductionFractions(): usize {
  return fractions;
}
/** Where codes go before a call, from `reach` slices before the first that is released. */
export function reductionCodes(): usize {
  return codes;
}
/** Gains of the two slices before the block, then of the block, f32. */
export function reductionGains(): usize {
  return gains;
}

/** A programme's beginning. */
export function startReduction(limitDecibels: f32, mostCode: u32): void {
  limit = limitDecibels;
  most = mostCode;
  gain = 0;
  memory.fill(released, 0, smoothing << 2);
  previous = 0;
  store<f32>(gains, 1);
  store<f32>(gains, 1, 4);
}

/**
 * Takes `fresh` slices to the release and gives the gains of `count`; `kept` slices before the fresh
 * ones are released already. `codeCount` codes stand ready, those on both sides included. Tells if
 * any gain is not 1.
 */
export function reduce(count: i32, kept: i32, fresh: i32, codeCount: i32): bool {
  store<u64>(gains, load<u64>(gains + (previous << 2)));
  const moved = release(kept, fresh, codeCount) || !isNothing(released, kept);
  if (moved) {
    smooth(count);
    toGains(count);
  } else {
    for (let k = 2; k < count + 2; k++) store<f32>(gains + (k << 2), 1);
  }
  memory.copy(released, released + (count << 2), (smoothing - 1) << 2);
  previous = count;
  return moved;
}

function isNothing(at: usize, count: i32): bool {
  for (let k = 0; k < count; k++) if (load<f32>(at + (k << 2)) != 0) return false;
  return true;
}

function release(kept: i32, fresh: i32, codeCount: i32): bool {
  const to = released + (kept << 2);
  const any = need(codeCount);
  if (!any && gain == 0) {
    memory.fill(to, 0, fresh << 2);
    return false;
  }
  if (any) {
    let length = lowest(needs, codeCount - 2 * (bridge + near), bridge);
    length = highest(needs, length, bridge);
    lowest(needs, length, hold);
  } else {
    memory.fill(needs, 0, fresh << 2);
  }
  let value = gain;
  for (let k = 0; k < fresh << 2; k += 4) {
    value = min<f32>(load<f32>(needs + k), value + slope);
    store<f32>(to + k, value);
  }
  gain = value;
  return true;
}

/** Below this a need is rounding, dB. */
const ROUNDING: f32 = 1e-5;

/** dB that each slice must be turned down; tells if any must. */
function need(count: i32): bool {
  let any = false;
  for (let k = 0; k < count << 2 && !any; k += 4) any = (load<u32>(codes + k) & HALF) > most;
  if (!any) return false;
  for (let k = 0; k < count << 2; k += 4) {
    const code = load<u32>(codes + k) & HALF;
    const octave = <f32>(<i32>((code + PEAK_BIAS) >> 10) - 127);
    const fraction = load<f32>(fractions + ((code & (FRACTIONS - 1)) << 2));
    store<f32>(peaks + k, octave * DECIBELS_PER_OCTAVE + fraction);
  }
  joinPeaks(count);
  const from = peaks + ((bridge + near) << 2);
  for (let k = 0; k < (count - 2 * (bridge + near)) << 2; k += 4) {
    const over = limit - load<f32>(from + k);
    // Chosen without a branch, which would be foreseen wrongly too often.
    const value = select<f32>(over, 0, over < -ROUNDING);
    store<f32>(needs + k, value);
  }
  return true;
}

/** Peaks that differ by no more are those of one sound, dB. */
const ALIKE: f32 = 3;

/**
 * Raises what lies between two peaks that are alike and no further apart than the bridge to the line
 * between them, so that the gain follows a bass note's half-waves on a slope and not in steps.
 */
function joinPeaks(count: i32): void {
  let last = -count;
  for (let k = near; k < count - near; k++) {
    if (!isPeak(k)) continue;
    if (k - last <= bridge) joinTwo(last, k);
    last = k;
  }
}

/** The highest around; of equal ones, the first. */
function isPeak(k: i32): bool {
  const own = load<u32>(codes + (k << 2)) & HALF;
  for (let i = 1; i <= near; i++) {
    if ((load<u32>(codes + ((k - i) << 2)) & HALF) >= own) return false;
    if ((load<u32>(codes + ((k + i) << 2)) & HALF) > own) return false;
  }
  return true;
}

function joinTwo(a: i32, b: i32): void {
  const from = load<f32>(peaks + (a << 2));
  const rise = load<f32>(peaks + (b << 2)) - from;
  if (abs<f32>(rise) > ALIKE) return;
  for (let k = a + 1; k < b; k++) {
    const at = peaks + (k << 2);
    store<f32>(at, max<f32>(load<f32>(at), from + (rise * <f32>(k - a)) / <f32>(b - a)));
  }
}

/**
 * Each value becomes the lowest of itself and the `window - 1` after it: of two neighbours, of four,
 * and so on. Gives how many are left.
 */
function lowest(at: usize, length: i32, window: i32): i32 {
  let width = 1;
  for (; 2 * width <= window; width *= 2) lowestOfTwo(at, length, width);
  lowestOfTwo(at, length, window - width);
  return length - window + 1;
}

function lowestOfTwo(at: usize, length: i32, apart: i32): void {
  if (apart == 0) return;
  const other = apart << 2;
  for (const end = at + ((length - apart) << 2); at < end; at += 16) {
    v128.store(at, f32x4.pmin(v128.load(at), v128.load(at + other)));
  }
}

function highest(at: usize, length: i32, window: i32): i32 {
  let width = 1;
  for (; 2 * width <= window; width *= 2) highestOfTwo(at, length, width);
  highestOfTwo(at, length, window - width);
  return length - window + 1;
}

function highestOfTwo(at: usize, length: i32, apart: i32): void {
  if (apart == 0) return;
  const other = apart << 2;
  for (const end = at + ((length - apart) << 2); at < end; at += 16) {
    v128.store(at, f32x4.pmax(v128.load(at), v128.load(at + other)));
  }
}

/** From `released` to dB in `needs`. */
function smooth(count: i32): void {
  for (let k = 0; k < count << 2; k += 16) {
    let sum = f32x4.splat(0);
    for (let i = 0; i < smoothing << 2; i += 4) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(taps + i), v128.load(released + k + i)));
    }
    v128.store(needs + k, sum);
  }
}

/** ln(2) ^ n / n!: 2 to the power of a number from -1/2 to 1/2 by Taylor's series, to 1e-7. */
const E1: f32 = 0.6931471805599453;
const E2: f32 = 0.2402265069591007;
const E3: f32 = 0.055504108664821576;
const E4: f32 = 0.009618129107628477;
const E5: f32 = 0.0013333558146428441;
const E6: f32 = 0.00015403530393381606;
const LOWEST: f32 = -120;

/** From dB in `needs` to linear gains; 0 dB is exactly 1. */
function toGains(count: i32): void {
  const one = f32x4.splat(1);
  for (let k = 0; k < count << 2; k += 16) {
    const octaves = f32x4.pmax(
      f32x4.mul(v128.load(needs + k), f32x4.splat(1 / DECIBELS_PER_OCTAVE)),
      f32x4.splat(LOWEST),
    );
    const whole = f32x4.nearest(octaves);
    const x = f32x4.sub(octaves, whole);
    let y = f32x4.add(f32x4.splat(E5), f32x4.mul(x, f32x4.splat(E6)));
    y = f32x4.add(f32x4.splat(E4), f32x4.mul(x, y));
    y = f32x4.add(f32x4.splat(E3), f32x4.mul(x, y));
    y = f32x4.add(f32x4.splat(E2), f32x4.mul(x, y));
    y = f32x4.add(f32x4.splat(E1), f32x4.mul(x, y));
    y = f32x4.add(one, f32x4.mul(x, y));
    const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
    // Rounding must not lift a gain over 1.
    v128.store(gains + 8 + k, f32x4.pmin(one, f32x4.mul(y, scale)));
  }
}

/** The energies of the 100 ms steps, f64 each. */
let steps: usize = 0;

export function limitingSteps(): usize {
  return steps;
}

/** Room for so many steps. */
export function takeSteps(count: i32): void {
  steps = take(count << 3);
}

/**
 * Takes from the steps what the gain takes from the energies of `count` slices. The first of them is
 * the one `skipped` after that before the block; its code stands at `from`, and it begins at `frame`.
 */
export function takeEnergy(
  skipped: i32,
  count: i32,
  from: i32,
  frame: f64,
  sliceFrames: f64,
  stepFrames: f64,
): void {
  energies(skipped, count, from);
  let step = Math.floor(frame / stepFrames);
  let border = (step + 1) * stepFrames;
  let at = steps + ((<i32>step) << 3);
  let sum: f64 = 0;
  for (let k = 0; k < count << 2; k += 4) {
    const energy = <f64>load<f32>(needs + k);
    const end = frame + sliceFrames;
    if (end < border) {
      sum += energy;
    } else {
      // A slice on the border belongs to both sides by its length there.
      const beyond = (energy * (end - border)) / sliceFrames;
      store<f64>(at, load<f64>(at) + sum + energy - beyond);
      sum = beyond;
      at += 8;
      step++;
      border = (step + 1) * stepFrames;
    }
    frame = end;
  }
  store<f64>(at, load<f64>(at) + sum);
}

/**
 * Takes all energy of `count` slices from the steps: those of a programme are what this leaves of
 * nothing, with the other sign. Gives the highest of the slices' peak codes.
 */
export function takeAllEnergy(count: i32, frame: f64, sliceFrames: f64, stepFrames: f64): u32 {
  memory.fill(gains, 0, (count + 8) << 2);
  takeEnergy(0, count, 0, frame, sliceFrames, stepFrames);
  let highest: u32 = 0;
  for (let k = 0; k < count << 2; k += 4) highest = max<u32>(highest, load<u32>(codes + k) & HALF);
  return highest;
}

/** What the gain takes from the energies of `count` slices, as negative f32 in `needs`. */
function energies(skipped: i32, count: i32, from: i32): void {
  const g = gains + (skipped << 2);
  const code = codes + (from << 2);
  for (let k = 0; k < count << 2; k += 16) {
    const before = v128.load(g + k);
    const own = v128.load(g + k, 4);
    const after = v128.load(g + k, 8);
    // Mean square of a quadratic spline by Simpson's rule over its two ends and its middle.
    const start = f32x4.add(before, own);
    const end = f32x4.add(own, after);
    const middle = f32x4.add(
      f32x4.mul(f32x4.add(before, after), f32x4.splat(0.5)),
      f32x4.mul(own, f32x4.splat(3)),
    );
    const square = f32x4.add(
      f32x4.add(f32x4.mul(start, start), f32x4.mul(end, end)),
      f32x4.mul(middle, middle),
    );
    const taken = f32x4.sub(f32x4.mul(square, f32x4.splat(1.0 / 24.0)), f32x4.splat(1));
    // A code of 0 becomes 2 ^ -72, which is nothing.
    const halves = i32x4.shr_u(v128.load(code + k), 16);
    const energy = i32x4.shl(i32x4.add(halves, i32x4.splat(ENERGY_BIAS)), ENERGY_SHIFT);
    v128.store(needs + k, f32x4.mul(energy, taken));
  }
}
