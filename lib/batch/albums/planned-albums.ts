import {
  mostAlbumLoudness,
  planAlbum,
  type AlbumAlignment,
  type AlbumPlan,
  type AlbumSong,
} from "@/lib/loudness/album-plan";
import { inAlbumSteps } from "@/lib/loudness/album-steps";
import { albumLoudness } from "@/lib/loudness/gating";
import { planGain, type GainPlan, type Target } from "@/lib/loudness/plan";
import { isExact } from "@/lib/loudness/stepped-plan";
import { dbtp, decibels, lu, lufs, type Decibels, type Lufs } from "@/lib/loudness/units";
import type { AlbumShare, SongAlbum } from "@/lib/song/album";
import type { TaggedLoudness } from "@/lib/song/loudness-tags";
import type { Measured } from "@/lib/song/outcome";
import { programmeOf } from "@/lib/song/programme";
import { usableGain, type Asked } from "@/lib/song/song-plan";
import { albumOf, type AlbumIdentity } from "./grouping";

export interface MeasuredMember {
  readonly path: string;
  readonly root: string;
  readonly measured: Measured;
  /** dB that it is to lie above what its album makes of it. */
  readonly nudge?: Decibels;
}

/** A song's part in its album. */
export interface PlannedMember {
  readonly album: SongAlbum;
  readonly share: AlbumShare;
  /** The loudness that the album can be brought to at most. */
  readonly most: Lufs;
}

interface AlbumGoal extends Asked {
  readonly by: AlbumAlignment;
  /** What a part of an album was done with already, by the album's key. */
  readonly given?: ReadonlyMap<string, Pick<SongAlbum, "gain" | "loudness">>;
}

/** Forms albums of songs and plans each as one. */
export function planAlbums<Member extends MeasuredMember>(
  members: readonly Member[],
  goal: AlbumGoal,
): ReadonlyMap<Member, PlannedMember> {
  const groups = new Map<string, { readonly is: AlbumIdentity; readonly songs: Member[] }>();
  for (const member of members) {
    const is = albumOf({ ...member, tags: member.measured.tags });
    const group = groups.get(is.key);
    if (group) group.songs.push(member);
    else groups.set(is.key, { is, songs: [member] });
  }
  const planned = new Map<Member, PlannedMember>();
  for (const { is, songs: unsorted } of groups.values()) {
    const songs = unsorted.toSorted((a, b) => inOrder.compare(a.path, b.path));
    const measured = songs.map((song) => song.measured);
    const before = goal.given?.get(is.key);
    const { plan, programmes, target, most } = planOf(measured, goal, before?.gain);
    const loudness = before?.loudness ?? asOne(songs);
    const album: SongAlbum = {
      ...is,
      songs: songs.length,
      gain: plan.kind === "gain" ? plan.gain : decibels(0),
      source: plan.now,
      planned: plan.expected,
      heldBack: plan.kind === "gain" ? plan.heldBack : plan.reason === "held-back-by-peaks",
      loudness,
    };
    songs.forEach((member, i) => {
      const neighbours = {
        before: edgesBeside(member, songs[i - 1])?.tail ?? null,
        after: edgesBeside(member, songs[i + 1])?.head ?? null,
      };
      const even = shareOf(plan, i, programmes[i]!, target);
      const share = { ...nudged(even, programmes[i]!, target, member.nudge), neighbours, loudness };
      planned.set(member, { album, share, most });
    });
  }
  return planned;
}

/**
 * One gain for all songs. Where some are changed without encoding in steps, it is a step, if one will
 * do; songs that are never to be encoded cannot be limited either, and their album stays quieter.
 */
function planOf(
  measured: readonly Measured[],
  goal: AlbumGoal,
  given: Decibels | undefined,
): { plan: AlbumPlan; programmes: AlbumSong[]; target: Target; most: Lufs } {
  const { by } = goal;
  const never = (song: Measured) => goal.reencoding === "never" && !song.format.lossless;
  const always = measured.some(never);
  const target: Target = always ? { ...goal.target, whenPeaksTooHigh: "quieter" } : goal.target;
  const own = measured.map((song) => usableGain(song, goal));
  const step = own.find((each) => each !== null && !isExact(each))?.step;
  const songs = (inSteps: boolean): AlbumSong[] =>
    measured.map((song, i) => ({
      ...programmeOf(song, never(song) ? null : goal),
      untouched: own[i] != null && (inSteps || isExact(own[i])),
    }));
  const before = songs(always);
  const plan = planAlbum(before, target, by, given ?? null);
  const most = mostAlbumLoudness(before, target, by);
  if (step === undefined || given !== undefined) {
    return { plan, programmes: before, target, most };
  }
  const programmes = songs(true);
  const stepped = inAlbumSteps(plan, programmes, target, by, { step, always });
  return { plan: stepped, programmes, target, most };
}

/** Names begin with the tracks' numbers where they say anything of the order. */
const inOrder = new Intl.Collator("en", { numeric: true });

/** Slices of another rate last another time. */
const edgesBeside = ({ measured }: MeasuredMember, other: MeasuredMember | undefined) =>
  other?.measured.format.sampleRate === measured.format.sampleRate ? other.measured.edges : null;

/** Songs heard as one, as they are. */
function asOne(songs: readonly MeasuredMember[]): TaggedLoudness {
  const highest = (peak: "truePeak" | "samplePeak") =>
    dbtp(Math.max(...songs.map(({ measured }) => measured.measurement[peak])));
  return {
    integrated: albumLoudness(songs.map(({ measured }) => measured.detail.gatingBlocks)),
    truePeak: highest("truePeak"),
    samplePeak: highest("samplePeak"),
  };
}

type Share = Omit<AlbumShare, "neighbours" | "loudness">;

function shareOf(plan: AlbumPlan, index: number, song: AlbumSong, target: Target): Share {
  const { integrated, truePeak } = song;
  const skip = (reason: Extract<GainPlan, { kind: "skip" }>["reason"]): Share => ({
    plan: { kind: "skip", reason, expected: integrated },
    lost: lu(0),
  });
  if (!Number.isFinite(integrated)) return skip("silent");
  if (plan.kind === "skip") {
    switch (plan.reason) {
      case "already-at-target":
        return skip("album-already-at-target");
      case "quieter-than-target":
        return skip("album-quieter-than-target");
      case "held-back-by-peaks":
        return skip(truePeak > target.ceiling - NEAR ? plan.reason : "album-held-back-by-peaks");
      default:
        return skip(plan.reason);
    }
  }
  const { expected, truePeak: planned, limited, lost, heldBack } = plan.songs[index]!;
  return {
    plan: {
      kind: limited > 0 ? "limit" : "gain",
      gain: plan.gain,
      expected,
      truePeak: planned,
      limited,
      heldBack,
      heldBy: heldBack ? plan.heldBy : null,
    },
    lost,
  };
}

/** A song that is to lie beside its album is planned by itself, from where the album's plan puts it. */
function nudged(share: Share, song: AlbumSong, target: Target, nudge: Decibels | undefined): Share {
  if (!nudge || !Number.isFinite(song.integrated)) return share;
  const { whenPeaksTooHigh, accuracy } = target;
  const plan = planGain(song, {
    ...target,
    loudness: lufs(share.plan.expected + nudge),
    accuracy: lu(Math.min(accuracy, Math.abs(nudge) / 2)),
    // Songs of an album are not evened out.
    whenPeaksTooHigh: whenPeaksTooHigh === "dynamic" ? "limit" : whenPeaksTooHigh,
  });
  return { ...share, plan };
}

/** dB under the ceiling that no gain worth an encode would fit in. */
const NEAR = 0.1;
