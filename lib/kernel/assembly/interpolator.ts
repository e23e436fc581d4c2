// Evaluates a band-limited signal between its samples (true peak, BS.1770-5 Annex 2).
//
// The coefficients come from lib/kernel/interpolation.ts. An interval is the stretch from sample n
// to n + 1; 32 intervals are looked at together. All their taps lie in REACH + 1 groups of samples.
//
// A short filter looks at the quarter points of every interval. Where they come near the value in
// question, a long filter looks at all sixteenths.
//
// `pmax` and `pmin` are one instruction of the processor each, `max` and `min` up to seven: they
// settle NaN and the sign of zero, of which neither occurs here.

import { take } from "./memory";

export const GROUP: i32 = 32;
const SHORT: i32 = 32;
const LONG: i32 = 64;
const PAIRS: i32 = SHORT / 2;
const PHASES: i32 = 16;
/** Groups before a group whose samples the taps need. */
export const REACH: i32 = LONG / GROUP;
/** Samples that the taps of 32 intervals span: from LONG / 2 + 31 before a group's first to its last. */
const WINDOW: i32 = REACH * GROUP + GROUP - 1;
/** Where the first interval lies in the window, and where its short taps begin. */
const FIRST: i32 = LONG / 2 - 1;
const SHORT_FIRST: i32 = (LONG - SHORT) / 2;

/** E, O and M coefficients of the three inner quarter phases: three floats a tap pair. */
let quarters: usize = 0;
/** E of the phases 1 … 8 of 16, then O of 1 … 7 and the edge, for each long tap pair. */
let sixteenths: usize = 0;
/** For each channel the samples of one window, in order; and the channel that is looked at. */
let windows: usize = 0;
let window: usize = 0;
let channels: i32 = 0;
const WINDOW_BYTES: usize = (WINDOW + 5) * 4;
/** The highest sample or quarter point in each of the 32 intervals. */
let coarse: usize = 0;

/**
 * Nearly all values between quarter points are lower than this times the higher of them: 1 / cos(π/8)
 * = 1.0824 by frequency; the rest is for those above 0.45 fs, where the short filter falls off.
 */
const NEAR: f32 = 1.25;
/** A slice's peak may be taken for this much higher than it is, and save the closer look. */
const SURE: f32 = 1.0006;
/**
 * How much of what lies near half the sample rate counts on top of a slice's peak. By trial: with it,
 * meters of 96 taps stay within 0.11 dB of the ceiling on white noise, and music loses nothing.
 */
const EDGE_SHARE: f32 = 0.25;

// Bounds, see `bounds` in lib/kernel/interpolation.ts.
let worstGain: f32 = 1;
let linearGain: f32 = 1;
let curvatureGain: f32 = 1;
let betweenGain: f32 = 1;

// Of the gathered channel: no value is higher than `limit`, or higher than the nearest sample by
// more than `deviation`, or higher than the nearest quarter points by more than `between`.
let limit: f32 = 0;
let deviation: f32 = 0;
let between: f32 = 0;

/** What the last closer look saw at half the sample rate. */
let edge: f32 = 0;

export function allocateInterpolator(channelCount: i32): void {
  channels = channelCount;
  quarters = take(PAIRS * 3 * 4);
  sixteenths = take((LONG / 2) * PHASES * 4);
  windows = take(channels * WINDOW_BYTES);
  coarse = take(GROUP * 4);
}

export function quarterCoefficients(): usize {
  return quarters;
}

export function sixteenthCoefficients(): usize {
  return sixteenths;
}

export function setBounds(worst: f32, linear: f32, curvature: f32, between: f32): void {
  worstGain = worst;
  linearGain = linear;
  curvatureGain = curvature;
  betweenGain = between;
}

/** No value between samples can be higher than this, given the highest sample around. */
export function highestPossible(samplePeak: f32): f32 {
  return samplePeak * worstGain;
}

