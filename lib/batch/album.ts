import { albumLoudness } from "@/lib/loudness/gating";
import type { Measurement } from "@/lib/loudness/measurement";
import { dbtp } from "@/lib/loudness/units";
import type { Measured } from "@/lib/song/outcome";

interface AlbumMember {
  readonly path: string;
  /** Tells folders of the same path in two picked folders apart. */
  readonly root: string;
  readonly measured: Measured;
}

/** Songs with the same album and disc in their tags belong together, else those of one folder. */
export function albumKey({ path, root, measured: { tags } }: AlbumMember): string {
  if (tags.album) return ["tag", tags.albumArtist ?? "", tags.album, tags.disc ?? ""].join("\n");
  return ["folder", root, path.slice(0, path.lastIndexOf("/") + 1)].join("\n");
}

/** An album as one programme: gated over the union of all blocks, with the highest of all peaks. */
function albumProgramme(
  members: readonly AlbumMember[],
): Pick<Measurement, "integrated" | "truePeak"> {
  return {
    integrated: albumLoudness(members.map(({ measured }) => measured.detail.gatingBlocks)),
    truePeak: dbtp(Math.max(...members.map(({ measured }) => measured.measurement.truePeak))),
  };
}

/** Each member's album programme. */
export function albumsOf<Member extends AlbumMember>(
  members: readonly Member[],
): ReadonlyMap<Member, Pick<Measurement, "integrated" | "truePeak">> {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = albumKey(member);
    const group = groups.get(key);
    if (group) group.push(member);
    else groups.set(key, [member]);
  }
  const programmes = new Map<Member, Pick<Measurement, "integrated" | "truePeak">>();
  for (const group of groups.values()) {
    const programme = albumProgramme(group);
    for (const member of group) programmes.set(member, programme);
  }
  return programmes;
}
