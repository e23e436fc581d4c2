import { type Target, planGain } from "@/lib/loudness/plan";
import { decibels, lufs, lu, dbtp } from "@/lib/loudness/units";
import type { Settings } from "@/lib/settings/settings";
import { albumsOf } from "./album";
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

/** Scores every measured song against the present settings. Nothing is decoded for it. */
export function rescore(table: SongTable, settings: Settings): void {
  const target = targetOf(settings);
  const measured = table.ids.flatMap((id) => {
    const { measured, file } = table.record(id);
    const root = file.folder?.name ?? "";
    // Measured the other way, a mono song has to be measured again.
    const fits = measured?.dualMono === settings.dualMono || measured?.is.format.channels !== 1;
    return measured && fits ? [{ id, path: file.path, root, measured: measured.is }] : [];
  });
  const albums = settings.levelBy === "album" ? albumsOf(measured) : null;
  for (const member of measured) {
    const { measurement } = member.measured;
    const programme = albums?.get(member);
    const plan = programme
      ? planGain(programme, { ...target, whenPeaksTooHigh: "quieter" })
      : planGain(measurement, target);
    table.update(member.id, plannedOf(plan, measurement.integrated));
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
