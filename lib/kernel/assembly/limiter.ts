// A channel-linked true-peak limiter with look-ahead: it finds the peaks between the samples and
// turns all channels down around them. Gain that moves could make new peaks between samples; the
// hold and the smoothness of lib/kernel/assembly/envelope.ts keep them below the margin.

import { Envelope } from "./envelope";
import {
  GROUP,
  LAG,
  REACH,
  allocateInterpolator,
  canExceed,
  choose,
  clearIntervals,
  gather,
  highestPossible,
  intervalPeak,
  raiseBySamples,
  raiseIntervals,
} from "./interpolator";
import { begin, take } from "./memory";
import { INFINITE, firstInvalid, peakBits, windowBits } from "./scan";

let channels: i32 = 0;
let blockFrames: i32 = 0;
let frameBytes: usize = 0;
let oversample: bool = true;
let gain: f32 = 1;
/** Peaks above `threshold` are brought to `target`. */
let threshold: f32 = 0;
let target: f32 = 0;

let envelope = changetype<Envelope>(0);
/** Frames from input to output. */
let delay: i32 = 0;
/** `delay` frames of the blocks before, then the block. */
let line: usize = 0;
let input: usize = 0;
let output: usize = 0;
/** Peaks of the last REACH groups before the block, then of its own. */
let groups: usize = 0;
/** Gain that each interval of the block needs. */
let needs: usize = 0;
let deepest: f32 = 1;
/**
 * While the limiter works, peaks count as higher by what they hold near half the sample rate,
 * since meters disagree there. Whether it has to work is decided by the peaks as they are.
 */
let guarded: bool = false;

/**
 * `frames`: the length of a block, a multiple of 32. `average` and `hold` are in frames, the rest
 * of the envelope's settings are shares per frame.
 */
export function limiterBegin(
  channelCount: i32,
  frames: i32,
  truePeak: bool,
  factor: f32,
  over: f32,
  aim: f32,
  average: i32,
  hold: i32,
  fastRelease: f64,
  slowAttack: f64,
  slowRelease: f64,
  slew: f64,
): void {
  begin();
  channels = channelCount;
  blockFrames = frames;
  frameBytes = (<usize>channels) << 2;
  oversample = truePeak;
  gain = factor;
  threshold = over;
  target = aim;
  deepest = 1;
  allocateInterpolator(channels);
  envelope = Envelope.make(average, hold);
  envelope.fastRelease = fastRelease;
  envelope.slowAttack = slowAttack;
  envelope.slowRelease = slowRelease;
  envelope.slew = slew;
  delay = envelope.ahead + LAG;
  // Detection looks back into the line.
  if (delay < REACH * GROUP) unreachable();
  line = take((delay + frames + 1) * frameBytes);
  input = line + delay * frameBytes;
  output = take(frames * frameBytes);
  groups = take((frames / GROUP + REACH) << 2);
  needs = take(frames << 2);
}

export function limiterInput(): usize {
  return input;
}
export function limiterOutput(): usize {
  return output;
}
/** Frames from input to output. */
export function limiterDelay(): i32 {
  return delay;
}
/** The lowest gain that any frame of the output got, apart from the gain asked for. */
export function limiterDeepest(): f32 {
  return deepest;
}
/** Index of the first NaN or infinity in the input, or -1. */
export function limiterCheck(from: i32, to: i32): i32 {
  const found = firstInvalid(input + ((<usize>from) << 2), to - from);
  return found < 0 ? -1 : from + found;
}

/** Takes the block in the input to the output. Returns 0, or -1 - index of an invalid sample. */
export function limiterBlock(): i32 {
  const bytes = blockFrames * frameBytes;
  const factor = f32x4.splat(gain);
  for (let at = input; at < input + bytes; at += 16) {
    v128.store(at, f32x4.mul(v128.load(at), factor));
  }
  let blockBits: u32 = 0;
  const groupCount = blockFrames / GROUP;
  for (let g = 0; g < groupCount; g++) {
    const bits = peakBits(input + g * GROUP * frameBytes, GROUP * channels);
    store<u32>(groups + ((g + REACH) << 2), bits);
    blockBits = max<u32>(blockBits, bits);
  }
  if (blockBits >= INFINITE) return -1 - firstInvalid(input, blockFrames * channels);

  const resting = envelope.atRest();
  guarded = !resting;
  let any = detect(groupCount);
  if (any && resting) {
    guarded = true;
    any = detect(groupCount);
  }
  if (any || !resting) turnDown();
  else memory.copy(output, line, bytes);

  memory.copy(line, line + bytes, delay * frameBytes);
  memory.copy(groups, groups + (groupCount << 2), REACH << 2);
  return 0;
}

/** Fills `needs` for the intervals that this block completes. Tells if any needs less than 1. */
function detect(groupCount: i32): bool {
  let any = false;
  for (let g = 0; g < groupCount; g++) any = detectGroup(g) || any;
  return any;
}

function detectGroup(g: i32): bool {
  const at = needs + ((g * GROUP) << 2);
  const samplePeak = reinterpret<f32>(windowBits(groups + (g << 2)));
  if ((oversample ? highestPossible(samplePeak) : samplePeak) <= threshold) {
    for (let i = 0; i < GROUP; i++) store<f32>(at + (i << 2), 1);
    return false;
  }
  clearIntervals();
  gather(input + ((g - REACH) * GROUP + 1) * frameBytes);
  for (let c = 0; c < channels; c++) {
    choose(c);
    if (!oversample) raiseBySamples();
    else if (canExceed(threshold)) raiseIntervals(threshold, guarded);
  }
  let found = false;
  for (let i = 0; i < GROUP; i++) {
    const peak = intervalPeak(i);
    const over = peak > threshold;
    store<f32>(at + (i << 2), over ? target / peak : 1);
    if (over) found = true;
  }
  return found;
}

function turnDown(): void {
  let from = line;
  let to = output;
  for (let i = 0; i < blockFrames; i++) {
    const factor = envelope.next(load<f32>(needs + (i << 2)));
    deepest = min<f32>(deepest, factor);
    for (let c: usize = 0; c < frameBytes; c += 4) {
      store<f32>(to + c, load<f32>(from + c) * factor);
    }
    to += frameBytes;
    from += frameBytes;
  }
}
