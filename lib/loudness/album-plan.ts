import { albumLoudness } from "./gating";
import { MARGIN } from "./limiting";
import { LEAST_YIELD, lossAtOver } from "./limiting-curve";
import {
  headroomOf,
  loudnessAt,
  type HeldBy,
  type PlanSkip,
  type Programme,
  type Target,
} from "./plan";
import { dbtp, decibels, lu, lufs, type Dbtp, type Decibels, type Lu, type Lufs } from "./units";

/**
 * What of an album is brought to the target: all its songs heard as one programme, or its loudest
 * song (AES77-2023: a streaming service aligns an album by its loudest track).
 */
export type AlbumAlignment = "mean" | "loudest";

export interface AlbumSong extends Programme {
  readonly gatingBlocks: Float64Array;
  /** It is not encoded as long as its peaks need no limiting, so that until then nothing is added to them. */
  readonly untouched?: boolean;
}

interface AlbumSongPlan {
  readonly expected: Lufs;
  readonly truePeak: Dbtp;
  /** The most that any moment is turned down. */
  readonly limited: Decibels;
  /** LU that limiting takes from this song, which it lacks beside the others. */
  readonly lost: Lu;
  /** More than the 0.2 LU that the album's songs keep their differences to. */
  readonly outOfBalance: boolean;
  /** The album stays under the target because of this song's own peaks. */
  readonly heldBack: boolean;
}

/** One gain for all songs, each limited where it must be. Loudness and peaks are before encoding. */
export type AlbumPlan =
  | {
      readonly kind: "skip";
      readonly reason: PlanSkip;
      readonly now: Lufs;
      readonly expected: Lufs;
    }
  | {
      readonly kind: "gain";
      readonly gain: Decibels;
      /** Of what is aligned: the album, or its loudest song. */
      readonly now: Lufs;
      readonly expected: Lufs;
      readonly heldBack: boolean;
      readonly heldBy: HeldBy | null;
      /** In the order of the songs. */
      readonly songs: readonly AlbumSongPlan[];
    };

/** LU. */
const BALANCE = 0.2;
const LEAST_USEFUL_GAIN = 0.1;
const CEILING_TOLERANCE = 0.1;
const ROUNDING = 1e-9;
/** dB that a limiter may find a peak to be higher than the meter does; an album's gain stays as planned. */
const SURPLUS = 0.1;
/** dB that the gain of a held-back album is found to. */
const PRECISION = 1e-4;
/** LU that this may put an album over its target. */
const TOLERANCE = 1e-3;

/**
 * The gain of an album. With *Limit* it is raised until the album is at the target, a song would be
 * limited by more than is allowed, or a decibel brings the album less than `LEAST_YIELD`; otherwise
 * until the first peak stands at the ceiling. `given`: the gain that a part of the album has already,
 * 0 where it was left as it is.
 */
export function planAlbum(
  songs: readonly AlbumSong[],
  target: Target,
  by: AlbumAlignment,
  given: Decibels | null = null,
): AlbumPlan {
  const { ceiling, accuracy } = target;
  const { at, headroom, end, limits } = reachOf(songs, target, by);
  const now = alignedAt(songs, by, 0, null);
  const skip = (reason: PlanSkip): AlbumPlan => ({ kind: "skip", reason, now, expected: now });
  if (!Number.isFinite(now)) return skip("silent");
  if (given === 0) return skip("already-at-target");
  const missing = target.loudness - now;
  const truePeak = Math.max(...songs.map((song) => song.truePeak));
  if (given === null && Math.abs(missing) <= accuracy && truePeak <= ceiling + CEILING_TOLERANCE) {
    return skip("already-at-target");
  }
  if (given === null && target.onlyTurnDown && missing > 0) return skip("quieter-than-target");

  const reached = gainWhere(at, target.loudness, headroom, Math.max(headroom, end));
  const gain = given ?? mostUseful(at, Math.min(headroom, reached), reached);
  const expected = at(gain);
  const heldBack = target.loudness - expected > accuracy;
  if (given === null && heldBack && gain <= headroom && Math.abs(gain) < LEAST_USEFUL_GAIN) {
    return skip("held-back-by-peaks");
  }
  const useless = gain < reached - PRECISION;
  const heldBy = useless ? "limiting-brings-too-little" : limits ? "most-limiting" : "peaks";
  return {
    kind: "gain",
    gain: decibels(gain),
    now,
    expected,
    heldBack,
    heldBy: heldBack ? heldBy : null,
    songs: songs.map((song) => {
      const over = overBy(song, gain, target);
      const lost = lostAt(song, over);
      const holds = useless ? lost > BALANCE : roomOf(song, target) < headroom + PRECISION;
      return {
        expected: loudnessAt(song, gain, over),
        truePeak: dbtp(over > 0 ? ceiling - MARGIN : song.truePeak + gain),
        limited: decibels(over > 0 ? over + MARGIN : 0),
        lost,
        outOfBalance: lost > BALANCE,
        heldBack: heldBack && holds,
      };
    }),
  };
}

