import type { Probe } from "@/lib/ffmpeg/probe";
import { planGain, type GainPlan } from "@/lib/loudness/plan";
import { replaceRefusal } from "@/lib/song/replacing";
import type { LevelOutcome, Measured } from "@/lib/song/outcome";
import { programmeOf } from "@/lib/song/programme";
import type { LevelTask } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";
import { levelByEncoding } from "./encoding-route";
import { supportsLosslessGain } from "./lossless-gain";
import { levelLosslessly } from "./lossless-route";
import { measureSource, type MeasuredSource } from "./measuring";
import { openSong, type OpenSong } from "./opening";
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
    const plan = planOf(task, task.known);
    if (plan.kind === "skip") return run.skipped(plan.reason, task.known);
  }
  const song = await openSong(run);
  const { probe } = song;
  if (task.replacesOriginal && probe.hasVideo) throw new SongRefusal("video-original", "");
  const lossless =
    task.losslessWherePossible && task.outputFormat === "same" && supportsLosslessGain(probe);
  // Without encoding the samples are only measured, never needed again.
  const kept = lossless ? null : await run.scratch(pcmBytes(probe));
  const { measured, slices } =
    lossless && task.known
      ? { measured: task.known, slices: null }
      : await measureAgain(song, task.known, kept);
  let plan = planOf(task, measured, lossless);
  if (plan.kind === "skip") return run.skipped(plan.reason, measured);
  const refusal = task.replacesOriginal ? replaceRefusal(measured) : null;
  if (refusal) throw new SongRefusal(refusal, "");

  if (lossless && plan.kind !== "dynamic") {
    const changed = levelLosslessly(song, task, measured, plan.gain);
    if (changed) return changed;
    plan = planOf(task, measured);
    if (plan.kind === "skip") return run.skipped(plan.reason, measured);
  }
  if (kept && slices) return levelByEncoding(song, task, { pcm: kept, plan, measured, slices });
  const pcm = await run.scratch(pcmBytes(probe));
  const source = await measureAgain(song, measured, pcm);
  return levelByEncoding(song, task, { pcm, plan, ...source });
}

/** What was found wrong when it was measured first holds: checksums are not reckoned twice. */
async function measureAgain(
  song: OpenSong,
  known: Measured | null,
  keep: Scratch | null,
): Promise<MeasuredSource> {
  if (!known) return measureSource(song, keep);
  const { measured, slices } = await measureSource({ ...song, checksum: null }, keep);
  return { measured: { ...measured, damage: known.damage }, slices };
}

function planOf(task: LevelTask, measured: Measured, lossless = false): GainPlan {
  const { album, target, outputFormat } = task;
  const programme = programmeOf(measured, lossless ? null : outputFormat);
  return album ? album.plan : planGain(programme, target);
}

/** Estimated size of the decoded song; null where the container does not tell its length. */
function pcmBytes({ duration, format }: Probe): number | null {
  if (duration === null) return null;
  return Math.ceil(duration * format.sampleRate) * format.channels * BYTES_PER_SAMPLE;
}
