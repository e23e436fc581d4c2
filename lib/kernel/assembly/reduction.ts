// The gain of the limiter, slice by slice, and the energy that it leaves (docs/limiter.md).
//
// Slices come in blocks. A block's peaks are known for a stretch on both sides: peaks → joined by
// lines → needs → valleys closed → held → released → smoothed → gain. Each stage gives fewer values
// than it takes. Up to the lines nothing depends on the limit, so gains for several limits are found
// block by block together.

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
/** Bytes of what each limit has to itself. */
let releasedBytes: usize = 0;
let gainsBytes: usize = 0;
let stepsBytes: usize = 0;

let taps: usize = 0;
/** dB of every fraction of a peak's code. */
let fractions: usize = 0;
let codes: usize = 0;
/** Without energies; how many stand ready, and the highest. */
let tops: usize = 0;
let codeCount: i32 = 0;
let top: u32 = 0;
let needs: usize = 0;
/** dB, joined by lines if `joined`. */
let peaks: usize = 0;
let joined: bool = false;

/** Where the limit in hand keeps what it has to itself; all limits lie one behind the other. */
let state: usize = 0;
let states: usize = 0;
/** From half a smoothing before the block on. */
let released: usize = 0;
let allReleased: usize = 0;
/** Linear; of the two slices before the block, then of the block. */
let gains: usize = 0;
let allGains: usize = 0;
/** The energies of the 100 ms steps, f64 each. */
let steps: usize = 0;
let allSteps: usize = 0;

/** Of a limit: peaks may reach this, dB; the highest code that needs nothing; dB it is down now. */
const LIMIT: usize = 0;
const MOST: usize = 4;
const GAIN: usize = 8;
/** How many gains the last block had. */
const PREVIOUS: usize = 12;
const STATE_BYTES: usize = 16;

/** `block`: the most slices that one call gives; `limits`: how many are worked out together. */
export function beginReduction(
  limits: i32,
  stepCount: i32,
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
  tops = take((block + reach + 8) << 2);
  needs = take((block + reach + 64) << 2);
  peaks = take((block + reach + 8) << 2);
  releasedBytes = aligned((block + smoothing + 8) << 2);
  gainsBytes = aligned((block + 16) << 2);
  stepsBytes = aligned(stepCount << 3);
  states = take(limits * STATE_BYTES);
  allReleased = take(limits * releasedBytes);
  allGains = take(limits * gainsBytes);
  allSteps = take(limits * stepsBytes);
  use(0);
}