/** Takes WINDOW interleaved frames apart; reads up to one frame beyond them. */
export function gather(source: usize): void {
  if (channels == 1) {
    memory.copy(windows, source, WINDOW << 2);
  } else if (channels == 2) {
    const right = windows + WINDOW_BYTES;
    for (let i = 0; i < WINDOW << 2; i += 16) {
      const a = v128.load(source + 2 * i);
      const b = v128.load(source + 2 * i, 16);
      v128.store(windows + i, v128.shuffle<f32>(a, b, 0, 2, 4, 6));
      v128.store(right + i, v128.shuffle<f32>(a, b, 1, 3, 5, 7));
    }
  } else {
    const stride = (<usize>channels) << 2;
    for (let c: usize = 0; c < stride; c += 4) {
      let from = source + c;
      const to = windows + (c >> 2) * WINDOW_BYTES;
      for (let i = 0; i < WINDOW << 2; i += 4) {
        store<f32>(to + i, load<f32>(from));
        from += stride;
      }
    }
  }
}

/** Chooses the channel that the functions below look at. */
export function choose(channel: i32): void {
  window = windows + channel * WINDOW_BYTES;
}

function lanesMax(v: v128): f32 {
  const w = f32x4.pmax(
    v,
    i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
  );
  return max<f32>(f32x4.extract_lane(w, 0), f32x4.extract_lane(w, 1));
}

/**
 * Whether a value between the gathered samples can exceed `threshold`. Smooth music stays close to
 * the straight line between its samples: the deviation is bounded by its second difference.
 */
export function canExceed(threshold: f32): bool {
  let peak = f32x4.splat(0);
  for (let i = 0; i + 3 < WINDOW; i += 4) {
    peak = f32x4.pmax(peak, f32x4.abs(v128.load(window + (i << 2))));
  }
  // The window is no multiple of four: the last vectors overlap.
  peak = f32x4.pmax(peak, f32x4.abs(v128.load(window + ((WINDOW - 4) << 2))));
  const highest = lanesMax(peak);
  limit = highest * worstGain;
  if (limit <= threshold) return false;
  let bend = f32x4.splat(0);
  for (let i = 0; i + 5 < WINDOW; i += 4) {
    bend = f32x4.pmax(bend, secondDifference(window + (i << 2)));
  }
  bend = f32x4.pmax(bend, secondDifference(window + ((WINDOW - 6) << 2)));
  const sharpest = lanesMax(bend);
  const crooked = highest * (linearGain - 1);
  deviation = sharpest * curvatureGain + crooked;
  between = sharpest * betweenGain + crooked;
  return highest + deviation > threshold;
}

function secondDifference(at: usize): v128 {
  const middle = v128.load(at, 4);
  return f32x4.abs(
    f32x4.add(f32x4.sub(v128.load(at), middle), f32x4.sub(v128.load(at, 8), middle)),
  );
}

/**
 * The highest absolute value of the gathered channel in its 32 intervals, or `floor` where nothing
 * is higher. Exact to 1/16 of a sample for whatever exceeds `floor`.
 */
export function highest(floor: f32): f32 {
  let top = floor;
  for (let v = 0; v < GROUP; v += 4) {
    const at = window + (v << 2);
    if (min<f32>(lanesMax(samplePeaks(at)) + deviation, limit) <= top) continue;
    const quarter = f32x4.pmax(samplePeaks(at), quarterPeaks(at + (SHORT_FIRST << 2)));
    let lanes = i32x4.bitmask(f32x4.gt(highestBetween(quarter), f32x4.splat(top)));
    while (lanes) {
      const lane = <usize>ctz(lanes);
      lanes &= lanes - 1;
      top = max<f32>(top, finePeak(at + (lane << 2)));
    }
  }
  return top;
}

/** No value can be higher than this, given the highest quarter point of an interval. */
function highestBetween(quarter: v128): v128 {
  return f32x4.pmin(
    f32x4.mul(quarter, f32x4.splat(NEAR)),
    f32x4.add(quarter, f32x4.splat(between)),
  );
}

