import { decibels, type Decibels } from "../loudness/units";

/** Which of a song's two versions. */
export type Version = "before" | "after";

export const otherThan = (version: Version): Version => (version === "before" ? "after" : "before");

/** What must be known of a version to play it at the right level. */
export interface Level {
  /** LUFS of the samples; `-Infinity` for silence. */
  readonly integrated: number;
  /** dBTP of the samples. */
  readonly truePeak: number;
  /** That the version stands for on top of its samples: a planned one is the source and its gain. */
  readonly gain: Decibels;
}

/**
 * Gains for playing two versions. Matched, the first is brought to the loudness of the second, so
 * that the louder one does not win; as they are, each plays at its own level. Where a peak would
 * pass full scale, both are turned down by the same amount: what lies between them stays.
 */
export function playGains(
  levels: Readonly<Record<Version, Level>>,
  matched: boolean,
): Readonly<Record<Version, Decibels>> {
  const { before, after } = levels;
  const difference = after.integrated + after.gain - (before.integrated + before.gain);
  const match = matched && Number.isFinite(difference) ? difference : 0;
  const wanted = { before: before.gain + match, after: after.gain };
  const over = Math.max(0, before.truePeak + wanted.before, after.truePeak + wanted.after);
  return {
    before: decibels(wanted.before - over),
    after: decibels(wanted.after - over),
  };
}

/** The most by which a row of songs is turned down together; beyond it a peak may clip. */
const MOST_HEADROOM = 6;

/** One gain for all songs of a row, so that peaks which no limiter has seen yet do not clip. */
export function rowGain(levels: readonly Level[]): Decibels {
  const over = Math.max(0, ...levels.map(({ truePeak, gain }) => truePeak + gain));
  return decibels(-Math.min(MOST_HEADROOM, over));
}
