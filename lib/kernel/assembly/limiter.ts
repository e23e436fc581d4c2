// A channel-linked true-peak limiter: two stages in a row, each of which looks for peaks between
// its samples and turns down around them. Gain that moves makes new peaks between samples; the
// second stage finds those, and has so little to do that it makes none that count.

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
let oversample: bool = true;
let frameBytes: usize = 0;
/** Peaks above `threshold` are brought to `target`. */
let threshold: f32 = 0;
let target: f32 = 0;
let gain: f32 = 1;

let groups: usize = 0;
/** Gain that each interval of the block needs. */
let needs: usize = 0;
let output: usize = 0;
let outputGains: usize = 0;
let deepest: f32 = 1;
/**
 * While the limiter works, peaks count as higher by what they hold near half the sample rate,
 * since meters disagree there. Whether it has to work is decided by the peaks as they are.
 */
let guarded: bool = false;
let one = changetype<Stage>(0);
let two = changetype<Stage>(0);

@unmanaged
class Stage {
  envelope: Envelope;
  /** Frames from input to output. */
  delay: i32;
  /** `delay` frames of the blocks before, then the block. */
  line: usize;
  input: usize;
  /** For each frame of the line, the gain that the stages before gave it. */
  gains: usize;
  /** Peaks of the last REACH groups. */
  groups: usize;

  static make(first: i32, second: i32, hold: i32): Stage {
    const self = changetype<Stage>(take(offsetof<Stage>()));
    self.envelope = Envelope.make(first, second, hold);
    self.delay = self.envelope.ahead + LAG;
    // Detection looks back into the line.
    if (self.delay < REACH * GROUP) unreachable();
    self.line = take((self.delay + blockFrames) * frameBytes);
    self.input = self.line + self.delay * frameBytes;
    self.gains = take((self.delay + blockFrames) << 2);
    for (let i = 0; i < self.delay + blockFrames; i++) store<f32>(self.gains + (i << 2), 1);
    self.groups = take(REACH << 2);
    return self;
  }

  /** Limits the block in `input` into `out`, and its total gains into `outGains`. */
  run(out: usize, outGains: usize): i32 {
    const bytes = blockFrames * frameBytes;
    const invalid = this.detect();
    if (invalid < 0) return invalid;
    if (invalid == 0 && this.envelope.atRest()) {
      memory.copy(out, this.line, bytes);
      memory.copy(outGains, this.gains, blockFrames << 2);
    } else {
      this.turnDown(out, outGains);
    }
    memory.copy(this.line, this.line + bytes, this.delay * frameBytes);
    memory.copy(this.gains, this.gains + (blockFrames << 2), this.delay << 2);
    return 0;
  }

  /**
   * Fills `needs` for the 32 · n intervals that this block completes. Returns 1 if any needs less
   * than 1, 0 if none does, or -1 - index of the first sample that is not finite.
   */
  private detect(): i32 {
    const groupCount = blockFrames / GROUP;
    memory.copy(groups, this.groups, REACH << 2);
    let blockBits: u32 = 0;
    for (let g = 0; g < groupCount; g++) {
      const bits = peakBits(this.input + g * GROUP * frameBytes, GROUP * channels);
      store<u32>(groups + ((g + REACH) << 2), bits);
      blockBits = max<u32>(blockBits, bits);
    }
    if (blockBits >= INFINITE) return -1 - firstInvalid(this.input, blockFrames * channels);
    memory.copy(this.groups, groups + (groupCount << 2), REACH << 2);

    guarded = guarded || !this.envelope.atRest();
    let any = 0;
    for (let g = 0; g < groupCount; g++) any |= this.detectGroup(g);
    if (any && !guarded) {
      guarded = true;
      for (let g = 0; g < groupCount; g++) this.detectGroup(g);
    }
    return any;
  }

  private detectGroup(g: i32): i32 {
    const at = needs + ((g * GROUP) << 2);
    const peak = reinterpret<f32>(windowBits(groups + (g << 2)));
    let found = 0;
    if ((oversample ? highestPossible(peak) : peak) > threshold) {
      clearIntervals();
      gather(this.input + (g - REACH) * GROUP * frameBytes);
      for (let c = 0; c < channels; c++) {
        choose(c);
        if (!oversample) raiseBySamples();
        else if (canExceed(threshold)) raiseIntervals(threshold, guarded);
      }
      for (let i = 0; i < GROUP; i++) {
        const peak = intervalPeak(i);
        const over = peak > threshold;
        store<f32>(at + (i << 2), over ? target / peak : 1);
        if (over) found = 1;
      }
    } else {
      for (let i = 0; i < GROUP; i++) store<f32>(at + (i << 2), 1);
    }
    return found;
  }

  private turnDown(out: usize, outGains: usize): void {
    const envelope = this.envelope;
    let from = this.line;
    for (let i = 0; i < blockFrames; i++) {
      const factor = envelope.next(load<f32>(needs + (i << 2)));
      const total = factor * load<f32>(this.gains + (i << 2));
      store<f32>(outGains + (i << 2), total);
      for (let c: usize = 0; c < frameBytes; c += 4) {
        store<f32>(out + c, load<f32>(from + c) * factor);
      }
      out += frameBytes;
      from += frameBytes;
    }
  }
}

/** `frames`: the length of a block, a multiple of 32. Then `limiterStage` once for each stage. */
export function limiterBegin(
  channelCount: i32,
  frames: i32,
  truePeak: bool,
  factor: f32,
  over: f32,
  aim: f32,
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
  groups = take((frames / GROUP + REACH) << 2);
  needs = take(frames << 2);
  output = take(frames * frameBytes);
  outputGains = take(frames << 2);
}

/** Lengths in frames; the rest as shares per frame. */
export function limiterStage(
  index: i32,
  first: i32,
  second: i32,
  hold: i32,
  fastRelease: f64,
  slowAttack: f64,
  slowRelease: f64,
  slew: f64,
): void {
  const stage = Stage.make(first, second, hold);
  stage.envelope.fastRelease = fastRelease;
  stage.envelope.slowAttack = slowAttack;
  stage.envelope.slowRelease = slowRelease;
  stage.envelope.slew = slew;
  if (index == 0) one = stage;
  else two = stage;
}

export function limiterInput(): usize {
  return one.input;
}
export function limiterOutput(): usize {
  return output;
}
/** Frames from input to output. */
export function limiterDelay(): i32 {
  return one.delay + two.delay;
}
/** The lowest gain that any frame of the output got, apart from the gain asked for. */
export function limiterDeepest(): f32 {
  return deepest;
}
/** Index of the first NaN or infinity in the input, or -1. */
export function limiterCheck(from: i32, to: i32): i32 {
  const found = firstInvalid(one.input + ((<usize>from) << 2), to - from);
  return found < 0 ? -1 : from + found;
}

/** Takes the block in the input to the output. Returns 0, or -1 - index of an invalid sample. */
export function limiterBlock(): i32 {
  const factor = f32x4.splat(gain);
  const end = one.input + blockFrames * frameBytes;
  for (let at = one.input; at < end; at += 16) {
    v128.store(at, f32x4.mul(v128.load(at), factor));
  }
  guarded = false;
  const invalid = one.run(two.input, two.gains + (two.delay << 2));
  if (invalid < 0) return invalid;
  two.run(output, outputGains);
  for (let i = 0; i < blockFrames; i++) {
    deepest = min<f32>(deepest, load<f32>(outputGains + (i << 2)));
  }
  return 0;
}
