// Loudness energy in 10 ms steps, and peaks. Windows, gates and maxima are made of the steps in
// lib/kernel/steps.ts.

import { begin, take } from "./memory";
import {
  GROUP,
  REACH,
  allocateInterpolator,
  canExceed,
  choose,
  gather,
  highest,
  highestPossible,
} from "./interpolator";
import {
  addEnergy,
  addPeaks,
  beginSlices,
  endSlices,
  keepsSlices,
  startBlock,
  untilSliceEnds,
} from "./slices";
import { INFINITE, countOverFullScale, firstInvalid, peakBits, windowBits } from "./scan";

/** Bytes of one channel pair: four filter states and the sum of squares, two f64 each. */
const PAIR_BYTES: usize = 80;
/** Filter states below this (-600 dB) are set to zero, so that they never become denormal. */
const NOTHING: f64 = 1e-30;

let channels: i32 = 0;
let blockFrames: i32 = 0;
let oversample: bool = true;

/** REACH groups of the block before, then the block, then room for silence at the end. */
let history: usize = 0;
let input: usize = 0;
let weights: usize = 0;
let coefficients: usize = 0;
let pairs: usize = 0;
let groups: usize = 0;
let steps: usize = 0;

/** The weighted sum of squares of the step that has not ended. */
let stepSum: f64 = 0;
let stepFrames: i32 = 0;
let stepRest: i32 = 0;
let stepCarry: i32 = 0;
let untilStep: i32 = 0;

let samplePeakBits: u32 = 0;
let historyBits: u32 = 0;
let peak: f32 = 0;
/** The first group was measured. */
let begun: bool = false;
let over: f64 = 0;

/** `frames`: the length of a block, a multiple of 32; `sliceFrames`: 0 = no slices are kept. */
export function meterBegin(
  sampleRate: i32,
  channelCount: i32,
  frames: i32,
  truePeak: bool,
  sliceFrames: i32,
): void {
  begin();
  channels = channelCount;
  blockFrames = frames;
  oversample = truePeak;
  const frameBytes = (<usize>channels) << 2;
  history = take((frames + (2 * REACH + 1) * GROUP) * frameBytes);
  input = history + REACH * GROUP * frameBytes;
  const pairCount = (channels + 1) >> 1;
  weights = take((pairCount << 1) << 3);
  coefficients = take(8 << 3);
  pairs = take(pairCount * PAIR_BYTES);
  groups = take((frames / GROUP + 2 * REACH + 1) << 2);
  stepFrames = sampleRate / 100;
  stepRest = sampleRate % 100;
  steps = take((frames / stepFrames + 2) << 3);
  stepCarry = 0;
  allocateInterpolator(channels);
  beginSlices(sliceFrames, channels, frames);
  samplePeakBits = 0;
  historyBits = 0;
  peak = 0;
  over = 0;
  stepSum = 0;
  begun = false;
  startStep();
}

export function meterInput(): usize {
  return input;
}
/** One f64 a channel. */
export function meterWeights(): usize {
  return weights;
}
/** K-weighting: shelf b0 b1 b2 a1 a2, then high-pass a1 a2, as f64. */
export function meterCoefficients(): usize {
  return coefficients;
}
/** The weighted sums of squares of the steps that the last block ended, as f64. */
export function meterSteps(): usize {
  return steps;
}
export function meterSamplePeak(): f32 {
  return reinterpret<f32>(samplePeakBits);
}
/** Highest absolute sample of the last block. */
export function meterBlockPeak(): f32 {
  return reinterpret<f32>(historyBits);
}
export function meterTruePeak(): f32 {
  return peak;
}
export function meterOver(): f64 {
  return over;
}

/** Step k ends at frame floor(k · rate / 100), so that steps do not drift at any rate. */
function startStep(): void {
  untilStep = stepFrames;
  stepCarry += stepRest;
  if (stepCarry >= 100) {
    stepCarry -= 100;
    untilStep++;
  }
}

/** Index of the first NaN or infinity in the input, or -1. */
export function meterCheck(from: i32, to: i32): i32 {
  const found = firstInvalid(input + ((<usize>from) << 2), to - from);
  return found < 0 ? -1 : from + found;
}

/**
 * Measures the first `frames` of the input: a whole block, or the last part of the programme with
 * `last` set. Returns how many steps ended, or -1 - index of the first NaN or infinity.
 */
export function meterBlock(frames: i32, last: bool): i32 {
  const frameBytes = (<usize>channels) << 2;
  let groupCount = frames / GROUP;
  if (last) {
    // Silence after the end: up to the next group, and more for the filter to ring out.
    groupCount = (frames + GROUP - 1) / GROUP + REACH;
    memory.fill(input + frames * frameBytes, 0, (groupCount * GROUP - frames) * frameBytes);
  }

  const groupSamples = GROUP * channels;
  let blockBits: u32 = 0;
  for (let g = 0; g < groupCount; g++) {
    const at = input + g * GROUP * frameBytes;
    const bits = peakBits(at, groupSamples);
    store<u32>(groups + ((g + REACH) << 2), bits);
    blockBits = max<u32>(blockBits, bits);
    if (bits > 0x3f800000) over += <f64>countOverFullScale(at, groupSamples);
  }
  if (blockBits >= INFINITE) return -1 - firstInvalid(input, frames * channels);

  samplePeakBits = max<u32>(samplePeakBits, blockBits);
  peak = max<f32>(peak, reinterpret<f32>(blockBits));
  startBlock();
  const ended = weigh(frames);
  const near = reinterpret<f32>(max<u32>(historyBits, blockBits));
  const beat = oversample && highestPossible(near) > peak;
  if (beat || keepsSlices()) {
    for (let g = 0; g < groupCount; g++) {
      const found = beat ? beatPeak(g) : 0;
      if (keepsSlices()) keepPeaks(g, found);
    }
  }
  if (last) endSlices();

  memory.copy(history, history + groupCount * GROUP * frameBytes, REACH * GROUP * frameBytes);
  memory.copy(groups, groups + (groupCount << 2), REACH << 2);
  historyBits = blockBits;
  return ended;
}

