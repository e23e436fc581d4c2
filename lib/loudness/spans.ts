import { integratedGate, powerOfLoudness } from "./gating";
import type { MeasurementDetail } from "./measurement";
import { decibelsToAmplitude, type Dbtp, type Decibels } from "./units";

/** A stretch of a song, in seconds from its start. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** All curves and gating blocks move in steps of 100 ms. */
const STEPS_PER_SECOND = 10;
/** A gating block is 400 ms long. */
const BLOCK_STEPS = 4;

/**
 * Where the programme is too quiet to count for its integrated loudness: every block that covers
 * the moment is at or below the gate.
 */
export function gatedSpans({ gatingBlocks }: Pick<MeasurementDetail, "gatingBlocks">): Span[] {
  const gate = powerOfLoudness(integratedGate(gatingBlocks));
  const steps = gatingBlocks.length + BLOCK_STEPS - 1;
  const counts = new Uint8Array(steps);
  gatingBlocks.forEach((power, block) => {
    if (power > gate) counts.fill(1, block, block + BLOCK_STEPS);
  });
  return spansOf(counts.map((count) => 1 - count));
}

/** Where peaks pass the ceiling once this gain is applied. */
export function spansOver(
  { peakCurve }: Pick<MeasurementDetail, "peakCurve">,
  gain: Decibels,
  ceiling: Dbtp,
): Span[] {
  const most = decibelsToAmplitude(ceiling - gain);
  return spansOf(Uint8Array.from(peakCurve, (peak) => (peak > most ? 1 : 0)));
}

/** Neighbouring steps that are marked, as one span each. */
function spansOf(marked: Uint8Array): Span[] {
  const spans: Span[] = [];
  let from = -1;
  for (let step = 0; step <= marked.length; step++) {
    const is = marked[step] === 1;
    if (is && from < 0) from = step;
    if (is || from < 0) continue;
    spans.push({ from: from / STEPS_PER_SECOND, to: step / STEPS_PER_SECOND });
    from = -1;
  }
  return spans;
}

/** Seconds that spans last together. */
export const lengthOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, { from, to }) => sum + to - from, 0);
