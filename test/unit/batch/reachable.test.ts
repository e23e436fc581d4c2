import { describe, expect, it } from "vitest";
import { reachOf, widens } from "@/lib/batch/reachable";
import { rescore, targetOf } from "@/lib/batch/planned";
import { SongTable } from "@/lib/batch/song-table";
import { decibels } from "@/lib/loudness/units";
import { defaultSettings, type Settings } from "@/lib/settings/settings";
import type { Measured } from "@/lib/song/outcome";
import { measured, picked } from "./fixtures";

/** A table of measured songs, planned by the settings. */
function planned(songs: readonly Measured[], change: Partial<Settings> = {}) {
  const settings = { ...defaultSettings, ...change };
  const table = new SongTable(() => undefined);
  const ids = table.add(songs.map((_, i) => picked(`${i}.mp3`)));
  ids.forEach((id, i) => {
    const is = songs[i]!;
    table.record(id).measured = { is, size: 1, lastModified: 1, dualMono: false };
    table.update(id, { source: is.measurement, status: "measured" });
  });
  rescore(table, settings);
  return ids.map((id) => table.get(id));
}

describe("how far songs can be brought", () => {
  const [roomy, full] = [measured(-20, -10), measured(-20, -1)];

  it("tells where one of two songs of one loudness has no headroom, before anything is leveled", () => {
    const songs = planned([roomy, full], { whenPeaksTooHigh: "quieter" });
    const reach = reachOf(songs);
    expect(reach).toMatchObject({ reachable: -20, heldBack: 1, spread: { source: 0 } });
    expect(reach.spread!.planned).toBeCloseTo(6, 9);
    expect(widens(reach)).toBe(true);
    expect(songs.map((song) => song.planned!.heldBy)).toEqual([null, "peaks"]);
  });

  it("is a target at which no song is held back", () => {
    const settings = { whenPeaksTooHigh: "quieter" as const, mostLimiting: 3 };
    const songs = [measured(-23.46, -9.12), measured(-18, -3), measured(-30, -20)];
    const { reachable } = reachOf(planned(songs, settings));
    const reach = reachOf(planned(songs, { ...settings, targetLoudness: reachable! }));
    expect(reach).toMatchObject({ heldBack: 0, reachable });
    expect(widens(reach)).toBe(false);
    expect(targetOf({ ...defaultSettings, targetLoudness: reachable! }).loudness).toBe(reachable);
  });

  it("is known of songs whose gain moves in steps, without encoding", () => {
    const step = decibels(1.505);
    const [lowest, highest] = [decibels(-100), decibels(100)];
    const inSteps = { ...full, ownGain: { step, lowest, highest } };
    const lossless = { ...full, format: { ...full.format, lossless: true } };
    const settings = { reencoding: "never" as const, targetLoudness: -24.2 };
    const [stepped, encoded] = planned([inSteps, lossless], settings);
    expect(stepped!.planned!.integrated).toBeCloseTo(-20 - 3 * step, 9);
    expect(stepped!.plannedGain).toBeCloseTo(-3 * step, 9);
    expect(encoded!.planned!.integrated).toBeCloseTo(-24.2, 9);
    // Peaks are not limited in the coded audio.
    const [held] = planned([inSteps], { ...settings, targetLoudness: -14 });
    expect(held!.planned).toMatchObject({ integrated: -20, heldBy: "peaks", limited: 0 });
    // A song that must not be encoded and cannot go another way has no say.
    const songs = planned([inSteps, full], { ...settings, targetLoudness: -26 });
    expect(songs[1]!.planned).toMatchObject({ kind: "skip", reason: "no-lossless-way" });
    expect(reachOf(songs)).toMatchObject({ reachable: -20, heldBack: 0 });
  });

  it("is unknown for silence, and where songs are evened out", () => {
    expect(reachOf(planned([measured(-Infinity, -Infinity)]))).toMatchObject({ reachable: null });
    const evened = reachOf(planned([roomy, full], { whenPeaksTooHigh: "dynamic" }));
    expect(evened).toMatchObject({ reachable: null, heldBack: 0 });
  });
});