/** Highest of the three inner quarter points, for four intervals whose taps begin at `at`. */
function quarterPeaks(at: usize): v128 {
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let middle = f32x4.splat(0);
  let left = at;
  let right = at + ((SHORT - 1) << 2);
  let c = quarters;
  for (let k = 0; k < PAIRS; k++) {
    const a = v128.load(left);
    const b = v128.load(right);
    const sum = f32x4.add(a, b);
    even = f32x4.add(even, f32x4.mul(v128.load32_splat(c), sum));
    odd = f32x4.add(odd, f32x4.mul(v128.load32_splat(c, 4), f32x4.sub(a, b)));
    middle = f32x4.add(middle, f32x4.mul(v128.load32_splat(c, 8), sum));
    left += 4;
    right -= 4;
    c += 12;
  }
  // Phases 1/4 and 3/4 mirror each other: they are even + odd and even - odd.
  return f32x4.pmax(f32x4.add(f32x4.abs(even), f32x4.abs(odd)), f32x4.abs(middle));
}

/** Highest of the 15 inner sixteenth points, for the interval whose long taps begin at `at`. */
function finePeak(at: usize): f32 {
  let even = f32x4.splat(0);
  let evenNext = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let oddNext = f32x4.splat(0);
  let left = at;
  let right = at + ((LONG - 1) << 2);
  let c = sixteenths;
  while (left < right) {
    const a = v128.load32_splat(left);
    const b = v128.load32_splat(right);
    const sum = f32x4.add(a, b);
    const difference = f32x4.sub(a, b);
    even = f32x4.add(even, f32x4.mul(v128.load(c), sum));
    evenNext = f32x4.add(evenNext, f32x4.mul(v128.load(c, 16), sum));
    odd = f32x4.add(odd, f32x4.mul(v128.load(c, 32), difference));
    oddNext = f32x4.add(oddNext, f32x4.mul(v128.load(c, 48), difference));
    left += 4;
    right -= 4;
    c += 64;
  }
  edge = abs<f32>(f32x4.extract_lane(oddNext, 3));
  oddNext = f32x4.replace_lane(oddNext, 3, 0);
  return lanesMax(
    f32x4.pmax(
      f32x4.add(f32x4.abs(even), f32x4.abs(odd)),
      f32x4.add(f32x4.abs(evenNext), f32x4.abs(oddNext)),
    ),
  );
}

/**
 * The highest absolute value of the gathered channel in each run of `size` of its 32 intervals, both
 * ends included, where it exceeds `threshold`: exact to 1/16 of a sample or up to 0.005 dB too high,
 * and higher by what is there near half the sample rate, since meters disagree about that. Raises
 * one float a run.
 */
export function raiseRuns(runs: usize, size: i32, threshold: f32): void {
  for (let v = 0; v < GROUP; v += 4) {
    const at = window + (v << 2);
    let peaks = samplePeaks(at);
    if (min<f32>(lanesMax(peaks) + deviation, limit) > threshold) {
      peaks = f32x4.pmax(peaks, quarterPeaks(at + (SHORT_FIRST << 2)));
    }
    v128.store(coarse + (v << 2), peaks);
  }
  for (let first = 0; first < GROUP; first += size, runs += 4) {
    let top: f32 = 0;
    for (let i = first; i < first + size; i++) top = max<f32>(top, load<f32>(coarse + (i << 2)));
    let most = max<f32>(top, load<f32>(runs));
    for (let i = first; i < first + size; i++) {
      const peak = load<f32>(coarse + (i << 2));
      const highest = min<f32>(peak * NEAR, peak + between);
      if (highest <= threshold || highest <= most) continue;
      if (highest <= top * SURE) {
        most = highest;
      } else {
        const value = finePeak(window + (i << 2));
        top = max<f32>(top, value);
        most = max<f32>(most, value + edge * EDGE_SHARE);
      }
    }
    store<f32>(runs, most);
  }
}

/** The same without looking between the samples. */
export function raiseRunsBySamples(runs: usize, size: i32): void {
  for (let v = 0; v < GROUP; v += 4) {
    v128.store(coarse + (v << 2), samplePeaks(window + (v << 2)));
  }
  for (let first = 0; first < GROUP; first += size, runs += 4) {
    let most = load<f32>(runs);
    for (let i = first; i < first + size; i++) most = max<f32>(most, load<f32>(coarse + (i << 2)));
    store<f32>(runs, most);
  }
}

/** The higher of the two samples of each of four intervals whose long taps begin at `at`. */
function samplePeaks(at: usize): v128 {
  const near = at + (FIRST << 2);
  return f32x4.pmax(f32x4.abs(v128.load(near)), f32x4.abs(v128.load(near, 4)));
}
