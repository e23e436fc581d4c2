import { crossesGate, loudnessAfterGain } from "./gating";
import { MARGIN } from "./limiting";
import { lossAtOver, mostUsefulOver, type LimitingCurve } from "./limiting-curve";
import type { PeakMargins } from "./encoder-response";
import type { Measurement } from "./measurement";
import { dbtp, decibels, lufs, type Dbtp, type Decibels, type Lu, type Lufs } from "./units";

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

/** What is known of a programme (a song, or all songs of an album at once). */
export interface Programme extends Pick<Measurement, "integrated" | "truePeak"> {
  /** With them the absolute gate is minded: near silence, gain brings more or less than its decibels. */
  readonly gatingBlocks?: Float64Array;
  /** Without it limiting counts as if it took nothing away. */
  readonly limiting?: LimitingCurve;
  /** dB that its encoder may add to its peaks, which are kept that far below the ceiling; 0 without. */
  readonly margins?: PeakMargins;
}

/** What to do with one programme, and what it is delivered with. */
export type GainPlan =
  | { readonly kind: "skip"; readonly reason: PlanSkip; readonly expected: Lufs }
  | {
      readonly kind: "gain" | "limit";
      readonly gain: Decibels;
      readonly expected: Lufs;
      /** Limited peaks stand here at most; how far below, their encoder tells. */
      readonly truePeak: Dbtp;
      /** The most that any moment is turned down. */
      readonly limited: Decibels;
      /** The peaks allow no more: `expected` stays under the target. */
      readonly heldBack: boolean;
      /** What stands in the way; null when nothing does. */
      readonly heldBy: HeldBy | null;
    }
  /** ffmpeg's loudnorm changes the song itself: what comes out is known once it is there. */
  | { readonly kind: "dynamic"; readonly expected: Lufs };

export type HeldBy =
  /** They stand at the ceiling and must not be limited. */
  | "peaks"
  /** They would have to be limited by more than is allowed. */
  | "most-limiting"
  /** Limiting them further would take nearly all that the gain brings. */
  | "limiting-brings-too-little";

export type PlanSkip =
  | "already-at-target"
  | "quieter-than-target"
  | "silent"
  /** Its peaks already stand at the ceiling, so no gain is possible without touching them. */
  | "held-back-by-peaks"
  /** Its gain moves in steps, and none would bring it nearer. */
  | "nearest-lossless-step"
  // Of a song of an album, which gets no gain as a whole.
  | "album-already-at-target"
  | "album-quieter-than-target"
  /** Peaks of other songs. */
  | "album-held-back-by-peaks";

/**
 * A gain smaller than this is not worth an encode when it cannot bring the programme to the
 * target anyway.
 */
const LEAST_USEFUL_GAIN = 0.1;
/** True-peak meters of different make agree to about this; it keeps a leveled song from being leveled again. */
const CEILING_TOLERANCE = 0.1;

/** The gain for a programme of known loudness and peak. Pure; the policy's whole logic is here. */
export function planGain(programme: Programme, target: Target): GainPlan {
  const { integrated, truePeak } = programme;
  if (!Number.isFinite(integrated)) return { kind: "skip", reason: "silent", expected: integrated };

  const missing = target.loudness - integrated;
  const underCeiling = truePeak <= target.ceiling + CEILING_TOLERANCE;
  if (Math.abs(missing) <= target.accuracy && underCeiling) {
    return { kind: "skip", reason: "already-at-target", expected: integrated };
  }
  if (target.onlyTurnDown && missing > 0) {
    return { kind: "skip", reason: "quieter-than-target", expected: integrated };
  }

  const wanted = gainFor(programme, target.loudness);
  if (wanted <= headroomOf(programme, target, "toUntouched"))
    return gainAlone(wanted, programme, target);
  switch (target.whenPeaksTooHigh) {
    case "dynamic":
      return { kind: "dynamic", expected: target.loudness };
    case "limit":
      return limited(wanted, programme, target);
    case "quieter":
      return quieter(programme, target, "peaks");
  }
}

/** The gain with which the peaks, limited beyond it or not, stand under the ceiling once encoded. */
export const headroomOf = (
  { truePeak, margins }: Programme,
  target: Target,
  kind: keyof PeakMargins,
): number => target.ceiling - (margins?.[kind] ?? 0) - truePeak;

/**
 * The loudness that a programme can be brought to at most, by the same rules and whatever it is
 * asked to be; a louder target would find it held back.
 */
