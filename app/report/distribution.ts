import type { Song } from "@/lib/song/song";
import { isExcluded } from "../songs/verdict";
import { SCALE } from "../songs/scale";

/** What the picture and the summary show: loudness before and after, sorted into bins. Pure. */

/** LU a bin. */
const BIN = 0.5;
export const BINS = (SCALE.highest - SCALE.lowest) / BIN;

export interface Spread {
  /** Finite loudness values, LUFS, ascending. */
  readonly values: readonly number[];
  readonly bins: readonly number[];
}

export interface Distribution {
  readonly before: Spread;
  /** What was delivered, and songs that were left as they are. */
  readonly after: Spread;
  /** What the plan leads to, for songs that are not leveled yet or were not measured afterwards. */
  readonly planned: Spread;
  /** Of the planned ones, how many are still to be leveled. */
  readonly toDo: number;
  /** `after` and `planned` together: the library once all is done. */
  readonly end: Spread;
}

/** Values beyond the axis are counted in its outermost bins. */
function spread(values: readonly number[]): Spread {
  const finite = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  const bins = new Array<number>(BINS).fill(0);
  for (const value of finite) {
    // Rounded to a hundredth first, so that -14.001 and -13.999 fall into one bin.
    const steps = Math.floor((Math.round(value * 100) / 100 - SCALE.lowest + BIN / 2) / BIN);
    const bin = Math.min(BINS - 1, Math.max(0, steps));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return { values: finite, bins };
}

export function distribution(songs: Iterable<Song>): Distribution {
  const before: number[] = [];
  const after: number[] = [];
  const planned: number[] = [];
  let toDo = 0;
  for (const song of songs) {
    if (song.source === null || isExcluded(song)) continue;
    before.push(song.source.integrated);
    if (song.result !== null) after.push(song.result.integrated);
    else if (song.status === "skipped") after.push(song.source.integrated);
    else if (song.planned !== null && song.status !== "failed") {
      planned.push(song.planned.integrated);
      if (song.status !== "leveled") toDo += 1;
    }
  }
  return {
    before: spread(before),
    after: spread(after),
    planned: spread(planned),
    toDo,
    end: spread([...after, ...planned]),
  };
}

export const sameDistribution = (a: Distribution, b: Distribution): boolean =>
  a.toDo === b.toDo &&
  (["before", "after", "planned"] as const).every((which) => {
    const [these, those] = [a[which].values, b[which].values];
    return these.length === those.length && these.every((value, index) => value === those[index]);
  });

/** Songs whose loudness lies within `tolerance` LU of the target, with a hundredth for rounding. */
export const within = (values: readonly number[], target: number, tolerance: number): number =>
  values.filter((value) => Math.abs(value - target) <= tolerance + 0.005).length;

/** LU between the quietest and the loudest; null for fewer than two songs. */
export function extent({ values }: Spread): number | null {
  const [first, last] = [values[0], values.at(-1)];
  return first === undefined || last === undefined || values.length < 2 ? null : last - first;
}
