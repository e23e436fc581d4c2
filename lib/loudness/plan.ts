import type { Measurement } from "./measurement";
import { decibels, lufs, type Dbtp, type Decibels, type Lu, type Lufs } from "./units";

/** What a person asks for. */
export interface Target {
  readonly loudness: Lufs;
  readonly ceiling: Dbtp;
  /** A programme nearer to the target than this counts as being at it. */
  readonly accuracy: Lu;
  readonly whenPeaksTooHigh: "limit" | "quieter" | "dynamic";
  /** The most gain reduction that the limiter may apply. */
  readonly mostLimiting: Decibels;
  readonly onlyTurnDown: boolean;
}

/** What to do with one programme (a song, or all songs of an album at once). */
export type GainPlan =
  | { readonly kind: "skip"; readonly reason: PlanSkip; readonly expected: Lufs }
  | {
      readonly kind: "gain" | "limit";
      readonly gain: Decibels;
      /** Loudness that this gain leads to, before encoding. */
      readonly expected: Lufs;
      /** The peaks allow no more: `expected` stays under the target. */
      readonly heldBack: boolean;
    }
  | { readonly kind: "dynamic"; readonly expected: Lufs };

export type PlanSkip =
  | "already-at-target"
  | "quieter-than-target"
  | "silent"
  /** Its peaks already stand at the ceiling, so no gain is possible without touching them. */
  | "held-back-by-peaks";

/**
 * A gain smaller than this is not worth an encode when it cannot bring the programme to the
 * target anyway.
 */
const LEAST_USEFUL_GAIN = 0.1;
/** True-peak meters of different make agree to about this; it keeps a leveled song from being leveled again. */
const CEILING_TOLERANCE = 0.1;

/** The gain for a programme of known loudness and peak. Pure; the policy's whole logic is here. */
export function planGain(
  programme: Pick<Measurement, "integrated" | "truePeak">,
  target: Target,
): GainPlan {
  const { integrated, truePeak } = programme;
  if (!Number.isFinite(integrated)) return { kind: "skip", reason: "silent", expected: integrated };

  const wanted = target.loudness - integrated;
  const underCeiling = truePeak <= target.ceiling + CEILING_TOLERANCE;
  if (Math.abs(wanted) <= target.accuracy && underCeiling) {
    return { kind: "skip", reason: "already-at-target", expected: integrated };
  }
  if (target.onlyTurnDown && wanted > 0) {
    return { kind: "skip", reason: "quieter-than-target", expected: integrated };
  }

  const over = truePeak + wanted - target.ceiling;
  if (over <= 0) return gainOf("gain", wanted, programme, false);

  switch (target.whenPeaksTooHigh) {
    case "dynamic":
      return { kind: "dynamic", expected: target.loudness };
    case "limit": {
      const limiting = Math.min(over, target.mostLimiting);
      const gain = wanted - (over - limiting);
      const heldBack = over - limiting > target.accuracy;
      if (limiting === 0) return quieter(gain, programme, target);
      return gainOf("limit", gain, programme, heldBack);
    }
    case "quieter":
      return quieter(wanted - over, programme, target);
  }
}

function quieter(
  gain: number,
  programme: Pick<Measurement, "integrated" | "truePeak">,
  target: Target,
): GainPlan {
  const heldBack = Math.abs(programme.integrated + gain - target.loudness) > target.accuracy;
  if (heldBack && Math.abs(gain) < LEAST_USEFUL_GAIN) {
    return { kind: "skip", reason: "held-back-by-peaks", expected: programme.integrated };
  }
  return gainOf("gain", gain, programme, heldBack);
}

function gainOf(
  kind: "gain" | "limit",
  gain: number,
  programme: Pick<Measurement, "integrated">,
  heldBack: boolean,
): GainPlan {
  return { kind, gain: decibels(gain), expected: lufs(programme.integrated + gain), heldBack };
}
