import type { SessionState } from "@/lib/session/session-state";
import { steady } from "../throttled";
import { isDone, isProblem, isQuieter } from "./verdict";

/** Totals of the whole table; those of the session count the present batch alone. */
export interface Tally {
  readonly problems: number;
  /** Of these, what its peaks keep under the target. */
  readonly quieter: number;
  readonly failed: number;
  readonly excluded: number;
  readonly done: number;
  /** A lossless change is on record, so that it can be taken back. */
  readonly lossless: number;
  /** Of audio; null until the length of every song is known, but of those that failed. */
  readonly seconds: number | null;
}

/** One pass over the songs for each state of them, however many ask. */
export const tallyOf = steady(count, (a, b) =>
  (Object.keys(a) as (keyof Tally)[]).every((key) => a[key] === b[key]),
);

const known = new WeakMap<SessionState["songs"], Tally>();

function count({ songs }: SessionState): Tally {
  const counted = known.get(songs);
  if (counted !== undefined) return counted;
  let [problems, quieter, failed, excluded, done, lossless] = [0, 0, 0, 0, 0, 0];
  let [length, unknown] = [0, 0];
  for (const song of songs.values()) {
    if (isProblem(song)) problems += 1;
    if (isQuieter(song)) quieter += 1;
    if (song.status === "failed" && !song.choice.excluded) failed += 1;
    if (song.choice.excluded) excluded += 1;
    if (isDone(song)) done += 1;
    if (song.undoable) lossless += 1;
    if (song.duration === null && song.status !== "failed") unknown += 1;
    length += song.duration ?? 0;
  }
  const seconds = unknown > 0 || length === 0 ? null : length;
  const tally = { problems, quieter, failed, excluded, done, lossless, seconds };
  known.set(songs, tally);
  return tally;
}
