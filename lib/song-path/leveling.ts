import type { Probe } from "@/lib/ffmpeg/probe";
import { replaceRefusal } from "@/lib/song/replacing";
import type { LevelOutcome, Measured } from "@/lib/song/outcome";
import { encodedPlan, left, planSong, type SongPlan } from "@/lib/song/song-plan";
import type { LevelTask } from "@/lib/song/task";
import { levelByEncoding } from "./encoding-route";
import { levelLosslessly } from "./lossless-route";
import { measureSource } from "./measuring";
import { openSong } from "./opening";
import { BYTES_PER_SAMPLE } from "./pcm";
import { SongRefusal } from "./refusals";
import { runSong, type SongRun } from "./song-run";
import type { SongTools } from "./song-tools";
import { writeTagsOnly } from "./tagging/tags-only";

/**
 * Levels a song: probe → decode to f32 and measure → plan the gain → render, encode → decode the
 * encoded bytes and measure them → correct, while a pass is left.
 */
export async function levelSong(task: LevelTask, tools: SongTools): Promise<LevelOutcome> {
  const outcome = await runSong(task, tools, (run) => level(run, task));
  if (outcome.kind !== "refused" || outcome.reason !== "out-of-memory") return outcome;
  // A song may be longer than its header says, so once more as one of unknown length.
  return runSong(task, tools, (run) => {
    run.sizesAreKnown = false;
    return level(run, task);
  });
}

async function level(run: SongRun, task: LevelTask): Promise<LevelOutcome> {
  if (task.loudnessTags === "only") return writeTagsOnly(run, task);
  if (task.known) {
    const planned = planSong(task.known, task, albumPlanOf(task));
    if (planned.way === null) return skippedBy(run, planned, task.known);
  }
  const song = await openSong(run);
  const { probe } = song;
  // Encoded, a film is its sound alone.
  const losesFilm = task.replacesOriginal && probe.hasVideo;
  // Without encoding the samples are only measured, never needed again.
  const kept = mayEncode(task, probe) ? await run.scratch(pcmBytes(probe)) : null;
  const { measured, slices } =
    kept === null && task.known
      ? { measured: task.known, slices: null }
      : await measureSource(song, kept, task.known);
  let planned = planSong(measured, task, albumPlanOf(task));
  if (planned.way === null) return skippedBy(run, planned, measured);
  const refusal = task.replacesOriginal ? replaceRefusal(measured) : null;
  if (refusal) throw new SongRefusal(refusal, "");

  if (planned.way.route === "lossless" && "gain" in planned.plan) {
    const { plan, way } = planned;
    const changed = levelLosslessly(song, task, measured, { plan, way });
    if (changed) return changed;
    planned =
      task.reencoding === "never"
        ? left("no-lossless-way", measured)
        : encodedPlan(measured, task, albumPlanOf(task), "no-own-gain");
    if (planned.way === null) return skippedBy(run, planned, measured);
  }
  if (losesFilm) throw new SongRefusal("video-original", "");
  const { plan, way } = planned;
  if (kept && slices)
    return levelByEncoding(song, task, { pcm: kept, plan, way, measured, slices });
  const pcm = await run.scratch(pcmBytes(probe));
  const source = await measureSource(song, pcm, measured);
  return levelByEncoding(song, task, { pcm, plan, way, ...source });
}

const albumPlanOf = ({ album }: LevelTask) => album?.plan ?? null;

/** As far as it is known before it is measured. */
function mayEncode(task: LevelTask, { format }: Probe): boolean {
  return task.known
    ? planSong(task.known, task, albumPlanOf(task)).way?.route === "encode"
    : task.reencoding !== "never" || format.lossless;
}

const skippedBy = (
  run: SongRun,
  { plan, missedBy }: Extract<SongPlan, { way: null }>,
  measured: Measured,
) => run.skipped(plan.reason, measured, missedBy);

/** Estimated size of the decoded song; null where the container does not tell its length. */
function pcmBytes({ duration, format }: Probe): number | null {
  if (duration === null) return null;
  return Math.ceil(duration * format.sampleRate) * format.channels * BYTES_PER_SAMPLE;
}
