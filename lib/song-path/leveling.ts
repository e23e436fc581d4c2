import type { Probe } from "@/lib/ffmpeg/probe";
import { planGain, type GainPlan } from "@/lib/loudness/plan";
import { lufs } from "@/lib/loudness/units";
import { replaceRefusal } from "@/lib/song/replacing";
import type { LevelOutcome, Measured } from "@/lib/song/outcome";
import type { LevelTask } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";
import { levelByEncoding } from "./encoding-route";
import { supportsLosslessGain } from "./lossless-gain";
import { levelLosslessly } from "./lossless-route";
import { measureSource } from "./measuring";
import { openSong, type OpenSong } from "./opening";
import { BYTES_PER_SAMPLE } from "./pcm";
import { SongRefusal } from "./refusals";
import { runSong, type SongRun } from "./song-run";
import type { SongTools } from "./song-tools";

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
  const measured = lossless && task.known ? task.known : measuredAgain(song, task, kept);
  const plan = planOf(task, measured);
  if (plan.kind === "skip") return run.skipped(plan.reason, measured);
  const refusal = task.replacesOriginal ? replaceRefusal(measured) : null;
  if (refusal) throw new SongRefusal(refusal, "");

  if (lossless && plan.kind !== "dynamic") {
    const changed = levelLosslessly(song, task, measured, plan.gain);
    if (changed) return changed;
  }
  const pcm = kept ?? (await run.scratch(pcmBytes(probe)));
  if (!kept) measureSource(song, pcm);
  return levelByEncoding(song, task, { pcm, plan, measured });
}

/** What was found wrong when it was measured first holds: checksums are not reckoned twice. */
function measuredAgain(song: OpenSong, { known }: LevelTask, keep: Scratch | null): Measured {
  if (!known) return measureSource(song, keep);
  const measured = measureSource({ ...song, checksum: null }, keep);
  return { ...measured, damage: known.damage };
}

function planOf(task: LevelTask, measured: Measured): GainPlan {
  if (!task.album) return planGain(measured.measurement, task.target);
  // One gain for the whole album. Its songs keep their differences, so nothing is limited.
  const plan = planGain(task.album, { ...task.target, whenPeaksTooHigh: "quieter" });
  if (plan.kind === "skip" || plan.kind === "dynamic") return plan;
  return { ...plan, expected: lufs(measured.measurement.integrated + plan.gain) };
}

/** Estimated size of the decoded song; null where the container does not tell its length. */
function pcmBytes({ duration, format }: Probe): number | null {
  if (duration === null) return null;
  return Math.ceil(duration * format.sampleRate) * format.channels * BYTES_PER_SAMPLE;
}