/** Looks for a new highest true peak in the intervals that a group completes; gives it, or 0. */
function beatPeak(g: i32): f32 {
  const bits = windowBits(groups + (g << 2));
  if (highestPossible(reinterpret<f32>(bits)) <= peak) return 0;
  const before = peak;
  gather(history + (g * GROUP + 1) * ((<usize>channels) << 2));
  for (let c = 0; c < channels; c++) {
    choose(c);
    if (canExceed(peak)) peak = highest(peak);
  }
  return peak > before ? peak : 0;
}

/** The slices of the 32 intervals that a group completes, which begin 32 frames before it. */
function keepPeaks(g: i32, found: f32): void {
  const at = history + (g + REACH - 1) * GROUP * ((<usize>channels) << 2);
  const own = groups + ((g + REACH - 1) << 2);
  const around = max<u32>(load<u32>(own), max<u32>(load<u32>(own - 4), load<u32>(own, 4)));
  const samples = reinterpret<f32>(load<u32>(own));
  addPeaks(at, samples, reinterpret<f32>(around), found, peak, oversample, begun);
  begun = true;
}

/** The weighted sum of squares since the last step, when the programme ends inside one. */
export function meterRest(): f64 {
  return stepSum;
}

function weigh(frames: i32): i32 {
  const frameBytes = (<usize>channels) << 2;
  let ended = 0;
  let at = input;
  for (let left = frames; left > 0;) {
    const count = min<i32>(left, min<i32>(untilStep, untilSliceEnds()));
    for (let c = 0; c < channels; c += 2) {
      const state = pairs + (c >> 1) * PAIR_BYTES;
      const weight = weights + (c << 3);
      if (load<f64>(weight) == 0 && load<f64>(weight, 8) == 0) continue;
      if (c + 1 < channels) weighPair(state, at + (c << 2), frameBytes, count, false);
      else weighPair(state, at + (c << 2), frameBytes, count, true);
    }
    at += count * frameBytes;
    left -= count;
    const sum = collect();
    stepSum += sum;
    addEnergy(sum, count);
    untilStep -= count;
    if (untilStep == 0) {
      store<f64>(steps + (ended << 3), stepSum);
      ended++;
      stepSum = 0;
      startStep();
    }
  }
  for (let c = 0; c < channels; c += 2) settle(pairs + (c >> 1) * PAIR_BYTES);
  return ended;
}

function collect(): f64 {
  let sum: f64 = 0;
  for (let c = 0; c < channels; c++) {
    const square = pairs + (c >> 1) * PAIR_BYTES + 64 + ((c & 1) << 3);
    const weight = load<f64>(weights + (c << 3));
    if (weight != 0) sum += weight * load<f64>(square);
    store<f64>(square, 0);
  }
  return sum;
}

/** Both K-weighting filters (BS.1770-5 Annex 1) as transposed direct form II, and the square. */
function weighPair(state: usize, at: usize, stride: usize, count: i32, single: bool): void {
  const b0 = v128.load64_splat(coefficients);
  const b1 = v128.load64_splat(coefficients, 8);
  const b2 = v128.load64_splat(coefficients, 16);
  const a1 = v128.load64_splat(coefficients, 24);
  const a2 = v128.load64_splat(coefficients, 32);
  const c1 = v128.load64_splat(coefficients, 40);
  const c2 = v128.load64_splat(coefficients, 48);
  let s1 = v128.load(state);
  let s2 = v128.load(state, 16);
  let t1 = v128.load(state, 32);
  let t2 = v128.load(state, 48);
  let sum = v128.load(state, 64);
  for (const end = at + count * stride; at < end; at += stride) {
    const x = f64x2.promote_low_f32x4(single ? v128.load32_zero(at) : v128.load64_zero(at));
    const y = f64x2.add(f64x2.mul(b0, x), s1);
    s1 = f64x2.sub(f64x2.add(f64x2.mul(b1, x), s2), f64x2.mul(a1, y));
    s2 = f64x2.sub(f64x2.mul(b2, x), f64x2.mul(a2, y));
    // The high-pass has b = 1, -2, 1.
    const z = f64x2.add(y, t1);
    t1 = f64x2.sub(f64x2.sub(t2, f64x2.add(y, y)), f64x2.mul(c1, z));
    t2 = f64x2.sub(y, f64x2.mul(c2, z));
    sum = f64x2.add(sum, f64x2.mul(z, z));
  }
  v128.store(state, s1);
  v128.store(state, s2, 16);
  v128.store(state, t1, 32);
  v128.store(state, t2, 48);
  v128.store(state, sum, 64);
}

function settle(state: usize): void {
  const nothing = f64x2.splat(NOTHING);
  for (let i: usize = 0; i < 64; i += 16) {
    const v = v128.load(state + i);
    v128.store(state + i, v128.and(v, f64x2.ge(f64x2.abs(v), nothing)));
  }
}
