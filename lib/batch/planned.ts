import { type Target, planGain } from "@/lib/loudness/plan";
import { decibels, lufs, lu, dbtp } from "@/lib/loudness/units";
import type { Settings } from "@/lib/settings/settings";
import { planAlbums } from "./albums/planned-albums";
import type { Song } from "@/lib/song/song";
import type { SongTable } from "./song-table";

export const targetOf = (settings: Settings): Target => ({
  loudness: lufs(settings.targetLoudness),
  ceiling: dbtp(settings.truePeakCeiling),
  accuracy: lu(settings.accuracyThreshold),
  whenPeaksTooHigh: settings.whenPeaksTooHigh,
  mostLimiting: decibels(settings.mostLimiting),
  onlyTurnDown: settings.onlyTurnDown,
});

/** Every song whose measurement holds under these settings. */
export function measuredSongs(table: SongTable, { dualMono }: Pick<Settings, "dualMono">) {
  return table.ids.flatMap((id) => {
    const { measured, file } = table.record(id);
    const root = file.folder?.name ?? "";
    // Measured the other way, a mono song has to be measured again.
    const fits = measured?.dualMono === dualMono || measured?.is.format.channels !== 1;
    return measured && fits ? [{ id, path: file.path, root, measured: measured.is }] : [];
  });
}

/** Scores every measured song against the present settings. Nothing is decoded for it. */
export function rescore(table: SongTable, settings: Settings): void {
  const target = targetOf(settings);
  const measured = measuredSongs(table, settings);
  const byAlbum = settings.levelBy === "album";
  const albums = byAlbum ? planAlbums(measured, { target, by: settings.albumsBy }) : null;
  for (const member of measured) {
    const { measurement } = member.measured;
    const planned = albums?.get(member) ?? null;
    const plan = planned?.share.plan ?? planGain(measurement, target);
    const { status } = table.get(member.id);
    const isDelivered = status === "leveled" || status === "skipped";
    table.update(member.id, {
      ...plannedOf(plan, measurement.integrated),
      // A delivered song keeps the album that it was leveled with.
      ...(!isDelivered && { album: planned?.album ?? null }),
    });
  }
}

function plannedOf(
  plan: ReturnType<typeof planGain>,
  integrated: number,
): Pick<Song, "plannedGain" | "planned"> {
  switch (plan.kind) {
    case "skip":
      return { plannedGain: decibels(0), planned: { integrated, kind: "skip" } };
    case "dynamic":
      return {
        plannedGain: decibels(plan.expected - integrated),
        planned: { integrated: plan.expected, kind: "limit" },
      };
    case "gain":
    case "limit": {
      const kind = plan.heldBack ? "held-back" : plan.kind;
      return { plannedGain: plan.gain, planned: { integrated: integrated + plan.gain, kind } };
    }
  }
}
