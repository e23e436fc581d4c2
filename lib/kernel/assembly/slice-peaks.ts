// The exact peak of every slice that comes near a threshold.

import {
  GROUP,
  REACH,
  allocateInterpolator,
  canExceed,
  choose,
  gather,
  highestPossible,
  raiseRuns,
  raiseRunsBySamples,
} from "./interpolator";
import { begin, take } from "./memory";
import { peakBits, windowBits } from "./scan";

let channels: i32 = 0;
let oversample: bool = true;
let run: i32 = GROUP;
let threshold: f32 = 0;
/** REACH groups of the block before, then the block, then room for silence at the end. */
let history: usize = 0;
let input: usize = 0;
let groups: usize = 0;
/** The highest peak of each run of intervals, as f32; 0 = none exceeds the threshold. */
let peaks: usize = 0;

/** `frames`: of a block, a multiple of 32; `runFrames`: of a run, a power of two up to 32. */
export function slicePeaksBegin(
  channelCount: i32,
  frames: i32,
  truePeak: bool,
  runFrames: i32,
  least: f32,
): void {
  begin();
  channels = channelCount;
  oversample = truePeak;
  run = runFrames;
  threshold = least;
  const frameBytes = (<usize>channels) << 2;
  history = take((frames + (2 * REACH + 1) * GROUP) * frameBytes);
  input = history + REACH * GROUP * frameBytes;
  groups = take((frames / GROUP + 2 * REACH + 1) << 2);
  peaks = take(((frames + (REACH + 1) * GROUP) / run) << 2);
  allocateInterpolator(channels);
}

export function slicePeaksInput(): usize {
  return input;
}
export function slicePeaks(): usize {
  return peaks;
}

/**
 * Looks at the intervals that the first `frames` of the input complete, which begin 32 frames before
 * them. `last` = the programme ends there. Returns how many runs it gives.
 */
export function slicePeaksBlock(frames: i32, last: bool): i32 {
  const frameBytes = (<usize>channels) << 2;
  let groupCount = frames / GROUP;
  if (last) {
    groupCount = (frames + GROUP - 1) / GROUP + REACH;
    memory.fill(input + frames * frameBytes, 0, (groupCount * GROUP - frames) * frameBytes);
  }
  const runs = GROUP / run;
  for (let g = 0; g < groupCount; g++) {
    const bits = peakBits(input + g * GROUP * frameBytes, GROUP * channels);
    store<u32>(groups + ((g + REACH) << 2), bits);
    const to = peaks + ((g * runs) << 2);
    memory.fill(to, 0, runs << 2);
    const samples = reinterpret<f32>(windowBits(groups + (g << 2)));
    if ((oversample ? highestPossible(samples) : samples) <= threshold) continue;
    gather(history + (g * GROUP + 1) * frameBytes);
    for (let c = 0; c < channels; c++) {
      choose(c);
      if (!oversample) raiseRunsBySamples(to, run);
      else if (canExceed(threshold)) raiseRuns(to, run, threshold);
    }
  }
  memory.copy(history, history + groupCount * GROUP * frameBytes, REACH * GROUP * frameBytes);
  memory.copy(groups, groups + (groupCount << 2), REACH << 2);
  return groupCount * runs;
}
