import type { RenderGoal } from "./correction";
import { MARGIN } from "./limiting";
import type { Predicted, Prediction } from "./prediction";
import { decibels, type Dbtp, type Decibels } from "./units";

/** What a rendering is made with, and what it will measure. */
export interface RenderPlan {
  readonly gain: Decibels;
  /** Limit to this ceiling; null = gain alone. */
  readonly ceiling: Dbtp | null;
  readonly expected: Predicted;
  /** The peaks do not allow the loudness that is aimed for. */
  readonly heldBack: boolean;
}

/** A rendering with a gain that is settled, limited where its peaks pass the ceiling. */
export function renderingAt(
  prediction: Prediction,
  gain: Decibels,
  ceiling: Dbtp | null,
): RenderPlan {
  const expected = prediction.at(gain, ceiling);
  return { gain, ceiling: expected.limited > 0 ? ceiling : null, expected, heldBack: false };
}

/** LU that a rendering may miss its goal by, and the trials that finding its gain may take. */
const TOLERANCE = 0.003;
const MOST_TRIALS = 16;
/** LU that a decibel is taken to bring at least, so that no step of the search leaps too far. */
const LEAST_YIELD = 0.15;

/**
 * The gain that brings a programme to a loudness under a ceiling. More gain never makes a limited
 * programme quieter, so the search (secant, within a bracket) cannot go astray. `mostLimiting`: null
 * = peaks must not be touched.
 */
export function gainToGoal(
  prediction: Prediction,
  goal: RenderGoal,
  mostLimiting: Decibels | null,
): RenderPlan {
  const missingAt = (gain: number, ceiling: Dbtp | null) => {
    const expected = prediction.at(decibels(gain), ceiling);
    return { expected, missing: goal.loudness - expected.integrated };
  };
  const peak = missingAt(0, null).expected.truePeak;
  const headroom = goal.ceiling - peak;
  let wanted = missingAt(0, null).missing;
  // The absolute gate stands still while a programme moves; most do not notice.
  for (let i = 0; i < 3; i++) wanted += missingAt(wanted, null).missing;
  const highest = Math.max(peak, prediction.highest);
  const most = mostLimiting === null ? headroom : goal.ceiling - highest + mostLimiting - MARGIN;
  if (wanted <= headroom || most <= headroom) {
    const gain = decibels(Math.min(wanted, headroom));
    const { expected, missing } = missingAt(gain, null);
    return { gain, ceiling: null, expected, heldBack: missing > TOLERANCE };
  }
  let [low, high] = [headroom, most];
  let gain = Math.min(wanted, most);
  let before: { readonly gain: number; readonly missing: number } | null = null;
  for (let trial = 1; ; trial++) {
    const { expected, missing } = missingAt(gain, goal.ceiling);
    const held = missing > 0 && gain >= most;
    if (Math.abs(missing) <= TOLERANCE || held || trial === MOST_TRIALS) {
      const heldBack = missing > TOLERANCE;
      return { gain: decibels(gain), ceiling: goal.ceiling, expected, heldBack };
    }
    if (missing > 0) low = gain;
    else high = gain;
    const brought: number = before ? (before.missing - missing) / (gain - before.gain) : 1;
    before = { gain, missing };
    const next = gain + missing / Math.min(1, Math.max(LEAST_YIELD, brought));
    gain =
      next > low && next < high ? next : next >= most && high === most ? most : (low + high) / 2;
  }
}
