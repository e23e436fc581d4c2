import type { Encoding } from "@/lib/ffmpeg/encoding";
import type { TagArgs } from "@/lib/ffmpeg/tag-args";
import {
  correctedGoal,
  isGoodEnough,
  isOverCeiling,
  PEAK_TOLERANCE,
  type Goal,
  type RenderGoal,
} from "@/lib/loudness/correction";
import type { Measurement, MeasurementDetail } from "@/lib/loudness/measurement";
import { dbtp, lufs, type Decibels, type Seconds } from "@/lib/loudness/units";
import type { Leveled } from "@/lib/song/outcome";
import type { Shortfall } from "@/lib/song/refusals";
import type { Scratch } from "@/lib/storage/scratch";
import { encode } from "./encoding";
import type { OpenSong } from "./opening";
import { planRendering, type Programme, type Rendering } from "./rendering";
import { SongTagging, type TaggedEncode } from "./song-tagging";
import { verify } from "./verifying";

interface EncodingTask {
  readonly programme: Programme;
  readonly encoding: Encoding;
  readonly goal: Goal;
  /** The plan knows already that the peaks keep the song under the target. */
  readonly heldBack: boolean;
  readonly mayLimit: boolean;
  readonly mostLimiting: Decibels;
  /** A song of an album: its loudness is not given up for its peaks, the album's gain minded them. */
  readonly keepsBalance: boolean;
  /** Measure what was encoded, and correct it while encodes are left. */
  readonly verify: boolean;
  readonly maxPasses: number;
  readonly writeLoudnessTags: boolean;
  readonly duration: Seconds;
}

interface Attempt {
  readonly rendering: Rendering;
  readonly tagged: TaggedEncode;
  readonly result: Measurement | null;
  readonly detail: MeasurementDetail | null;
}

/**
 * Renders and encodes until the encoded bytes measure as asked; delivers the best attempt. Its notes
 * are those on the tags.
 */
export async function encodeToGoal(
  song: OpenSong,
  task: EncodingTask,
): Promise<Omit<Leveled, "measured" | "seconds">> {
  const { run, probe } = song;
  const { encoding, goal, maxPasses } = task;
  // What the encoder is known to do is reckoned with; what it really did is corrected below.
  const { loudnessChange, overshoot } = encoding.response;
  let aim: RenderGoal = {
    loudness: lufs(goal.loudness - loudnessChange),
    ceiling: dbtp(
      task.keepsBalance
        ? Infinity
        : goal.ceiling - loudnessChange - (task.mayLimit ? overshoot : 0),
    ),
  };
  const tagging = new SongTagging(run.tools.source, probe, encoding);
  let best: Attempt | null = null;
  let passes = 0;
  do {
    passes++;
    const attempt = await encodeOnce(song, task, aim, tagging);
    const worse: Attempt | null = best !== null && !isBetter(attempt, best, goal) ? attempt : best;
    if (worse) run.discard(worse.tagged.encoded);
    if (worse !== attempt) best = attempt;
    if (attempt.result === null) break;
    const measured = outcomeOf(attempt.rendering, attempt.result);
    const inBalance = { ...goal, ceiling: dbtp(Infinity) };
    const reached = task.keepsBalance ? inBalance : goal;
    if (isGoodEnough(measured, reached)) break;
    aim = correctedGoal(measured, aim, reached);
  } while (passes < maxPasses);

  const { rendering, tagged, result, detail } = best!;
  const { integrated, truePeak } = result ?? rendering.expected;
  const told = task.writeLoudnessTags
    ? tagged.withLoudness({ track: { integrated, truePeak } })
    : null;
  const bytes = await (told ?? tagged.file).toBytes();
  if (tagged.encoded.name !== null) run.release(tagged.encoded);
  return {
    kind: "leveled",
    gain: rendering.gain,
    limited: rendering.limited,
    route: "encode",
    passes,
    result,
    resultDetail: detail,
    shortfall: shortfallOf(rendering, result, task),
    notes: tagged.notes,
    bytes,
    scratch: tagged.encoded.name,
    extension: encoding.extension,
  };
}

async function encodeOnce(
  song: OpenSong,
  task: EncodingTask,
  aim: RenderGoal,
  tagging: SongTagging,
): Promise<Attempt> {
  const { run } = song;
  const { programme, encoding } = task;
  const { kernel } = run.tools;
  const rendering = run.timed("rendering", () =>
    planRendering(kernel, programme, aim, task.mayLimit, task.mostLimiting),
  );
  await run.tools.yieldToEvents();
  const encodeWith = async (tags: TagArgs): Promise<Scratch> => {
    const encoded = await run.scratch(programme.pcm.size);
    run.timed("rendering", () => encode(song, { programme, rendering, encoding, tags }, encoded));
    return encoded;
  };
  const tagged = await tagging.encode(encodeWith, (encoded) => run.discard(encoded));
  const verified = task.verify
    ? verify(song, tagged.file.source, { ...encoding, duration: task.duration })
    : null;
  const [result, detail] = verified ? [verified.measurement, verified.detail] : [null, null];
  return { rendering, tagged, result, detail };
}

const outcomeOf = ({ expected, heldBack }: Rendering, encoded: Measurement) => ({
  rendered: expected,
  encoded,
  heldBack,
});

/** Under the ceiling first, then nearer to the goal. */
function isBetter(attempt: Attempt, other: Attempt, goal: Goal): boolean {
  if (!attempt.result || !other.result) return attempt.result !== null;
  const over = (result: Measurement) =>
    Math.max(0, result.truePeak - goal.ceiling - PEAK_TOLERANCE);
  const difference = over(attempt.result) - over(other.result);
  if (Math.abs(difference) > 0.01) return difference < 0;
  const distance = (result: Measurement) => Math.abs(result.integrated - goal.loudness);
  return distance(attempt.result) < distance(other.result);
}

function shortfallOf(
  rendering: Rendering,
  result: Measurement | null,
  { goal, heldBack }: EncodingTask,
): Shortfall | null {
  if (result === null) return heldBack || rendering.heldBack ? "held-back-by-peaks" : null;
  if (isOverCeiling(outcomeOf(rendering, result), goal)) return "ceiling-not-reached";
  const missing = goal.loudness - result.integrated;
  if (heldBack || (rendering.heldBack && missing > goal.accuracy)) return "held-back-by-peaks";
  return Math.abs(missing) > goal.accuracy ? "accuracy-not-reached" : null;
}
