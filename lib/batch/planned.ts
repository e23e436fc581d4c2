import { type Programme, type Target, mostLoudness } from "@/lib/loudness/plan";
import { isExact } from "@/lib/loudness/stepped-plan";
import { decibels, lufs, lu, dbtp, type Lufs } from "@/lib/loudness/units";
import type { Settings } from "@/lib/settings/settings";
import { programmeOf } from "@/lib/song/programme";
import type { SongAlbum } from "@/lib/song/album";
import { ownSettings } from "@/lib/song/choice";
import { isDelivered, type Song, type SongId } from "@/lib/song/song";
import type { Measured } from "@/lib/song/outcome";
import { usableGain, planSong, type Asked, type SongPlan } from "@/lib/song/song-plan";
import { planAlbums, type PlannedMember } from "./albums/planned-albums";
import type { SongTable } from "./song-table";

export const targetOf = (settings: Settings): Target => ({
  loudness: lufs(settings.targetLoudness),
  ceiling: dbtp(settings.truePeakCeiling),
  accuracy: lu(settings.accuracyThreshold),
  whenPeaksTooHigh: settings.whenPeaksTooHigh,
  mostLimiting: decibels(settings.mostLimiting),
  onlyTurnDown: settings.onlyTurnDown,
});

const askedOf = (settings: Settings): Asked => ({
  target: targetOf(settings),
  outputFormat: settings.outputFormat,
  whenEncodedAgain: settings.whenEncodedAgain,
  reencoding: settings.reencoding,
});

/** What albums are planned for. */
export const albumGoalOf = (settings: Settings) =>
  ({ ...askedOf(settings), by: settings.albumsBy }) as const;

/** Every song whose measurement holds under these settings, but for those that are left out. */
export const measuredSongs = (table: SongTable, settings: Settings) =>
  table.ids.flatMap((id) => {
    const { excluded, nudge } = table.get(id).choice;
    const song = excluded ? null : measuredAs(table, id, settings);
    return song ? { ...song, nudge } : [];
  });

/** Scores every measured song against the present settings. Nothing is decoded for it. */
export function rescore(table: SongTable, settings: Settings): void {
  const measured = measuredSongs(table, settings);
  for (const id of table.ids) {
    const { choice, status, planned } = table.get(id);
    if (choice.excluded && planned !== null && !isDelivered(status)) {
      table.update(id, { planned: null, plannedGain: null, album: null });
    }
  }
  if (settings.levelBy === "track") {
    for (const { id } of measured) planRow(table, id, settings);
    return;
  }
  const albums = planAlbums(measured, albumGoalOf(settings));
  for (const member of measured) {
    showMember(table, member, settings, albums.get(member)!);
  }
}

/** What a row shows of its part in an album. */
export function showMember(
  table: SongTable,
  { id, measured }: { readonly id: SongId; readonly measured: Measured },
  settings: Settings,
  { album, share, most }: PlannedMember,
): void {
  const planned = planSong(measured, askedOf(settings), share.plan);
  showPlan(table, id, settings, { ...{ planned, most, album } });
}

/** The plan of one song; by album a song has none of its own. */
export function planRow(table: SongTable, id: SongId, settings: Settings): void {
  const song = measuredAs(table, id, settings);
  if (!song || settings.levelBy === "album") return;
  const asked = askedOf(ownSettings(settings, table.get(id).choice));
  const planned = planSong(song.measured, asked, null);
  showPlan(table, id, settings, { planned, most: mostOfSong(song.measured, asked), album: null });
}

/** The loudness that a song can be brought to at most, either way; null where that says nothing. */
function mostOfSong(measured: Measured, asked: Asked): Lufs | null {
  const { target, reencoding } = asked;
  const never = reencoding === "never" && !measured.format.lossless;
  const encoded = never ? -Infinity : mostOf(programmeOf(measured, asked), target);
  const own = usableGain(measured, asked);
  if (encoded === null || (own === null && never)) return null;
  if (own === null || !(never || isExact(own))) return lufs(encoded);
  const quieter = { ...target, whenPeaksTooHigh: "quieter" } as const;
  const untouched = mostOf(programmeOf(measured, null), quieter);
  return untouched && lufs(Math.max(encoded, untouched));
}

function measuredAs(table: SongTable, id: SongId, { dualMono }: Settings) {
  const { measured, file } = table.record(id);
  const root = file.folder?.name ?? "";
  // Measured the other way, a mono song has to be measured again.
  const fits = measured?.dualMono === dualMono || measured?.is.format.channels !== 1;
  return measured && fits ? { id, path: file.path, root, measured: measured.is } : null;
}

/** Null where there is none that says anything. */
function mostOf(programme: Programme, target: Target): Lufs | null {
  const none = target.whenPeaksTooHigh === "dynamic" || !Number.isFinite(programme.integrated);
  return none ? null : mostLoudness(programme, target);
}

interface Planned {
  readonly planned: SongPlan;
  readonly most: Lufs | null;
  readonly album: SongAlbum | null;
}

function showPlan(table: SongTable, id: SongId, settings: Settings, planned: Planned): void {
  const { status, source, planned: before } = table.get(id);
  // What was delivered was delivered by the plan that it has.
  if (isDelivered(status) && before !== null) return;
  if (!source) return;
  if (settings.loudnessTags !== "only") {
    table.update(id, { ...plannedOf(planned, source, settings), album: planned.album });
    return;
  }
  const { measured } = table.record(id);
  table.update(id, tagsPlanned(planned.album, source, measured?.is.takesLoudnessTags ?? true));
}

/** The sound stays as it is; of a kind that takes no tags nothing will come. */
function tagsPlanned(
  album: SongAlbum | null,
  { integrated, truePeak }: NonNullable<Song["source"]>,
  takesLoudnessTags: boolean,
): Pick<Song, "plannedGain" | "planned" | "album"> {
  const none = decibels(0);
  const as = { integrated, truePeak, limited: none, heldBy: null, most: null, estimate: false };
  const planned = { ...as, kind: "tags", reason: null, way: null } as const;
  return {
    plannedGain: none,
    planned: takesLoudnessTags ? planned : null,
    album: album && { ...album, gain: none, planned: album.source, heldBack: false },
  };
}

function plannedOf(
  { planned, most }: Planned,
  { integrated, truePeak }: NonNullable<Song["source"]>,
  settings: Settings,
): Pick<Song, "plannedGain" | "planned"> {
  const { plan, way } = planned;
  const none = decibels(0);
  // What an encoder does to a song, only measuring tells.
  const estimate = !settings.twoPassNormalization && way?.route !== "lossless";
  switch (plan.kind) {
    case "skip": {
      const heldBy = plan.reason === "held-back-by-peaks" ? "peaks" : null;
      const as = { integrated, truePeak, limited: none, estimate: false };
      const { reason } = plan;
      return { plannedGain: none, planned: { ...as, kind: "skip", reason, heldBy, most, way } };
    }
    case "dynamic": {
      const as = { integrated: plan.expected, truePeak: dbtp(settings.truePeakCeiling) };
      return {
        plannedGain: decibels(plan.expected - integrated),
        planned: {
          ...as,
          ...{ kind: "dynamic", reason: null, limited: none, heldBy: null, most, way },
          estimate: true,
        },
      };
    }
    case "gain":
    case "limit": {
      const { gain, expected, heldBy } = plan;
      const kind = plan.heldBack ? "held-back" : plan.kind;
      const as = { integrated: expected, truePeak: plan.truePeak, limited: plan.limited };
      return {
        plannedGain: gain,
        planned: { ...as, kind, reason: null, heldBy, most, way, estimate },
      };
    }
  }
}
