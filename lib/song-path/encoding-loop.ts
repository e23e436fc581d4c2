import type { Encoding } from "@/lib/ffmpeg/encoding";
import type { TagArgs } from "@/lib/ffmpeg/tag-args";
import {
  correctedGoal,
  isGoodEnough,
  isOverCeiling,
  overshootSpread,
  PEAK_TOLERANCE,
  type Goal,
  type RenderGoal,
} from "@/lib/loudness/correction";
import type { SliceStore } from "@/lib/kernel";
import type { RenderPlan } from "@/lib/loudness/gain-to-goal";
import type { Measurement, MeasurementDetail } from "@/lib/loudness/measurement";
import type { HeldBy } from "@/lib/loudness/plan";
import { dbtp, decibels, lufs, type Decibels, type Lu, type Seconds } from "@/lib/loudness/units";
import type { Leveled } from "@/lib/song/outcome";
import type { Shortfall } from "@/lib/song/refusals";
import type { LevelTask } from "@/lib/song/task";
import type { Scratch } from "@/lib/storage/scratch";
import { encode } from "./encoding";
import { sliceStore } from "./measuring";
import type { OpenSong } from "./opening";
import { Foresight, type Programme, type RenderedProgramme } from "./rendering";
import { SongTagging, type TaggedEncode } from "./song-tagging";
import { verify } from "./verifying";

/** Seconds around a peak within which an encoder spreads its noise: blocks last 20 to 50 ms. */
const AROUND = 0.025;
/** Some of the noise lies elsewhere in the next encode, so all peaks are kept a little lower too, dB. */
const allPeaks = decibels(0.15);
const allPeaksAtLast = decibels(0.4);
/** dB that a song which was still over the ceiling then is brought under it, as a whole. */
const SURE = 0.25;

interface EncodingTask {
  readonly programme: Programme;
  readonly encoding: Encoding;
  /** What the plan leads to. */
  readonly goal: Goal;
  /** The plan knows already what keeps the song under the target. */
  readonly heldBy: HeldBy | null;
  /** Null = peaks must not be touched. */
  readonly mostLimiting: Decibels | null;
  /** dB that the encoder may add to the peaks. */
  readonly margin: Decibels;
  /** The gain of the album that the song belongs to; corrected only if it must be. */
  readonly albumGain: Decibels | null;
  /** LU that the song may be away from the goal without a word. */
  readonly accuracy: Lu;
  /** Measure what was encoded, and correct it while encodes are left. */
  readonly verify: boolean;
  readonly maxPasses: number;
  readonly loudnessTags: LevelTask["loudnessTags"];
  readonly duration: Seconds;
}

interface Attempt {
  readonly rendering: RenderPlan;
  readonly tagged: TaggedEncode;
  readonly result: Measurement | null;
  readonly detail: MeasurementDetail | null;
  /** Of the decoded result. */
  readonly slices: SliceStore | null;
}

/**
 * Renders and encodes until the encoded bytes measure as asked; delivers the best attempt. Its notes
 * are those on the tags.
 */
