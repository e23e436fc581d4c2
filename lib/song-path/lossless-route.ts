import { bytesSource } from "@/lib/formats";
import { withGain } from "@/lib/loudness/gained";
import type { Measurement } from "@/lib/loudness/measurement";
import { decibels, lufs, type Decibels } from "@/lib/loudness/units";
import type { Leveled, LevelOutcome, Measured } from "@/lib/song/outcome";
import type { SongPlan } from "@/lib/song/song-plan";
import type { LevelTask, SongTask } from "@/lib/song/task";
import { applyLosslessGain, undoLosslessGain } from "./lossless-gain";
import { measureSource } from "./measuring";
import { openSong, type OpenSong } from "./opening";
import { SongRefusal } from "./refusals";
import { runSong, type SongRun } from "./song-run";
import type { SongTools } from "./song-tools";
import { taggedAfterGain } from "./tagging/after-gain";
import { verify, verifyGain } from "./verifying";

/** A plan of a gain without encoding. */
type LosslessPlan = Pick<Exclude<SongPlan, { way: null }>, "way"> & {
  readonly plan: Extract<SongPlan["plan"], { kind: "gain" | "limit" }>;
};

/** Changes the gain in the coded audio. Null when the song cannot go this way after all. */
export function levelLosslessly(
  song: OpenSong,
  task: LevelTask,
  measured: Measured,
  { plan, way }: LosslessPlan,
): LevelOutcome | null {
  const { run, probe } = song;
  const { integrated, truePeak } = measured.measurement;
  const headroom = decibels(task.target.ceiling - truePeak);
  const changed = applyLosslessGain(run.tools.source, probe, { wanted: plan.gain, headroom });
  if (changed.kind === "refused") return null;
  if (changed.kind === "unchanged") return run.skipped("nearest-lossless-step", measured);
  const { gain } = changed;
  const bytes =
    task.loudnessTags === "write"
      ? taggedAfterGain(
          changed.bytes,
          probe.format.container,
          withGain(measured.measurement, measured.detail, gain),
        )
      : changed.bytes;
  const result = task.verify ? verifyGain(song, bytesSource(bytes), measured, gain) : null;
  const { heldBack, heldBy } = plan;
  const { missedBy } = way;
  return {
    ...losslesslyLeveled(run, { bytes, gain }, measured, result),
    way,
    extension: task.outputFormat === "same" ? run.extension : task.outputFormat,
    notes: missedBy === null ? [] : [{ missedBy }],
    shortfall: heldBack ? "held-back-by-peaks" : missedBy === null ? null : "lossless-step",
    held: heldBack ? { by: heldBy ?? "peaks", at: lufs(integrated + gain) } : null,
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
    return { ...losslesslyLeveled(run, undone, measured, measurement), notes: ["gain-undone"] };
  });

function losslesslyLeveled(
  run: SongRun,
  { bytes, gain }: { readonly bytes: Uint8Array; readonly gain: Decibels },
  measured: Measured,
  result: Measurement | null,
): Leveled {
  return {
    kind: "leveled",
    measured,
    gain,
    limited: decibels(0),
    route: "lossless",
    way: null,
    passes: 0,
    result,
    // The source's, moved by the gain.
    resultDetail: null,
    shortfall: null,
    held: null,
    notes: [],
    bytes: [bytes as Uint8Array<ArrayBuffer>],
    scratch: null,
    extension: run.extension,
    seconds: run.seconds,
  };
}