function aligned(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

/** What follows is about this limit. */
function use(index: i32): void {
  state = states + index * STATE_BYTES;
  released = allReleased + index * releasedBytes;
  gains = allGains + index * gainsBytes;
  steps = allSteps + index * stepsBytes;
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
/** Of the first limit: gains of the two slices before the block, then of the block, f32. */
export function reductionGains(): usize {
  return allGains;
}
/** The energies of a limit's 100 ms steps, f64 each. */
export function limitingSteps(index: i32): usize {
  return allSteps + index * stepsBytes;
}

/** A programme's beginning. */
export function startReduction(index: i32, limit: f32, most: u32): void {
  use(index);
  store<f32>(state, limit, LIMIT);
  store<u32>(state, most, MOST);
  store<f32>(state, 0, GAIN);
  store<i32>(state, 0, PREVIOUS);
  memory.fill(released, 0, smoothing << 2);
  store<f32>(gains, 1);
  store<f32>(gains, 1, 4);
}

/** So many codes stand ready for a block, those on both sides included. */
export function takeCodes(count: i32): void {
  codeCount = count;
  joined = false;
  const half = i32x4.splat(HALF);
  let highest = i32x4.splat(0);
  // A vector may go beyond the end, where nothing is.
  memory.fill(codes + (count << 2), 0, 16);
  for (let k = 0; k < count << 2; k += 16) {
    const code = v128.and(v128.load(codes + k), half);
    v128.store(tops + k, code);
    highest = i32x4.max_u(highest, code);
  }
  top = max<u32>(i32x4.extract_lane(highest, 0), i32x4.extract_lane(highest, 1));
  top = max<u32>(top, i32x4.extract_lane(highest, 2));
  top = max<u32>(top, i32x4.extract_lane(highest, 3));
}

/**
 * Takes `fresh` slices to the release and gives the gains of `count` for one limit; `kept` slices
 * before the fresh ones are released already. Tells if any gain is not 1.
 */
export function reduce(index: i32, count: i32, kept: i32, fresh: i32): bool {
  use(index);
  store<u64>(gains, load<u64>(gains + (load<i32>(state, PREVIOUS) << 2)));
  const moved = release(kept, fresh) || !isNothing(released, kept);
  if (moved) {
    smooth(count);
    toGains(count);
  } else {
    for (let k = 2; k < count + 2; k++) store<f32>(gains + (k << 2), 1);
  }
  memory.copy(released, released + (count << 2), (smoothing - 1) << 2);
  store<i32>(state, count, PREVIOUS);
  return moved;
}

function isNothing(at: usize, count: i32): bool {
  for (let k = 0; k < count; k++) if (load<f32>(at + (k << 2)) != 0) return false;
  return true;
}

function release(kept: i32, fresh: i32): bool {
  const to = released + (kept << 2);
  const any = need();
  let value = load<f32>(state, GAIN);
  if (!any && value == 0) {
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
  const end = fresh << 2;
  for (let k = 0; k < end;) {
    // Where nothing is needed and all is released, which is most of the time.
    if (value == 0 && k + 16 <= end && !v128.any_true(v128.load(needs + k))) {
      v128.store(to + k, f32x4.splat(0));
      k += 16;
      continue;
    }
    value = min<f32>(load<f32>(needs + k), value + slope);
    store<f32>(to + k, value);
    k += 4;
  }
  store<f32>(state, value, GAIN);
  return true;
}

/** Below this a need is rounding, dB. */
const ROUNDING: f32 = 1e-5;

/** dB that each slice must be turned down; tells if any must. */
function need(): bool {
  if (top <= load<u32>(state, MOST)) return false;
  if (!joined) joinPeaks();
  const limit = v128.load32_splat(state, LIMIT);
  const rounding = f32x4.splat(-ROUNDING);
  const from = peaks + ((bridge + near) << 2);
  for (let k = 0; k < (codeCount - 2 * (bridge + near)) << 2; k += 16) {
    const over = f32x4.sub(limit, v128.load(from + k));
    v128.store(needs + k, v128.and(over, f32x4.lt(over, rounding)));
  }
  return true;
}

/** Peaks that differ by no more are those of one sound, dB. */
const ALIKE: f32 = 3;

/**
 * Raises what lies between two peaks that are alike and no further apart than the bridge to the line
 * between them, so that the gain follows a bass note's half-waves on a slope and not in steps.
 */
function joinPeaks(): void {
  joined = true;
  for (let k = 0; k < codeCount << 2; k += 4) {
    const code = load<u32>(tops + k);
    const octave = <f32>(<i32>((code + PEAK_BIAS) >> 10) - 127);
    const fraction = load<f32>(fractions + ((code & (FRACTIONS - 1)) << 2));
    store<f32>(peaks + k, octave * DECIBELS_PER_OCTAVE + fraction);
  }
  let last = -codeCount;
  const end = codeCount - near;
  for (let first = near; first < end; first += 4) {
    for (let found = peaksFrom(first); found != 0; found &= found - 1) {
      const k = first + ctz(found);
      if (k >= end) break;
      if (k - last <= bridge) joinTwo(last, k);
      last = k;
    }
  }
}

/** Which of four slices, a bit each, are the highest around; of equal ones, the first. */
function peaksFrom(k: i32): i32 {
  const at = tops + (k << 2);
  const code = v128.load(at);
  let is = i32x4.splat(-1);
  for (let i: usize = 4; i <= (<usize>near) << 2; i += 4) {
    const before = i32x4.lt_s(v128.load(at - i), code);
    is = v128.and(is, v128.andnot(before, i32x4.gt_s(v128.load(at + i), code)));
  }
  return i32x4.bitmask(is);
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
 * Each value becomes the lowest of itself and the `window - 1` after it: of four neighbours, of
 * sixteen, and so on. Gives how many are left.
 */
function lowest(at: usize, length: i32, window: i32): i32 {
  for (let width = 1; width < window; width *= 4) {
    const rest = window - width;
    lowestOfFour(
      at,
      length - min(3 * width, rest),
      min(width, rest),
      min(2 * width, rest),
      min(3 * width, rest),
    );
  }
  return length - window + 1;
}

function lowestOfFour(at: usize, length: i32, second: usize, third: usize, fourth: usize): void {
  second <<= 2;
  third <<= 2;
  fourth <<= 2;
  for (const end = at + (length << 2); at < end; at += 16) {
    const two = f32x4.pmin(v128.load(at), v128.load(at + second));
    const others = f32x4.pmin(v128.load(at + third), v128.load(at + fourth));
    v128.store(at, f32x4.pmin(two, others));
  }
}

function highest(at: usize, length: i32, window: i32): i32 {
  for (let width = 1; width < window; width *= 4) {
    const rest = window - width;
    highestOfFour(
      at,
      length - min(3 * width, rest),
      min(width, rest),
      min(2 * width, rest),
      min(3 * width, rest),
    );
  }
  return length - window + 1;
}

function highestOfFour(at: usize, length: i32, second: usize, third: usize, fourth: usize): void {
  second <<= 2;
  third <<= 2;
  fourth <<= 2;
  for (const end = at + (length << 2); at < end; at += 16) {
    const two = f32x4.pmax(v128.load(at), v128.load(at + second));
    const others = f32x4.pmax(v128.load(at + third), v128.load(at + fourth));
    v128.store(at, f32x4.pmax(two, others));
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

/**
 * Takes from a limit's steps what its gain takes from the energies of `count` slices. The first of
 * them is the one `skipped` after that before the block; its code stands at `from`, and it begins at
 * `frame`.
 */
export function takeEnergy(
  index: i32,
  skipped: i32,
  count: i32,
  from: i32,
  frame: f64,
  sliceFrames: f64,
  stepFrames: f64,
): void {
  use(index);
  energies(skipped, count, from);
  let step = Math.floor(frame / stepFrames);
  let at = steps + ((<i32>step) << 3);
  for (let k = 0; k < count;) {
    const border = (step + 1) * stepFrames;
    const whole = min<i32>(count - k, <i32>((border - frame) / sliceFrames));
    let sum = sumOf(needs + (k << 2), whole);
    k += whole;
    frame += whole * sliceFrames;
    let beyond: f64 = 0;
    if (k < count) {
      // A slice on the border belongs to both sides by its length there.
      const energy = <f64>load<f32>(needs + (k << 2));
      frame += sliceFrames;
      beyond = (energy * (frame - border)) / sliceFrames;
      sum += energy - beyond;
      k++;
    }
    store<f64>(at, load<f64>(at) + sum);
    at += 8;
    step++;
    store<f64>(at, load<f64>(at) + beyond);
  }
}

function sumOf(at: usize, count: i32): f64 {
  let sum = f64x2.splat(0);
  const end = at + (count << 2);
  for (; at + 8 <= end; at += 8)
    sum = f64x2.add(sum, f64x2.promote_low_f32x4(v128.load64_zero(at)));
  const rest = at < end ? <f64>load<f32>(at) : 0;
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1) + rest;
}

/**
 * Takes all energy of `count` slices from the first limit's steps: those of a programme are what this
 * leaves of nothing, with the other sign. Gives the highest of the slices' peak codes.
 */
export function takeAllEnergy(count: i32, frame: f64, sliceFrames: f64, stepFrames: f64): u32 {
  memory.fill(allGains, 0, (count + 8) << 2);
  takeEnergy(0, 0, count, 0, frame, sliceFrames, stepFrames);
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
