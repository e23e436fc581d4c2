import { loudnessAt, type GainPlan, type Programme, type Target } from "./plan";
import { dbtp, decibels, type Decibels } from "./units";

/** A gain in the coded audio itself, which is not encoded for it. */
export interface OwnGain {
  /** dB that it moves by; 0 = as good as any. */
  readonly step: Decibels;
  /** dB that it can be changed by at least and at most. */
  readonly lowest: Decibels;
  readonly highest: Decibels;
}

/** dB; nobody hears less of a difference, and no meter of ours shows it. */
const EXACT = 0.01;
const ROUNDING = 1e-6;

export const isExact = ({ step }: OwnGain): boolean => step <= EXACT;

/** The step nearest to a gain that the peaks leave room for. */
export function nearestStep(gain: number, headroom: number, step: Decibels): Decibels {
  if (step === 0) return decibels(Math.min(gain, headroom));
  const steps = Math.min(Math.round(gain / step), Math.floor(headroom / step + ROUNDING));
  return decibels(steps * step + 0);
}

/**
 * What becomes of a plan where the gain is changed in the coded audio: peaks cannot be limited there.
 * Null where the coded audio cannot take the gain.
 */
export function inSteps(
  plan: Extract<GainPlan, { kind: "gain" | "limit" }>,
  programme: Programme,
  target: Target,
  own: OwnGain,
): Exclude<GainPlan, { kind: "dynamic" }> | null {
  const { integrated, truePeak } = programme;
  const headroom = target.ceiling - truePeak;
  const gain = nearestStep(plan.gain, headroom, own.step);
  if (gain < own.lowest - ROUNDING || gain > own.highest + ROUNDING) return null;
  const expected = loudnessAt(programme, gain, 0);
  const floored = gain < nearestStep(plan.gain, Infinity, own.step) - ROUNDING;
  const heldBack = plan.heldBack || (floored && plan.expected - expected > target.accuracy);
  if (gain === 0) {
    const reason = heldBack ? "held-back-by-peaks" : "nearest-lossless-step";
    return { kind: "skip", reason, expected: integrated };
  }
  return {
    kind: "gain",
    gain,
    expected,
    truePeak: dbtp(truePeak + gain),
    limited: decibels(0),
    heldBack,
    heldBy: heldBack ? (plan.heldBy ?? "peaks") : null,
  };
}
