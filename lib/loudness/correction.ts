import type { Measurement } from "./measurement";
import { dbtp, lu, lufs, type Dbtp, type Lu, type Lufs } from "./units";

/**
 * The verification loop. Encoding moves loudness and peaks (LAME at 128 kb/s: -0.46 LU; AAC has
 * been seen to add 5 dB of peak), so only the encoded bytes tell. What an encoder did to one
 * rendering it does nearly the same to the next, which is why one correction usually suffices.
 */
export interface Attempt {
  /** Loudness and true peak of the PCM that went into the encoder. */
  readonly rendered: Pick<Measurement, "integrated" | "truePeak">;
  /** The peaks did not allow the rendering to be as loud as was aimed for. */
  readonly heldBack: boolean;
  /** The same of the decoded result. */
  readonly encoded: Pick<Measurement, "integrated" | "truePeak">;
}

export interface Goal {
  /** The loudness that the plan leads to: the target, or less where peaks hold it back. */
  readonly loudness: Lufs;
  readonly ceiling: Dbtp;
  /** An encode that is further from it is made again. */
  readonly accuracy: Lu;
}

/** A song is delivered as planned, whatever accuracy is asked for of the target. */
export const planAccuracy = lu(0.1);
/**
 * Songs of an album have one gain, and one of them with another would be heard at a gapless join. So
 * they are left alone while they keep their differences of loudness.
 */
export const albumAccuracy = lu(0.2);

/** What the next rendering must measure before encoding. */
export interface RenderGoal {
  readonly loudness: Lufs;
  readonly ceiling: Dbtp;
}

/** dB that peaks of the delivered file may exceed the ceiling by. */
export const PEAK_TOLERANCE = 0.05;
/** The next encode's overshoot differs a little from the last one's; this covers most of it. */
const OVERSHOOT_SPREAD = 0.25;

/** dB that a last encode is kept below the ceiling beyond what the one before overshot. */
const SAFE = 0.4;

const loudnessError = (attempt: Attempt, goal: Goal): number =>
  attempt.encoded.integrated - goal.loudness;

export const isOverCeiling = (attempt: Attempt, goal: Goal): boolean =>
  attempt.encoded.truePeak > goal.ceiling + PEAK_TOLERANCE;

/** Another encode would not bring it nearer. */
export function isGoodEnough(attempt: Attempt, goal: Goal): boolean {
  const error = loudnessError(attempt, goal);
  const nearEnough = Math.abs(error) <= goal.accuracy || (attempt.heldBack && error < 0);
  return nearEnough && !isOverCeiling(attempt, goal);
}

/**
 * How far below the ceiling a peak is brought that an encoder put over it: the next encode's overshoot
 * differs a little. `last`: no other encode follows.
 */
export function overshootSpread({ encoded, rendered }: Attempt, last: boolean): number {
  const overshoot = encoded.truePeak - rendered.truePeak;
  const spread = Math.min(1, OVERSHOOT_SPREAD * overshoot + 0.05);
  return last ? Math.max(SAFE, 2 * spread) : spread;
}

/** What to aim for next so that the encoded result lands on the goal. */
export function correctedGoal(
  attempt: Attempt,
  previous: RenderGoal,
  goal: Goal,
  last = false,
): RenderGoal {
  const overshoot = attempt.encoded.truePeak - attempt.rendered.truePeak;
  const ceiling = isOverCeiling(attempt, goal)
    ? Math.min(
        previous.ceiling,
        goal.ceiling - Math.max(0, overshoot) - overshootSpread(attempt, last),
      )
    : previous.ceiling;
  return { loudness: correctedLoudness(attempt, goal), ceiling: dbtp(ceiling) };
}

/** The loudness that leads to that of the goal, once encoded. */
const correctedLoudness = ({ encoded, rendered }: Attempt, goal: Goal): Lufs =>
  lufs(goal.loudness - (encoded.integrated - rendered.integrated));
