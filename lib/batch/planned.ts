import {
  type GainPlan,
  type Programme,
  type Target,
  mostLoudness,
  planGain,
} from "@/lib/loudness/plan";
import { inSteps } from "@/lib/loudness/stepped-plan";
import { decibels, lufs, lu, dbtp, type Decibels, type Lufs } from "@/lib/loudness/units";
import type { Settings } from "@/lib/settings/settings";
import { programmeOf } from "@/lib/song/programme";
import type { SongAlbum } from "@/lib/song/album";
import { isDelivered, type Song, type SongId } from "@/lib/song/song";
import type { Measured } from "@/lib/song/outcome";
import { planAlbums, planOfMember } from "./albums/planned-albums";
import type { SongTable } from "./song-table";

export const targetOf = (settings: Settings): Target => ({
  loudness: lufs(settings.targetLoudness),
  ceiling: dbtp(settings.truePeakCeiling),
  accuracy: lu(settings.accuracyThreshold),
  whenPeaksTooHigh: settings.whenPeaksTooHigh,
  mostLimiting: decibels(settings.mostLimiting),
  onlyTurnDown: settings.onlyTurnDown,
});

/** What albums are planned for. */
export const albumGoalOf = (settings: Settings) =>
  ({
    target: targetOf(settings),
    outputFormat: settings.outputFormat,
    by: settings.albumsBy,
  }) as const;

/** Every song whose measurement holds under these settings. */
export const measuredSongs = (table: SongTable, settings: Settings) =>
  table.ids.flatMap((id) => measuredAs(table, id, settings) ?? []);

/** Scores every measured song against the present settings. Nothing is decoded for it. */
export function rescore(table: SongTable, settings: Settings): void {
  const measured = measuredSongs(table, settings);
  if (settings.levelBy === "track") {
    for (const { id } of measured) planSong(table, id, settings);
    return;
  }
  const albums = planAlbums(measured, albumGoalOf(settings));
  for (const member of measured) {
    showPlan(table, member.id, settings, planOfMember(albums.get(member)!));
  }
}

/** The same of one song; by album a song has no plan of its own. */
export function planSong(table: SongTable, id: SongId, settings: Settings): void {
  const song = measuredAs(table, id, settings);
  if (!song || settings.levelBy === "album") return;
  const target = targetOf(settings);
  const step = stepOf(song.measured, settings);
  const programme = programmeOf(song.measured, step === null ? settings.outputFormat : null);
  const plan = planGain(programme, target);
  if (step === null) {
    showPlan(table, id, settings, { plan, most: mostOf(programme, target), album: null });
    return;
  }
  const whenPeaksTooHigh =
    target.whenPeaksTooHigh === "limit" ? "quieter" : target.whenPeaksTooHigh;
  const most = mostOf(programme, { ...target, whenPeaksTooHigh });
  const stepped = inSteps(plan, programme, target, step);
  showPlan(table, id, settings, { plan: stepped, most, album: null });
}

/** dB that its gain moves by where it is not encoded; null = it is. */
const stepOf = (
  { losslessStep }: Measured,
  { losslessWherePossible, outputFormat }: Settings,
): Decibels | null => (losslessWherePossible && outputFormat === "same" ? losslessStep : null);

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
  readonly plan: GainPlan;
  readonly most: Lufs | null;
  readonly album: SongAlbum | null;
}

export function showPlan(table: SongTable, id: SongId, settings: Settings, planned: Planned): void {
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
  return {
    plannedGain: none,
    planned: takesLoudnessTags ? { ...as, kind: "tags" } : null,
    album: album && { ...album, gain: none, planned: album.source, heldBack: false },
  };
}

function plannedOf(
  { plan, most }: Planned,
  { integrated, truePeak }: NonNullable<Song["source"]>,
  settings: Settings,
): Pick<Song, "plannedGain" | "planned"> {
  const none = decibels(0);
  // What an encoder does to a song, only measuring tells.
  const estimate = !settings.twoPassNormalization;
  switch (plan.kind) {
    case "skip": {
      const heldBy = plan.reason === "held-back-by-peaks" ? "peaks" : null;
      const as = { integrated, truePeak, limited: none, estimate: false };
      return { plannedGain: none, planned: { ...as, kind: "skip", heldBy, most } };
    }
    case "dynamic": {
      const as = { integrated: plan.expected, truePeak: dbtp(settings.truePeakCeiling) };
      return {
        plannedGain: decibels(plan.expected - integrated),
        planned: { ...as, kind: "dynamic", limited: none, heldBy: null, most, estimate: true },
      };
    }
    case "gain":
    case "limit": {
      const { gain, expected, heldBy } = plan;
      const kind = plan.heldBack ? "held-back" : plan.kind;
      const as = { integrated: expected, truePeak: plan.truePeak, limited: plan.limited };
      return { plannedGain: gain, planned: { ...as, kind, heldBy, most, estimate } };
    }
  }
}
