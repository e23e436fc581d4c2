import { planAlbum, type AlbumAlignment, type AlbumPlan, type AlbumSong } from "./album-plan";
import { headroomOf, type Target } from "./plan";
import { nearestStep } from "./stepped-plan";
import { decibels, type Decibels } from "./units";

const ROUNDING = 1e-6;

interface Steps {
  readonly step: Decibels;
  /** Take the nearest step in any case; else only one as near as the accuracy. */
  readonly always: boolean;
}

/**
 * The plan of an album with a whole step for its gain, so that songs whose coded audio moves in steps
 * need no encoding, and all songs still get one gain. `songs`: of these songs all are untouched. The
 * plan as it is where no step will do.
 */
export function inAlbumSteps(
  plan: AlbumPlan,
  songs: readonly AlbumSong[],
  target: Target,
  by: AlbumAlignment,
  { step, always }: Steps,
): AlbumPlan {
  if (plan.kind === "skip") return plan;
  const nearest = nearestStep(plan.gain, Infinity, step);
  if (!always) {
    const below = decibels(Math.floor(plan.gain / step + ROUNDING) * step);
    for (const gain of [nearest, below]) {
      if (gain === 0 || Math.abs(gain - plan.gain) > target.accuracy) continue;
      const stepped = withGain(plan, songs, target, by, gain);
      const limits = stepped.songs.some(({ limited }) => limited > 0);
      if (gain <= plan.gain + ROUNDING || !limits) return stepped;
    }
    return plan;
  }
  const rooms = songs.map((song) =>
    song.untouched ? target.ceiling - song.truePeak : headroomOf(song, target, "toUntouched"),
  );
  const gain = nearestStep(plan.gain, Math.min(...rooms), step);
  const heldBack = plan.heldBack || gain < nearest - ROUNDING;
  if (gain === 0) {
    const reason = heldBack ? "held-back-by-peaks" : "nearest-lossless-step";
    return { kind: "skip", reason, now: plan.now, expected: plan.now };
  }
  const stepped = withGain(plan, songs, target, by, gain);
  return { ...stepped, heldBack, heldBy: heldBack ? (plan.heldBy ?? "peaks") : null };
}

type GainOfAlbum = Extract<AlbumPlan, { kind: "gain" }>;

/** With another gain; what keeps it under the target is what did before. */
function withGain(
  plan: GainOfAlbum,
  songs: readonly AlbumSong[],
  target: Target,
  by: AlbumAlignment,
  gain: Decibels,
): GainOfAlbum {
  const stepped = planAlbum(songs, target, by, gain);
  if (stepped.kind === "skip") return plan;
  const { heldBack, heldBy } = plan;
  const songPlans = stepped.songs.map((song, i) => ({
    ...song,
    heldBack: plan.songs[i]!.heldBack,
  }));
  return { ...stepped, heldBack, heldBy, songs: songPlans };
}