/** Albums are limited, or left alone, as a whole. */
const marginOf = ({ whenPeaksTooHigh }: Target) =>
  whenPeaksTooHigh === "limit" ? "toLimited" : "toUntouched";

/** The loudness that an album can be brought to at most, whatever it is asked to be. */
export function mostAlbumLoudness(
  songs: readonly AlbumSong[],
  target: Target,
  by: AlbumAlignment,
): Lufs {
  const { at, headroom, end } = reachOf(songs, target, by);
  return lufs(at(mostUseful(at, Math.min(headroom, end), end)));
}

/** Loudness over gain, and how far the gain may be raised: to where the first peak reaches, or on. */
function reachOf(songs: readonly AlbumSong[], target: Target, by: AlbumAlignment) {
  const allowed =
    target.whenPeaksTooHigh === "limit" ? Math.max(0, target.mostLimiting - MARGIN - SURPLUS) : 0;
  const headroom = Math.min(...songs.map((song) => roomOf(song, target)));
  const encoded = Math.min(...songs.map((song) => headroomOf(song, target, marginOf(target))));
  const most = allowed > 0 ? Math.max(headroom, encoded + allowed) : headroom;
  return {
    at: (gain: number) => alignedAt(songs, by, gain, target),
    headroom,
    end: target.onlyTurnDown ? Math.min(0, most) : most,
    limits: allowed > 0,
  };
}

/** The gain up to which a song's peaks are left as they are. */
const roomOf = (song: AlbumSong, target: Target): number =>
  song.untouched ? target.ceiling - song.truePeak : headroomOf(song, target, marginOf(target));

/** dB that a song's peaks would stand over where they must not; rounding is none. */
function overBy(song: AlbumSong, gain: number, target: Target): number {
  if (gain <= roomOf(song, target) + ROUNDING) return 0;
  return gain - headroomOf(song, target, marginOf(target));
}

const lostAt = ({ limiting }: AlbumSong, over: number): Lu =>
  lu(limiting ? lossAtOver(limiting, over) : 0);

/** Loudness of what is aligned, with a gain and its peaks limited as a target asks; null = they are not. */
function alignedAt(
  songs: readonly AlbumSong[],
  by: AlbumAlignment,
  gain: number,
  target: Target | null,
): Lufs {
  const over = (song: AlbumSong) => (target ? overBy(song, gain, target) : 0);
  if (by === "loudest") {
    return lufs(Math.max(...songs.map((song) => loudnessAt(song, gain, over(song)))));
  }
  return albumLoudness(
    songs.map(({ gatingBlocks }) => gatingBlocks),
    songs.map((song) => gain - lostAt(song, over(song))),
  );
}

/** The gain that brings a loudness that rises with it: gain alone up to `headroom`, then to `end`. */
function gainWhere(
  at: (gain: number) => number,
  loudness: Lufs,
  headroom: number,
  end: number,
): number {
  if (at(end) <= loudness) return end;
  let [low, high] = [headroom, end];
  // Below the ceiling loudness follows the gain but for the absolute gate.
  for (let step = 1; at(low) > loudness; step *= 2) {
    high = low;
    low -= Math.max(step, at(low) - loudness);
  }
  while (high - low > PRECISION) {
    const middle = (low + high) / 2;
    if (at(middle) < loudness) low = middle;
    else high = middle;
  }
  // Where a song passes the relative gate, loudness jumps over the target.
  return at(high) <= loudness + TOLERANCE ? high : low;
}

/** Up to where between two gains each further decibel brings `LEAST_YIELD` at least. */
function mostUseful(at: (gain: number) => number, from: number, to: number): number {
  for (let gain = from; gain < to; gain += 0.25) {
    const next = Math.min(to, gain + 1);
    if (at(next) - at(gain) < LEAST_YIELD * (next - gain)) return gain;
  }
  return to;
}
