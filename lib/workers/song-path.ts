import { NO_HINTS, planEncoding } from "@/lib/ffmpeg/encoding";
import type { Encoding } from "@/lib/ffmpeg/encoding";
import type { Ffmpeg } from "@/lib/ffmpeg/instance";
import { readProbe } from "@/lib/ffmpeg/probe";
import type { Probe } from "@/lib/ffmpeg/probe";
import { mappedTags, NO_TAGS } from "@/lib/ffmpeg/tag-args";
import type { TagArgs } from "@/lib/ffmpeg/tag-args";
import { InvalidSampleError } from "@/lib/kernel";
import {
  correctedGoal,
  isGoodEnough,
  isOverCeiling,
  PEAK_TOLERANCE,
} from "@/lib/loudness/correction";
import type { Goal, RenderGoal } from "@/lib/loudness/correction";
import type { Measurement } from "@/lib/loudness/measurement";
import { planGain } from "@/lib/loudness/plan";
import type { GainPlan } from "@/lib/loudness/plan";
import { dbtp, decibels, lufs, seconds } from "@/lib/loudness/units";
import type { Decibels, Seconds } from "@/lib/loudness/units";
import { FileReadError } from "./blob-source";
import { encodedDelivery, transplantedDelivery, transplantKind } from "./delivery";
import type { Delivery } from "./delivery";
import { decode, open, PATHS, pcmFormat } from "./measuring";
import { mp3Hints } from "./mp3-hints";
import { BYTES_PER_SAMPLE, sourceFile } from "./pcm";
import type {
  Leveled,
  LevelOutcome,
  LevelTask,
  Measured,
  MeasureOutcome,
  Refused,
  Shortfall,
  SongPhase,
  SongTask,
} from "./protocol";
import { encode, planRendering } from "./rendering";
import type { Programme, Rendering } from "./rendering";
import { ScratchBudgetExceeded } from "./scratch";
import type { Scratch } from "./scratch";
import { SongRefusal } from "./song-tools";
import type { SongTools } from "./song-tools";
import { songTags } from "./song-tags";

/**
 * A song's way: probe → decode to f32 and measure → plan the gain → render, encode → decode the
 * encoded bytes and measure them → correct, while a pass is left. One ffmpeg instance per song.
 */
class SongPath {
  #probe: Probe | null = null;
  #measured: Measured | null = null;
  readonly #scratches: Scratch[] = [];
  readonly #spent = { measuring: 0, rendering: 0, verifying: 0 };
  readonly #started: number;

  constructor(
    private readonly task: SongTask,
    private readonly tools: SongTools,
  ) {
    this.#started = tools.now();
  }

