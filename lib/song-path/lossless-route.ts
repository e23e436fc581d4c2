import { bytesSource } from "@/lib/formats";
import { withGain } from "@/lib/loudness/gained";
import type { Measurement } from "@/lib/loudness/measurement";
import { decibels, lufs, type Decibels } from "@/lib/loudness/units";
import type { SongNote } from "@/lib/song/notes";
import type { Leveled, LevelOutcome, Measured } from "@/lib/song/outcome";
import type { LevelTask, SongTask } from "@/lib/song/task";
import { applyLosslessGain, undoLosslessGain } from "./lossless-gain";
import { measureSource } from "./measuring";
import { openSong, type OpenSong } from "./opening";
import { SongRefusal } from "./refusals";
import { runSong, type SongRun } from "./song-run";
import type { SongTools } from "./song-tools";
import { taggedAfterGain } from "./tagging/after-gain";
import { verify, verifyGain } from "./verifying";

/** Changes the gain in the coded audio. Null when the song cannot go this way; it is encoded then. */
export function levelLosslessly(
  song: OpenSong,
  { target, verify, loudnessTags }: LevelTask,
  measured: Measured,
  wanted: Decibels,
): LevelOutcome | null {
  const { run, probe } = song;
  const headroom = decibels(target.ceiling - measured.measurement.truePeak);
  const changed = applyLosslessGain(run.tools.source, probe, { wanted, headroom });
  if (changed.kind === "refused") return null;
  const heldBack = wanted - headroom > target.accuracy;
  if (changed.kind === "unchanged") {
    return run.skipped(heldBack ? "held-back-by-peaks" : "nearest-lossless-step", measured);
  }
  const { gain } = changed;
  const { measurement, detail } = measured;
  const { integrated } = measurement;
  const bytes =
    loudnessTags === "write"
      ? taggedAfterGain(changed.bytes, probe.format.container, withGain(measurement, detail, gain))
      : changed.bytes;
  const result = verify ? verifyGain(song, bytesSource(bytes), measured, gain) : null;
  const missing = Math.abs(wanted - gain) > target.accuracy;
  return {
    ...losslesslyLeveled(run, { bytes, gain }, measured, result, "not-reencoded"),
    shortfall: missing ? (heldBack ? "held-back-by-peaks" : "lossless-step") : null,
    held: missing && heldBack ? { by: "peaks", at: lufs(integrated + gain) } : null,
  };
}

/** Takes back a lossless gain of ours, or of mp3gain. */
export const undoSong = (task: SongTask, tools: SongTools): Promise<LevelOutcome> =>
  runSong(task, tools, async (run) => {
    const song = await openSong(run);
    const { measured } = await measureSource(song, null);
    const undone = undoLosslessGain(run.tools.source, song.probe);
    if (undone.kind === "refused") throw new SongRefusal("not-undoable", undone.reason);
    if (undone.kind === "unchanged") return run.skipped("nothing-to-undo", measured);
    const { extension } = run;
    const { duration } = measured;
    const { measurement } = verify(song, bytesSource(undone.bytes), { extension, duration });
    return losslesslyLeveled(run, undone, measured, measurement, "gain-undone");
  });

function losslesslyLeveled(
  run: SongRun,
  { bytes, gain }: { readonly bytes: Uint8Array; readonly gain: Decibels },
  measured: Measured,
  result: Measurement | null,
  note: SongNote,
): Leveled {
  return {
    kind: "leveled",
    measured,
    gain,
    limited: decibels(0),
    route: "lossless",
    passes: 0,
    result,
    // The source's, moved by the gain.
    resultDetail: null,
    shortfall: null,
    held: null,
    notes: [note],
    bytes: [bytes as Uint8Array<ArrayBuffer>],
    scratch: null,
    extension: run.extension,
    seconds: run.seconds,
  };
}