export function mostLoudness(programme: Programme, target: Target): Lufs {
  const reached = (gain: number, over: number) =>
    target.onlyTurnDown && gain > 0 ? programme.integrated : loudnessAt(programme, gain, over);
  const alone = reached(headroomOf(programme, target, "toUntouched"), 0);
  if (target.whenPeaksTooHigh !== "limit") return alone;
  const { over } = mostOver(programme, target);
  const limited = reached(headroomOf(programme, target, "toLimited") + over, over);
  return limited > alone ? limited : alone;
}

/** Loudness with a gain that puts the peaks so many dB over the ceiling, where they are limited. */
export function loudnessAt(programme: Programme, gain: number, over: number): Lufs {
  const { integrated, gatingBlocks, limiting } = programme;
  const alone =
    gatingBlocks && crossesGate(gatingBlocks, gain)
      ? loudnessAfterGain(gatingBlocks, gain)
      : integrated + gain;
  return lufs(alone - (limiting ? lossAtOver(limiting, over) : 0));
}

/** The gain that alone brings a programme to a loudness. */
function gainFor(programme: Programme, loudness: Lufs): number {
  let gain = loudness - programme.integrated;
  for (let i = 0; i < 3; i++) {
    const missing = loudness - loudnessAt(programme, gain, 0);
    if (!(Math.abs(missing) > 1e-6 && Number.isFinite(missing))) break;
    gain += missing;
  }
  return gain;
}

/** dB over the ceiling that peaks may be driven to at most, and what ends it there. */
function mostOver(
  { limiting, margins }: Programme,
  target: Target,
): { readonly over: number; readonly heldBy: HeldBy } {
  const allowed = Math.max(0, target.mostLimiting - MARGIN);
  // Limited peaks are kept further below the ceiling, which is no reason to end below gain alone.
  const apart = margins ? margins.toLimited - margins.toUntouched : 0;
  const useful = limiting ? Math.max(apart, mostUsefulOver(limiting)) : Infinity;
  return useful < allowed
    ? { over: useful, heldBy: "limiting-brings-too-little" }
    : { over: allowed, heldBy: allowed === 0 ? "peaks" : "most-limiting" };
}

function limited(wanted: number, programme: Programme, target: Target): GainPlan {
  const headroom = headroomOf(programme, target, "toLimited");
  const most = mostOver(programme, target);
  // Turned down only, even where limiting then takes more than it has to.
  const end = target.onlyTurnDown ? Math.min(most.over, -headroom) : most.over;
  const alone = quieter(programme, target, most.heldBy);
  if (end <= 0) return alone;
  const shift = loudnessAt(programme, wanted, 0) - wanted;
  const at = (over: number) =>
    headroom + over + shift - (programme.limiting ? lossAtOver(programme.limiting, over) : 0);
  const over = at(end) <= target.loudness ? end : lowestWhere(at, target.loudness, end);
  const gain = headroom + over;
  const expected = loudnessAt(programme, gain, over);
  if (expected <= alone.expected) return alone;
  const heldBack = target.loudness - expected > target.accuracy;
  return {
    kind: "limit",
    gain: decibels(gain),
    expected,
    truePeak: dbtp(target.ceiling - MARGIN),
    limited: decibels(over + MARGIN),
    heldBack,
    heldBy: heldBack ? most.heldBy : null,
  };
}

/** Where a rising function reaches a value, from 0 to `end`. */
function lowestWhere(rising: (x: number) => number, value: number, end: number): number {
  let [low, high] = [0, end];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < value) low = middle;
    else high = middle;
  }
  return high;
}

function quieter(programme: Programme, target: Target, heldBy: HeldBy): GainPlan {
  const plan = gainAlone(headroomOf(programme, target, "toUntouched"), programme, target, heldBy);
  if (plan.heldBack && Math.abs(plan.gain) < LEAST_USEFUL_GAIN) {
    return { kind: "skip", reason: "held-back-by-peaks", expected: programme.integrated };
  }
  return plan;
}

function gainAlone(
  gain: number,
  programme: Programme,
  target: Target,
  heldBy: HeldBy | null = null,
): Extract<GainPlan, { kind: "gain" | "limit" }> {
  const expected = loudnessAt(programme, gain, 0);
  const heldBack = heldBy !== null && Math.abs(target.loudness - expected) > target.accuracy;
  return {
    kind: "gain",
    gain: decibels(gain),
    expected,
    truePeak: dbtp(programme.truePeak + gain),
    limited: decibels(0),
    heldBack,
    heldBy: heldBack ? heldBy : null,
  };
}