  async measure(): Promise<MeasureOutcome> {
    return this.#border(async () => {
      const ffmpeg = await this.tools.createFfmpeg();
      const probe = this.#open(ffmpeg);
      const { measured } = this.#timed("measuring", () => this.#decodeSource(ffmpeg, probe, null));
      return { kind: "measured", measured, seconds: this.#seconds() };
    });
  }

  async level(task: LevelTask): Promise<LevelOutcome> {
    return this.#border(async () => {
      if (task.known) {
        const plan = this.#plan(task, task.known);
        if (plan.kind === "skip") return this.#skipped(plan.reason, task.known);
      }
      const ffmpeg = await this.tools.createFfmpeg();
      const probe = this.#open(ffmpeg);
      if (task.replacesOriginal && probe.hasVideo) throw new SongRefusal("video-original", "");
      const pcm = await this.#scratch(pcmBytes(probe));
      const { measured, complete } = this.#timed("measuring", () =>
        this.#decodeSource(ffmpeg, probe, pcm),
      );
      const plan = this.#plan(task, measured);
      if (plan.kind === "skip") return this.#skipped(plan.reason, measured);
      if (task.replacesOriginal && !complete) throw new SongRefusal("cut-short", "");

      const programme: Programme = {
        pcm,
        format: pcmFormat(probe, task.dualMono),
        layout: probe.format.channelLayout,
        measurement: measured.measurement,
      };
      const ready =
        plan.kind === "dynamic"
          ? await this.#dynamics(ffmpeg, programme, task)
          : { programme, plan };
      const extension = /[^.]*$/.exec(task.file.name.toLowerCase())![0];
      const encoding = planEncoding(probe, task.outputFormat, this.#hints(probe), extension);
      const leveled = await this.#encodeToGoal(ffmpeg, probe, task, ready, encoding);
      return { ...leveled, measured, note: noteOf(encoding, complete), seconds: this.#seconds() };
    });
  }

  #plan(task: LevelTask, measured: Measured): GainPlan {
    if (!task.album) return planGain(measured.measurement, task.target);
    // One gain for the whole album. Its songs keep their differences, so nothing is limited.
    const plan = planGain(task.album, { ...task.target, whenPeaksTooHigh: "quieter" });
    if (plan.kind === "skip" || plan.kind === "dynamic") return plan;
    return { ...plan, expected: lufs(measured.measurement.integrated + plan.gain) };
  }

  #open(ffmpeg: Ffmpeg): Probe {
    this.#probe = open(ffmpeg, this.tools.source);
    this.#report("measuring", 0);
    return this.#probe;
  }

  #decodeSource(
    ffmpeg: Ffmpeg,
    probe: Probe,
    keep: Scratch | null,
  ): { measured: Measured; complete: boolean } {
    const declared = probe.duration;
    const decoded = decode(ffmpeg, this.tools.kernel, {
      path: PATHS.source,
      format: pcmFormat(probe, this.task.dualMono),
      keep,
      onDecoded: (done) => this.#report("measuring", declared === null ? 0 : done / declared),
    });
    if (!decoded) throw new SongRefusal("damaged", "no audio decoded");
    const duration = seconds(decoded.frames / probe.format.sampleRate);
    const measured: Measured = {
      format: probe.format,
      duration,
      measurement: decoded.measurement,
      detail: decoded.detail,
      tags: songTags(this.tools.source, probe.format),
    };
    this.#measured = measured;
    return { measured, complete: isComplete(probe, duration) };
  }

  /** ffmpeg's loudnorm evens out the song itself; gain and limiter then bring it to the target. */
  async #dynamics(
    ffmpeg: Ffmpeg,
    { format, layout, pcm }: Programme,
    { target }: LevelTask,
  ): Promise<{ programme: Programme; plan: GainPlan }> {
    const evened = await this.#scratch(pcm.size);
    const { duration } = this.#measured!;
    const decoded = this.#timed("rendering", () =>
      decode(ffmpeg, this.tools.kernel, {
        path: PATHS.source,
        format,
        keep: evened,
        args: ["-af", `loudnorm=I=${target.loudness}:TP=${target.ceiling}:LRA=11`],
        onDecoded: (done) => this.#report("rendering", done / duration / 2),
      }),
    );
    pcm.dispose();
    if (!decoded) throw new SongRefusal("damaged", "loudnorm gave no audio");
    const { measurement } = decoded;
    const plan = planGain(measurement, { ...target, whenPeaksTooHigh: "limit" });
    return {
      programme: { pcm: evened, format, layout, measurement },
      // Evened out it is another song than the source, so it is delivered even at a gain of 0.
      plan:
        plan.kind === "skip"
          ? { kind: "gain", gain: decibels(0), expected: measurement.integrated, heldBack: false }
          : plan,
    };
  }

  async #encodeToGoal(
    ffmpeg: Ffmpeg,
    probe: Probe,
    task: LevelTask,
    { programme, plan }: { programme: Programme; plan: GainPlan },
    encoding: Encoding,
  ): Promise<Omit<Leveled, "measured" | "seconds" | "note">> {
    const { target } = task;
    const mayLimit =
      task.album === null && (plan.kind === "limit" || target.whenPeaksTooHigh !== "quieter");
    const goal: Goal = {
      loudness: plan.expected,
      ceiling: target.ceiling,
      accuracy: target.accuracy,
    };
    // What the encoder is known to do is counted on; what it really did is corrected below.
    const { shift, overshoot } = encoding.habit;
    let aim: RenderGoal = {
      loudness: lufs(goal.loudness - shift),
      ceiling: dbtp(goal.ceiling - shift - (mayLimit ? overshoot : 0)),
    };
    let best: Attempt | null = null;
    let pass = 0;
    do {
      pass++;
      const attempt = await this.#attempt(ffmpeg, probe, task, programme, aim, encoding, {
        mayLimit,
        mostLimiting: target.mostLimiting,
      });
      if (best === null || isBetter(attempt, best, goal)) {
        best?.encoded.dispose();
        best = attempt;
      } else {
        attempt.encoded.dispose();
      }
      if (attempt.result === null) break;
      const measured = attemptOf(attempt.rendering, attempt.result);
      if (isGoodEnough(measured, goal)) break;
      aim = correctedGoal(measured, aim, goal);
    } while (pass < task.maxPasses);

    const shortfall = shortfallOf(best, goal, plan);
    const bytes = await best.delivery.toBlob(encoding.mediaType);
    this.#scratches.splice(this.#scratches.indexOf(best.encoded), 1);
    return {
      kind: "leveled",
      gain: best.rendering.gain,
      limited: best.rendering.limited,
      route: "encode",
      passes: pass,
      result: best.result,
      shortfall,
      bytes,
      scratch: best.encoded.name,
      extension: encoding.extension,
    };
  }

  async #attempt(
    ffmpeg: Ffmpeg,
    probe: Probe,
    task: LevelTask,
    programme: Programme,
    aim: RenderGoal,
    encoding: Encoding,
    limiting: { mayLimit: boolean; mostLimiting: Decibels },
  ): Promise<Attempt> {
    const { kernel } = this.tools;
    const rendering = this.#timed("rendering", () =>
      planRendering(kernel, programme, aim, limiting.mayLimit, limiting.mostLimiting),
    );
    const encodeWith = async (tags: TagArgs): Promise<Scratch> => {
      const encoded = await this.#scratch(programme.pcm.size);
      this.#timed("rendering", () =>
        encode(ffmpeg, kernel, programme, rendering, encoding, encoded, tags, (fraction) =>
          this.#report("rendering", fraction),
        ),
      );
      return encoded;
    };
    const mapped = mappedTags(probe, encoding, PATHS.source);
    const kind = transplantKind(probe, encoding);
    let encoded = await encodeWith(kind ? NO_TAGS : mapped);
    let delivery = kind
      ? transplantedDelivery(this.tools.source, encoded, kind)
      : encodedDelivery(encoded);
    if (!delivery) {
      encoded.dispose();
      encoded = await encodeWith(mapped);
      delivery = encodedDelivery(encoded);
    }
    const final = delivery;
    const result = task.verify
      ? this.#timed("verifying", () => this.#verify(ffmpeg, final, encoding))
      : null;
    return { rendering, encoded, delivery: final, result };
  }

  /** Measures the very bytes that would be delivered, from the outside. */
  #verify(ffmpeg: Ffmpeg, delivery: Delivery, encoding: Encoding): Measurement {
    const path = `${PATHS.encoded}.${encoding.extension}`;
    ffmpeg.mount(path, sourceFile(delivery.source));
    const probe = readProbe(ffmpeg.probe(path));
    if (typeof probe === "string") throw new SongRefusal("encoder-refused", `verify: ${probe}`);
    const { duration } = this.#measured!;
    const decoded = decode(ffmpeg, this.tools.kernel, {
      path,
      format: pcmFormat(probe, this.task.dualMono),
      keep: null,
      onDecoded: (done) => this.#report("verifying", done / duration),
    });
    ffmpeg.unmount(path);
    if (!decoded || Math.abs(decoded.measurement.duration - duration) > LENGTH_TOLERANCE) {
      const got = decoded?.measurement.duration ?? 0;
      throw new SongRefusal("encoder-refused", `${got} s came back of ${duration} s`);
    }
    return decoded.measurement;
  }

  #hints(probe: Probe) {
    return probe.format.codec === "mp3" ? mp3Hints(this.tools.source) : NO_HINTS;
  }

  #skipped(reason: Extract<GainPlan, { kind: "skip" }>["reason"], measured: Measured) {
    return { kind: "skipped", reason, measured, seconds: this.#seconds() } as const;
  }

  async #scratch(bytes: number | null): Promise<Scratch> {
    const scratch = await this.tools.createScratch(bytes);
    this.#scratches.push(scratch);
    return scratch;
  }

  #report(phase: SongPhase, fraction: number): void {
    this.tools.onProgress(phase, Math.min(1, fraction), this.#probe?.duration ?? null);
  }

  #timed<T>(phase: SongPhase, work: () => T): T {
    const started = this.tools.now();
    try {
      return work();
    } finally {
      this.#spent[phase] += this.tools.now() - started;
    }
  }

  #seconds() {
    const { measuring, rendering, verifying } = this.#spent;
    const total = this.tools.now() - this.#started;
    return { measure: measuring, render: rendering, verify: verifying, total };
  }

  /** The border of the song: every expected failure becomes a refusal, crashes pass through. */
  async #border<T>(work: () => Promise<T>): Promise<T | Refused> {
    try {
      return await work();
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      return {
        kind: "refused",
        ...refusal,
        format: this.#probe?.format ?? null,
        measured: this.#measured,
      };
    } finally {
      for (const scratch of this.#scratches) scratch.dispose();
    }
  }
}

