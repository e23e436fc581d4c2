import {
  mostAlbumLoudness,
  planAlbum,
  type AlbumAlignment,
  type AlbumPlan,
  type AlbumSong,
} from "@/lib/loudness/album-plan";
import type { Target } from "@/lib/loudness/plan";
import { lu, type Lufs } from "@/lib/loudness/units";
import type { OutputFormat } from "@/lib/settings/settings";
import type { AlbumShare } from "@/lib/song/album";
import type { Measured } from "@/lib/song/outcome";
import { programmeOf } from "@/lib/song/programme";

interface AlbumMember {
  readonly path: string;
  /** Tells folders of the same path in two picked folders apart. */
  readonly root: string;
  readonly measured: Measured;
}

/** A song's part in its album. */
interface PlannedMember {
  readonly share: AlbumShare;
  /** The loudness that its album can be brought to at most. */
  readonly most: Lufs;
}

interface AlbumGoal {
  readonly target: Target;
  readonly outputFormat: OutputFormat;
  readonly by: AlbumAlignment;
}

/** Songs with the same album and disc in their tags belong together, else those of one folder. */
export function albumKey({ path, root, measured: { tags } }: AlbumMember): string {
  if (tags.album) return ["tag", tags.albumArtist ?? "", tags.album, tags.disc ?? ""].join("\n");
  return ["folder", root, path.slice(0, path.lastIndexOf("/") + 1)].join("\n");
}

/** Forms albums of songs and plans each as one. */
export function planAlbums<Member extends AlbumMember>(
  members: readonly Member[],
  { target, outputFormat, by }: AlbumGoal,
): ReadonlyMap<Member, PlannedMember> {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = albumKey(member);
    const group = groups.get(key);
    if (group) group.push(member);
    else groups.set(key, [member]);
  }
  const planned = new Map<Member, PlannedMember>();
  for (const group of groups.values()) {
    const songs = group.toSorted((a, b) => inOrder.compare(a.path, b.path));
    const programmes = songs.map(({ measured }) => programmeOf(measured, outputFormat));
    const plan = planAlbum(programmes, target, by);
    const most = mostAlbumLoudness(programmes, target, by);
    songs.forEach((member, i) => {
      const neighbours = {
        before: edgesBeside(member, songs[i - 1])?.tail ?? null,
        after: edgesBeside(member, songs[i + 1])?.head ?? null,
      };
      planned.set(member, { share: { ...shareOf(plan, i, programmes[i]!), neighbours }, most });
    });
  }
  return planned;
}

/** Names begin with the tracks' numbers where they say anything of the order. */
const inOrder = new Intl.Collator("en", { numeric: true });

/** Slices of another rate last another time. */
const edgesBeside = ({ measured }: AlbumMember, other: AlbumMember | undefined) =>
  other?.measured.format.sampleRate === measured.format.sampleRate ? other.measured.edges : null;

function shareOf(
  plan: AlbumPlan,
  index: number,
  { integrated }: AlbumSong,
): Omit<AlbumShare, "neighbours"> {
  if (plan.kind === "skip") return { plan: { ...plan, expected: integrated }, lost: lu(0) };
  const { lost, limited, heldBack, expected, truePeak } = plan.songs[index]!;
  return {
    plan: {
      kind: limited > 0 ? "limit" : "gain",
      ...{ gain: plan.gain, expected, truePeak, limited, heldBack },
      heldBy: heldBack ? plan.heldBy : null,
    },
    lost,
  };
}
