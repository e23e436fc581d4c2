import { planEncoding } from "@/lib/ffmpeg/plan-encoding";
import { albumAccuracy, planAccuracy } from "@/lib/loudness/correction";
import { planGain, type GainPlan } from "@/lib/loudness/plan";
import { decibels, lufs } from "@/lib/loudness/units";
import type { SongNote } from "@/lib/song/notes";
import type { Leveled } from "@/lib/song/outcome";
import { programmeOf } from "@/lib/song/programme";
import type { SourceFormat } from "@/lib/song/source-format";
import type { LevelTask } from "@/lib/song/task";
import type { SongWay } from "@/lib/song/way";
import type { Scratch } from "@/lib/storage/scratch";
import { statedStretch } from "./audio-part";
import { decode, pcmFormat } from "./decoding";
import { encodeToGoal } from "./encoding-loop";
import { encoderHints, foreseenLimiting, sliceStore, type MeasuredSource } from "./measuring";
import { PATHS, type OpenSong } from "./opening";
import { SongRefusal } from "./refusals";
import type { Programme } from "./rendering";

interface DecodedSource extends MeasuredSource {
  readonly pcm: Scratch;
  readonly plan: Exclude<GainPlan, { kind: "skip" }>;
  readonly way: SongWay;
}

/** Levels a song whose samples are there: they are changed and encoded again. */
export async function levelByEncoding(
  song: OpenSong,
  task: LevelTask,
  source: DecodedSource,
): Promise<Leveled> {
  const { run, probe } = song;
  const { target, album } = task;
  const { measured } = source;
  const decoded: Programme = {
    pcm: source.pcm,
    format: pcmFormat(probe, task.dualMono),
    layout: probe.format.channelLayout,
    measured,
    slices: source.slices,
    neighbours: album?.neighbours ?? null,
  };
  const { programme, plan } =
    source.plan.kind === "dynamic"
      ? await withLoudnorm(song, decoded, task, source)
      : { programme: decoded, plan: source.plan };
  const encoding = planEncoding(probe, task, encoderHints(run, probe), run.extension);
  const { toLimited, toUntouched } = encoding.response;
  const { whenPeaksTooHigh } = target;
  // What loudnorm evened out is limited; the songs of an album are not evened out.
  const mayLimit = whenPeaksTooHigh === "limit" || (whenPeaksTooHigh === "dynamic" && !album);
  const limits = plan.kind === "limit" || (album !== null && mayLimit);
  const leveled = await encodeToGoal(song, {
    programme,
    encoding,
    goal: {
      loudness: plan.expected,
      ceiling: target.ceiling,
      accuracy: album === null ? planAccuracy : albumAccuracy,
    },
    heldBy: "heldBy" in plan ? plan.heldBy : null,
    mostLimiting: mayLimit ? target.mostLimiting : null,
    margin: limits ? toLimited : toUntouched,
    albumGain: album !== null && "gain" in plan ? plan.gain : null,
    accuracy: target.accuracy,
    verify: task.verify,
    loudnessTags: task.loudnessTags,
    maxPasses: task.maxPasses,
    duration: measured.duration,
  });
  const { savedAs, layout, depth } = encoding;
  const before = bitsOf(probe.format);
  const notes: SongNote[] = [
    ...(savedAs ? [savedAs] : []),
    ...(layout ? [{ channels: layout.by, from: layout.from, to: layout.to }] : []),
    ...(depth !== null && before !== null && depth !== before ? [{ bits: depth, before }] : []),
    ...leveled.notes,
  ];
  // What sets it apart from the other songs of its album is kept by the gain alone.
  const alone = plan.expected + (album?.lost ?? 0);
  const away = Math.abs(alone - (leveled.result?.integrated ?? plan.expected));
  const shortfall = leveled.shortfall ?? (album && away > albumAccuracy ? "out-of-balance" : null);
  return { ...leveled, measured, way: source.way, shortfall, notes, seconds: run.seconds };
}

/** Bits of the source's samples; those of DSD are no such samples. */
const bitsOf = ({ codec, bitDepth }: SourceFormat): number | null =>
  /^ds[dt]/.test(codec) ? null : bitDepth;

/** ffmpeg's loudnorm evens out the song itself; gain and limiter then bring it to the target. */
async function withLoudnorm(
  { run, ffmpeg, probe }: OpenSong,
  before: Programme,
  task: LevelTask,
  { measured }: MeasuredSource,
): Promise<{ programme: Programme; plan: GainPlan }> {
  const { target } = task;
  const { format, layout, pcm } = before;
  const { duration } = measured;
  const { kernel } = run.tools;
  const { start } = statedStretch(run.tools.source, probe);
  const evened = await run.scratch(pcm.size);
  const slices = await sliceStore(run, format.sampleRate, duration);
  const decoded = run.timed("rendering", () =>
    decode(ffmpeg, kernel, {
      path: PATHS.audio,
      stream: probe.streamIndex,
      format,
      layout,
      keep: evened,
      slices,
      stretch: { start, end: start + Math.round(duration * format.sampleRate) },
      filters: [`loudnorm=I=${target.loudness}:TP=${target.ceiling}:LRA=11`],
      onDecoded: (done) => run.report("rendering", done / duration / 2),
    }),
  );
  run.discard(pcm);
  if (!decoded) throw new SongRefusal("damaged", "loudnorm gave no audio");
  const { measurement, detail } = decoded;
  const limiting = foreseenLimiting(kernel, decoded, slices);
  const limited = { ...target, whenPeaksTooHigh: "limit" } as const;
  const evenedOut = { ...measured, measurement, detail, limiting };
  const plan = planGain(programmeOf(evenedOut, task), limited);
  const asItIs: GainPlan = {
    kind: "gain",
    gain: decibels(0),
    expected: lufs(measurement.integrated),
    truePeak: measurement.truePeak,
    limited: decibels(0),
    heldBack: false,
    heldBy: null,
  };
  return {
    programme: { ...before, pcm: evened, measured: evenedOut, slices, neighbours: null },
    // Evened out it is another song than the source, so it is delivered even without a gain.
    plan: plan.kind === "skip" ? asItIs : plan,
  };
}