interface Attempt {
  readonly rendering: Rendering;
  readonly encoded: Scratch;
  readonly delivery: Delivery;
  readonly result: Measurement | null;
}

/** Seconds that an encoder may add or lose: padding of its last frame, resampling. */
const LENGTH_TOLERANCE = 0.25;

/** Estimated size of the decoded song; null where the container does not tell its length. */
function pcmBytes({ duration, format }: Probe): number | null {
  if (duration === null) return null;
  return Math.ceil(duration * format.sampleRate) * format.channels * BYTES_PER_SAMPLE;
}

/** Formats that state their exact length; elsewhere the declared length is an estimate. */
const EXACT_LENGTH = new Set(["flac", "wav", "aiff", "m4a", "wavpack", "tta", "w64", "caf"]);

function isComplete({ duration, format }: Probe, decoded: Seconds): boolean {
  if (duration === null || !EXACT_LENGTH.has(format.container)) return true;
  return duration - decoded < Math.max(0.5, duration * 0.01);
}

function noteOf(encoding: Encoding, complete: boolean): string | null {
  const notes = [
    encoding.note,
    complete ? null : "The file is shorter than it says; what can be read of it was leveled.",
  ];
  return notes.filter((note) => note !== null).join(" ") || null;
}

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

const attemptOf = ({ expected, heldBack }: Rendering, encoded: Measurement) => ({
  rendered: expected,
  encoded,
  heldBack,
});