export async function encodeToGoal(
  song: OpenSong,
  task: EncodingTask,
): Promise<Omit<Leveled, "measured" | "seconds" | "way">> {
  const { run, probe } = song;
  const { encoding, goal, maxPasses, albumGain, mostLimiting } = task;
  // What the encoder is known to do is reckoned with; what it really did is corrected below.
  const { loudnessChange } = encoding.response;
  let aim: RenderGoal = {
    loudness: lufs(goal.loudness - loudnessChange),
    ceiling: dbtp(goal.ceiling - loudnessChange - task.margin),
  };
  const foresight = new Foresight(run.tools.kernel, task.programme);
  let find = () =>
    albumGain === null
      ? foresight.toGoal(aim, mostLimiting)
      : foresight.withGain(
          decibels(albumGain - loudnessChange),
          mostLimiting === null ? null : aim.ceiling,
        );
  const tagging = new SongTagging(run.tools.source, probe, encoding);
  let best: Attempt | null = null;
  let turnedDown: RenderPlan | null = null;
  let passes = 0;
  for (;;) {
    passes++;
    const found = run.timed("rendering", find);
    const attempt = await encodeOnce(
      song,
      { ...task, programme: foresight.programme },
      found,
      tagging,
    );
    const worse: Attempt | null = best !== null && !isBetter(attempt, best, goal) ? attempt : best;
    if (worse) run.discard(worse.tagged.encoded);
    if (worse !== attempt) best = attempt;
    if (attempt.result === null) break;
    const measured = outcomeOf(attempt.rendering, attempt.result);
    if (isGoodEnough(measured, goal)) break;
    // One more is spent rather than a song delivered over the ceiling, and where an encoder's noise
    // is new each time, another.
    const isOver = isOverCeiling(outcomeOf(best!.rendering, best!.result!), goal);
    if (passes >= maxPasses && (!isOver || passes > maxPasses + 1)) break;
    const last = passes === maxPasses;
    const { rendering, slices, result } = attempt;
    if (passes > maxPasses) {
      const excess = result.truePeak - goal.ceiling;
      find = () => (turnedDown = foresight.turnedDown(rendering, decibels(excess + SURE)));
      continue;
    }
    const corrected = correctedGoal(measured, aim, goal, last);
    // Where all peaks can be kept lower, and the song as loud, that is the surest.
    const quieter = () => foresight.toGoal(corrected, mostLimiting).heldBack;
    if (mostLimiting !== null && slices && isOverCeiling(measured, goal) && quieter()) {
      foresight.turnDown(
        { slices, truePeak: result.truePeak },
        {
          above: dbtp(goal.ceiling - overshootSpread(measured, last)),
          around: AROUND,
          all: last ? allPeaksAtLast : allPeaks,
          limit: (rendering.ceiling ?? aim.ceiling) - rendering.gain,
          most: mostLimiting,
          // Rather quieter than over the ceiling.
          mostOfMoments: last ? decibels(Infinity) : mostLimiting,
        },
      );
      aim = { loudness: corrected.loudness, ceiling: aim.ceiling };
    } else aim = corrected;
    find = () => foresight.toGoal(aim, mostLimiting);
  }

  const { rendering, tagged, result, detail } = best!;
  const { integrated, truePeak } = result ?? rendering.expected;
  const shortfall = shortfallOf(rendering, result, task);
  const planned = task.heldBy ?? (mostLimiting === null ? "peaks" : "most-limiting");
  const by = rendering === turnedDown ? "encoder" : planned;
  const told =
    task.loudnessTags === "write" ? tagged.withLoudness({ track: { integrated, truePeak } }) : null;
  const bytes = await (told ?? tagged.file).toBytes();
  if (tagged.encoded.name !== null) run.release(tagged.encoded);
  return {
    kind: "leveled",
    // What the encoder scales the song by is part of what was done to it.
    gain: decibels(rendering.gain + loudnessChange),
    limited: rendering.expected.limited,
    route: "encode",
    passes,
    result,
    resultDetail: detail,
    shortfall,
    held: shortfall === "held-back-by-peaks" ? { by, at: integrated } : null,
    notes: tagged.notes,
    bytes,
    scratch: tagged.encoded.name,
    extension: encoding.extension,
  };
}

async function encodeOnce(
  song: OpenSong,
  task: Omit<EncodingTask, "programme"> & { readonly programme: RenderedProgramme },
  rendering: RenderPlan,
  tagging: SongTagging,
): Promise<Attempt> {
  const { run } = song;
  const { programme, encoding } = task;
  await run.tools.yieldToEvents();
  const encodeWith = async (tags: TagArgs): Promise<Scratch> => {
    const encoded = await run.scratch(programme.pcm.size);
    run.timed("rendering", () => encode(song, { programme, rendering, encoding, tags }, encoded));
    return encoded;
  };
  const tagged = await tagging.encode(encodeWith, (encoded) => run.discard(encoded));
  const slices = turnsDownMoments(task)
    ? await sliceStore(run, encoding.sampleRate, task.duration)
    : null;
  const verified = task.verify
    ? verify(
        song,
        tagged.file.source,
        { ...encoding, duration: task.duration },
        slices ?? undefined,
      )
    : null;
  const [result, detail] = verified ? [verified.measurement, verified.detail] : [null, null];
  return { rendering, tagged, result, detail, slices };
}

/** What is limited is turned down further where it must be. Songs of an album are kept alike at their joins. */
const turnsDownMoments = ({
  verify,
  mostLimiting,
  albumGain,
  encoding,
}: Pick<EncodingTask, "verify" | "mostLimiting" | "albumGain" | "encoding">): boolean =>
  verify && mostLimiting !== null && albumGain === null && encoding.response.toLimited > 0;

const outcomeOf = ({ expected, heldBack }: RenderPlan, encoded: Measurement) => ({
  rendered: expected,
  encoded,
  heldBack,
});

/** dB that peaks may differ by without one being the better. */
const SAME_PEAK = 0.01;

/** Under the ceiling first, then nearer to the goal. */
function isBetter(attempt: Attempt, other: Attempt, goal: Goal): boolean {
  if (!attempt.result || !other.result) return attempt.result !== null;
  const over = (result: Measurement) =>
    Math.max(0, result.truePeak - goal.ceiling - PEAK_TOLERANCE);
  const difference = over(attempt.result) - over(other.result);
  if (Math.abs(difference) > SAME_PEAK) return difference < 0;
  const distance = (result: Measurement) => Math.abs(result.integrated - goal.loudness);
  return distance(attempt.result) < distance(other.result);
}

function shortfallOf(
  rendering: RenderPlan,
  result: Measurement | null,
  { goal, heldBy, accuracy }: EncodingTask,
): Shortfall | null {
  if (result === null) return heldBy || rendering.heldBack ? "held-back-by-peaks" : null;
  if (result.truePeak > goal.ceiling + PEAK_TOLERANCE + SAME_PEAK) return "ceiling-not-reached";
  const missing = goal.loudness - result.integrated;
  if (heldBy || (rendering.heldBack && missing > accuracy)) return "held-back-by-peaks";
  return Math.abs(missing) > accuracy ? "accuracy-not-reached" : null;
}
