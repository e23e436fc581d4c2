import { decibels, type Decibels } from "@/lib/loudness/units";
import type { Settings } from "@/lib/settings/settings";

/** What a person wants of one song, apart from the rest of its batch. */
export interface SongChoice {
  /** It stays in the list, and nothing is done with it. */
  readonly excluded: boolean;
  /** dB that its target lies above that of the batch (below: negative), in steps. */
  readonly nudge: Decibels;
  /** What is done where its peaks are too high; null = as the batch does. */
  readonly peaks: Settings["whenPeaksTooHigh"] | null;
}

export const asTheBatch: SongChoice = { excluded: false, nudge: decibels(0), peaks: null };

const STEP = 0.5;
/** dB; further off a song does not belong among the others. */
const MOST = 6;

/** The nudge one step up or down; the same where there is none. */
export const nudgedBy = ({ nudge }: SongChoice, steps: 1 | -1): Decibels =>
  decibels(Math.min(MOST, Math.max(-MOST, nudge + steps * STEP)));

/** Whether it comes out the same, excluded or not. */
export const sameResult = (a: SongChoice, b: SongChoice): boolean =>
  a.nudge === b.nudge && a.peaks === b.peaks;

/**
 * The settings of a batch as they are for one song. By album a song has no target and no peaks of its
 * own: its nudge is added to what its album's plan makes of it.
 */
export function ownSettings(settings: Settings, { nudge, peaks }: SongChoice): Settings {
  if (settings.levelBy === "album") return settings;
  return {
    ...settings,
    targetLoudness: settings.targetLoudness + nudge,
    whenPeaksTooHigh: peaks ?? settings.whenPeaksTooHigh,
  };
}