function shortfallOf(best: Attempt, goal: Goal, plan: GainPlan): Shortfall | null {
  const planHeldBack = (plan.kind === "gain" || plan.kind === "limit") && plan.heldBack;
  if (best.result === null) {
    return planHeldBack || best.rendering.heldBack ? "held-back-by-peaks" : null;
  }
  const attempt = attemptOf(best.rendering, best.result);
  if (isOverCeiling(attempt, goal)) return "ceiling-not-reached";
  const missing = goal.loudness - best.result.integrated;
  if (planHeldBack || (best.rendering.heldBack && missing > goal.accuracy)) {
    return "held-back-by-peaks";
  }
  return Math.abs(missing) > goal.accuracy ? "accuracy-not-reached" : null;
}

/** Expected failures by where they come from; null for what must reach the scheduler as a crash. */
function refusalOf(error: unknown): Pick<Refused, "reason" | "detail"> | null {
  if (error instanceof SongRefusal) return { reason: error.reason, detail: error.detail };
  if (error instanceof InvalidSampleError) {
    return { reason: "invalid-samples", detail: error.message };
  }
  if (error instanceof FileReadError) return { reason: readReason(error), detail: error.message };
  if (error instanceof ScratchBudgetExceeded) {
    return { reason: "out-of-memory", detail: error.message };
  }
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    return { reason: "disk-full", detail: error.message };
  }
  // V8's words when a buffer cannot be had; an instance that ran into it is a crash instead.
  if (error instanceof RangeError && /allocation failed/i.test(error.message)) {
    return { reason: "out-of-memory", detail: error.message };
  }
  return null;
}

function readReason({ domName }: FileReadError): Refused["reason"] {
  switch (domName) {
    case "NotFoundError":
      return "file-gone";
    case "NotReadableError":
      return "file-changed";
    default:
      return "file-unreadable";
  }
}

export const measureSong = (task: SongTask, tools: SongTools): Promise<MeasureOutcome> =>
  new SongPath(task, tools).measure();

export const levelSong = (task: LevelTask, tools: SongTools): Promise<LevelOutcome> =>
  new SongPath(task, tools).level(task);
