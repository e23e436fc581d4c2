import { loudnessAt, type GainPlan, type Programme, type Target } from "./plan";
import { dbtp, decibels, type Decibels } from "./units";

/**
 * What becomes of a plan where the gain is changed in the coded audio: peaks cannot be limited there,
 * and the gain moves in steps (dB; 0 = exactly as wanted).
 */
export function inSteps(
  plan: GainPlan,
  programme: Programme,
  target: Target,
  step: Decibels,
): GainPlan {
  if (plan.kind === "skip" || plan.kind === "dynamic") return plan;
  const headroom = target.ceiling - programme.truePeak;
  const gain =
    step === 0
      ? Math.min(plan.gain, headroom)
      : Math.min(Math.round(plan.gain / step), Math.floor(headroom / step + ROUNDING)) * step;
  const heldBack = plan.gain - headroom > target.accuracy || plan.heldBack;
  return {
    kind: "gain",
    gain: decibels(gain),
    expected: loudnessAt(programme, gain, 0),
    truePeak: dbtp(programme.truePeak + gain),
    limited: decibels(0),
    heldBack,
    heldBy: heldBack ? "peaks" : null,
  };
}

const ROUNDING = 1e-6;
