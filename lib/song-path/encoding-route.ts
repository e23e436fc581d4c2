import { planEncoding } from "@/lib/ffmpeg/plan-encoding";
import { mp3Hints, noHints } from "@/lib/formats";
import { planGain, type GainPlan } from "@/lib/loudness/plan";
import { decibels } from "@/lib/loudness/units";
import type { SongNote } from "@/lib/song/notes";
import type { Leveled, Measured } from "@/lib/song/outcome";
import type { LevelTask } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";
import { decode, pcmFormat } from "./decoding";
import { encodeToGoal } from "./encoding-loop";
import { PATHS, type OpenSong } from "./opening";
import { SongRefusal } from "./refusals";
import type { Programme } from "./rendering";

interface DecodedSource {
  readonly pcm: Scratch;
  readonly plan: GainPlan;
  readonly measured: Measured;
}

/** Levels a song whose samples are there: they are changed and encoded again. */
export async function levelByEncoding(
  song: OpenSong,
  task: LevelTask,
  { pcm, plan: planned, measured }: DecodedSource,
): Promise<Leveled> {
  const { run, probe } = song;
  const { target, album } = task;
  const decoded: Programme = {
    pcm,
    format: pcmFormat(probe, task.dualMono),
    layout: probe.format.channelLayout,
    measurement: measured.measurement,
  };
  const { programme, plan } =
    planned.kind === "dynamic"
      ? await withLoudnorm(song, decoded, task, measured)
      : { programme: decoded, plan: planned };
  const hints = probe.format.codec === "mp3" ? mp3Hints(run.tools.source) : noHints;
  const encoding = planEncoding(probe, task.outputFormat, hints, run.extension);
  const leveled = await encodeToGoal(song, {
    programme,
    encoding,
    goal: { loudness: plan.expected, ceiling: target.ceiling, accuracy: target.accuracy },
    heldBack: "heldBack" in plan && plan.heldBack,
    // Limiting one song of an album would change what sets it apart from the others.
    mayLimit: album === null && target.whenPeaksTooHigh !== "quieter",
    mostLimiting: target.mostLimiting,
    keepsBalance: album !== null,
    verify: task.verify,
    writeLoudnessTags: task.writeLoudnessTags,
    maxPasses: task.maxPasses,
    duration: measured.duration,
  });
  const notes: SongNote[] = [...(encoding.savedAs ? [encoding.savedAs] : []), ...leveled.notes];
  return { ...leveled, measured, notes, seconds: run.seconds };
}

/** ffmpeg's loudnorm evens out the song itself; gain and limiter then bring it to the target. */
async function withLoudnorm(
  { run, ffmpeg, probe }: OpenSong,
  { format, layout, pcm }: Programme,
  { target }: LevelTask,
  { duration }: Measured,
): Promise<{ programme: Programme; plan: GainPlan }> {
  const evened = await run.scratch(pcm.size);
  const decoded = run.timed("rendering", () =>
    decode(ffmpeg, run.tools.kernel, {
      path: PATHS.audio,
      stream: probe.streamIndex,
      format,
      layout,
      keep: evened,
      end: Math.round(duration * format.sampleRate),
      filters: [`loudnorm=I=${target.loudness}:TP=${target.ceiling}:LRA=11`],
      onDecoded: (done) => run.report("rendering", done / duration / 2),
    }),
  );
  run.discard(pcm);
  if (!decoded) throw new SongRefusal("damaged", "loudnorm gave no audio");
  const { measurement } = decoded;
  const plan = planGain(measurement, { ...target, whenPeaksTooHigh: "limit" });
  const asItIs: GainPlan = {
    kind: "gain",
    gain: decibels(0),
    expected: measurement.integrated,
    heldBack: false,
  };
  return {
    programme: { pcm: evened, format, layout, measurement },
    // Evened out it is another song than the source, so it is delivered even without a gain.
    plan: plan.kind === "skip" ? asItIs : plan,
  };
}
