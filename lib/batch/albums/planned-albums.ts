import {
  mostAlbumLoudness,
  planAlbum,
  type AlbumAlignment,
  type AlbumPlan,
  type AlbumSong,
} from "@/lib/loudness/album-plan";
import { albumLoudness } from "@/lib/loudness/gating";
import type { GainPlan, Target } from "@/lib/loudness/plan";
import { dbtp, decibels, lu, type Lufs } from "@/lib/loudness/units";
import type { OutputFormat } from "@/lib/settings/settings";
import type { AlbumShare, SongAlbum } from "@/lib/song/album";
import type { TaggedLoudness } from "@/lib/song/loudness-tags";
import type { Measured } from "@/lib/song/outcome";
import { programmeOf } from "@/lib/song/programme";
import { albumOf, type AlbumIdentity } from "./grouping";

export interface MeasuredMember {
  readonly path: string;
  readonly root: string;
  readonly measured: Measured;
}

/** A song's part in its album. */
export interface PlannedMember {
  readonly album: SongAlbum;
  readonly share: AlbumShare;
  /** The loudness that the album can be brought to at most. */
  readonly most: Lufs;
}

/** What a row shows of it. */
export const planOfMember = ({ album, share, most }: PlannedMember) => ({
  ...{ plan: share.plan, most, album },
});

interface AlbumGoal {
  readonly target: Target;
  readonly outputFormat: OutputFormat;
  readonly by: AlbumAlignment;
  /** What a part of an album was done with already, by the album's key. */
  readonly given?: ReadonlyMap<string, Pick<SongAlbum, "gain" | "loudness">>;
}

/** Forms albums of songs and plans each as one. */
export function planAlbums<Member extends MeasuredMember>(
  members: readonly Member[],
  { target, outputFormat, by, given }: AlbumGoal,
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
    const programmes = songs.map(({ measured }) => programmeOf(measured, outputFormat));
    const before = given?.get(is.key);
    const plan = planAlbum(programmes, target, by, before?.gain ?? null);
    const loudness = before?.loudness ?? asOne(songs);
    const most = mostAlbumLoudness(programmes, target, by);
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
      const share = { ...shareOf(plan, i, programmes[i]!, target), neighbours, loudness };
      planned.set(member, { album, share, most });
    });
  }
  return planned;
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

/** dB under the ceiling that no gain worth an encode would fit in. */
const NEAR = 0.1;
