// What a programme's limiting is foreseen by: the peak and the energy of every slice, in the compact
// form of lib/loudness/slices.ts. A slice is shorter or longer than the 32 frames that the kernel
// looks at together, but always a power of two.

import { GROUP } from "./interpolator";
import { take } from "./memory";

const PEAK_SHIFT: u32 = 13;
const PEAK_BIAS: i32 = (127 - 43) << 10;
const ENERGY_SHIFT: u32 = 14;
const ENERGY_BIAS: i32 = (127 - 72) << 9;
const HALF: i32 = 0xffff;

/**
 * Midpoints of intervals come from four samples (Lagrange's polynomial): enough to foresee what
 * limiting does, and far cheaper than the filters that decide about the ceiling.
 */
const OUTER: f32 = -1.0 / 16.0;
const INNER: f32 = 9.0 / 16.0;
/** No midpoint is higher than the highest of its samples by more than this. */
const WORST: f32 = 20.0 / 16.0;
/** Slices this far below the highest peak so far (-14 dB) count by their samples alone. */
const FAR: f32 = 0.2;

let size: i32 = 0;
let channels: i32 = 0;
/** Codes that are complete. */
let codes: usize = 0;
let count: i32 = 0;
/** Energies of complete slices, whose peaks lag behind, as f32. */
let energies: usize = 0;
let energyCount: i32 = 0;
let energy: f64 = 0;
let untilEnergy: i32 = 0;
let peak: f32 = 0;
let untilPeak: i32 = 0;

/** `frames`: of a block; 0 frames a slice = none are kept. */
export function beginSlices(sliceFrames: i32, channelCount: i32, frames: i32): void {
  size = sliceFrames;
  channels = channelCount;
  if (size == 0) return;
  // A block's own, those that wait for their peaks, and those that the end completes.
  const most = (frames + 4 * GROUP) / size + 3;
  codes = take(most << 2);
  energies = take(most << 2);
  count = 0;
  energyCount = 0;
  energy = 0;
  untilEnergy = size;
  peak = 0;
  untilPeak = size;
}

export function keepsSlices(): bool {
  return size > 0;
}
export function sliceCodes(): usize {
  return codes;
}
/** How many codes the last block completed. */
export function slicesDone(): i32 {
  return count;
}

/** Frames that may be weighed before `addEnergy` must be told. */
export function untilSliceEnds(): i32 {
  return size == 0 ? i32.MAX_VALUE : untilEnergy;
}

export function addEnergy(sum: f64, frames: i32): void {
  if (size == 0) return;
  energy += sum;
  untilEnergy -= frames;
  if (untilEnergy > 0) return;
  store<f32>(energies + (energyCount++ << 2), <f32>energy);
  energy = 0;
  untilEnergy = size;
}

/**
 * Looks at the 32 intervals from the frame at `at` on. `around`: the highest sample near them;
 * `own`: among their first samples; `known`: a true peak that was found among them, or 0.
 * `counts` is false for the intervals before the first frame, which the first slice takes over.
 */
export function addPeaks(
  at: usize,
  own: f32,
  around: f32,
  known: f32,
  highest: f32,
  oversample: bool,
  counts: bool,
): void {
  const between = oversample && around * WORST > highest * FAR;
  const stride = (<usize>channels) << 2;
  if (size >= GROUP) {
    const last = samplePeak(at + GROUP * stride);
    peak = max<f32>(max<f32>(peak, known), max<f32>(own, last));
    if (between) peak = max<f32>(peak, midpointPeak(at, GROUP * channels, stride));
    if (!counts) return;
    untilPeak -= GROUP;
    if (untilPeak == 0) emit();
    return;
  }
  for (let i = 0; i < GROUP; i += size, at += size * stride) {
    const end = at + (size + 1) * stride;
    for (let sample = at; sample < end; sample += 4)
      peak = max<f32>(peak, abs<f32>(load<f32>(sample)));
    // Of two frames a vector may reach into the next slice; a peak that is too high is safe.
    if (between) peak = max<f32>(peak, midpointPeak(at, size * channels, stride));
    if (counts) emit();
  }
}

function samplePeak(at: usize): f32 {
  let highest: f32 = 0;
  for (let c: usize = 0; c < (<usize>channels) << 2; c += 4) {
    highest = max<f32>(highest, abs<f32>(load<f32>(at + c)));
  }
  return highest;
}

/** Highest of the midpoints of `samples` intervals, all channels in a row. */
function midpointPeak(at: usize, samples: i32, stride: usize): f32 {
  const outer = f32x4.splat(OUTER);
  const inner = f32x4.splat(INNER);
  let highest = f32x4.splat(0);
  for (const end = at + (samples << 2); at < end; at += 16) {
    const near = f32x4.add(v128.load(at), v128.load(at + stride));
    const far = f32x4.add(v128.load(at - stride), v128.load(at + 2 * stride));
    const value = f32x4.add(f32x4.mul(inner, near), f32x4.mul(outer, far));
    highest = f32x4.pmax(highest, f32x4.abs(value));
  }
  highest = f32x4.pmax(
    highest,
    i8x16.shuffle(highest, highest, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
  );
  return max<f32>(f32x4.extract_lane(highest, 0), f32x4.extract_lane(highest, 1));
}

/** A slice's peak is known; its energy has been for a while, unless the programme has ended. */
function emit(): void {
  const level = count < energyCount ? load<f32>(energies + (count << 2)) : 0;
  store<u32>(codes + (count++ << 2), (<u32>peakCode(peak)) | ((<u32>energyCode(level)) << 16));
  peak = 0;
  untilPeak = size;
}

function peakCode(amplitude: f32): i32 {
  const up = (reinterpret<u32>(amplitude) + ((1 << PEAK_SHIFT) - 1)) >> PEAK_SHIFT;
  return min<i32>(HALF, max<i32>(0, <i32>up - PEAK_BIAS));
}

function energyCode(value: f32): i32 {
  const near = (reinterpret<u32>(value) + (1 << (ENERGY_SHIFT - 1))) >> ENERGY_SHIFT;
  return min<i32>(HALF, max<i32>(0, <i32>near - ENERGY_BIAS));
}

/** Makes room for the next block's codes. */
export function startBlock(): void {
  if (size == 0) return;
  energyCount -= count;
  memory.copy(energies, energies + (count << 2), energyCount << 2);
  count = 0;
}

/** Completes the last slice, which has fewer frames than the others. */
export function endSlices(): void {
  if (size == 0) return;
  if (untilEnergy < size) addEnergy(0, untilEnergy);
  while (count < energyCount || untilPeak < size) emit();
}
