import { noHints, planEncoding, type Encoding } from "@/lib/ffmpeg/encoding";
import type { Ffmpeg } from "@/lib/ffmpeg/instance";
import type { Probe } from "@/lib/ffmpeg/probe";
import { InvalidSampleError } from "@/lib/kernel";
import type { Goal } from "@/lib/loudness/correction";
import type { Measurement } from "@/lib/loudness/measurement";
import { planGain, type GainPlan } from "@/lib/loudness/plan";
import { decibels, lufs, seconds, type Decibels, type Seconds } from "@/lib/loudness/units";
import { bytesSource } from "@/lib/formats";
import { statedEnd } from "./audio-part";
import { FileReadError } from "@/lib/storage/file-read-error";
import { encodeToGoal } from "./encoding-loop";
import { hear } from "./hearing";
import { changeLossless, isLosslessKind, undoLossless } from "./lossless";
import { decode, open, PATHS, pcmFormat } from "./measuring";
import { mp3Hints } from "@/lib/formats/mpeg/hints";
import { BYTES_PER_SAMPLE } from "./pcm";
import type {
  Leveled,
  LevelOutcome,
  ListenOutcome,
  Measured,
  MeasureOutcome,
  Refused,
} from "@/lib/song/outcome";
import type { LevelTask, ListenTask, SongTask } from "@/lib/song/task";
import type { SkipReason } from "@/lib/song/refusals";
import type { Programme } from "./rendering";
import { ScratchBudgetExceeded, type Scratch } from "@/lib/storage/scratch";
import { songTags } from "./song-tags";
import { SongRefusal, type SongTools } from "./song-tools";
import { SongRun } from "./song-run";
import { verify, verifyGain } from "./verifying";

/**
 * A song's way: probe → decode to f32 and measure → plan the gain → render, encode → decode the
 * encoded bytes and measure them → correct, while a pass is left. One ffmpeg instance per song.
 */
class SongPath {
  readonly #task: SongTask;
  readonly #tools: SongTools;
  readonly #run: SongRun;
  #measured: Measured | null = null;

  constructor(task: SongTask, tools: SongTools) {
    this.#task = task;
    this.#tools = tools;
    this.#run = new SongRun(tools);
  }

  async measure(): Promise<MeasureOutcome> {
    return this.#border(async () => {
      const ffmpeg = await this.#tools.createFfmpeg();
      const { measured } = this.#decodeSource(ffmpeg, this.#open(ffmpeg), null);
      return { kind: "measured", measured, seconds: this.#run.seconds };
    });
  }

  async level(task: LevelTask): Promise<LevelOutcome> {
    return this.#border(async () => {
      if (task.known) {
        const plan = planOf(task, task.known);
        if (plan.kind === "skip") return this.#skipped(plan.reason, task.known);
      }
      const ffmpeg = await this.#tools.createFfmpeg();
      const probe = this.#open(ffmpeg);
      if (task.replacesOriginal && probe.hasVideo) throw new SongRefusal("video-original", "");
      // Without re-encoding the samples are only measured, never needed again.
      const lossless =
        task.losslessWherePossible && task.outputFormat === "same" && isLosslessKind(probe);
      const kept = lossless ? null : await this.#run.scratch(pcmBytes(probe));
      const { measured, complete } =
        lossless && task.known
          ? { measured: task.known, complete: isComplete(probe, task.known.duration) }
          : this.#decodeSource(ffmpeg, probe, kept);
      const plan = planOf(task, measured);
      if (plan.kind === "skip") return this.#skipped(plan.reason, measured);
      if (task.replacesOriginal && !complete) throw new SongRefusal("cut-short", "");

      if (lossless && plan.kind !== "dynamic") {
        const changed = this.#levelLossless(ffmpeg, probe, task, measured, plan.gain);
        if (changed) return changed;
      }
      const pcm = kept ?? (await this.#run.scratch(pcmBytes(probe)));
      if (!kept) this.#decodeSource(ffmpeg, probe, pcm);
      return this.#levelByEncoding(ffmpeg, probe, task, { pcm, plan, measured, complete });
    });
  }

  #open(ffmpeg: Ffmpeg): Probe {
    const probe = open(ffmpeg, this.#tools.source);
    this.#run.probe = probe;
    this.#run.report("measuring", 0);
    return probe;
  }

  #decodeSource(
    ffmpeg: Ffmpeg,
    probe: Probe,
    keep: Scratch | null,
  ): { measured: Measured; complete: boolean } {
    const declared = probe.duration;
    const decoded = this.#run.timed("measuring", () =>
      decode(ffmpeg, this.#tools.kernel, {
        path: PATHS.audio,
        format: pcmFormat(probe, this.#task.dualMono),
        layout: probe.format.channelLayout,
        keep,
        end: statedEnd(this.#tools.source, probe),
        onDecoded: (done) => this.#run.report("measuring", declared === null ? 0 : done / declared),
      }),
    );
    if (!decoded) throw new SongRefusal("damaged", "no audio decoded");
    // Bits of damaged float files; their squares may even leave the range of numbers.
    const { truePeak } = decoded.measurement;
    if (!(truePeak <= LOUDEST)) throw new SongRefusal("invalid-samples", `${truePeak} dBTP`);
    const duration = seconds(decoded.frames / probe.format.sampleRate);
    this.#measured = {
      format: probe.format,
      duration,
      measurement: decoded.measurement,
      detail: decoded.detail,
      tags: songTags(this.#tools.source, probe.format),
    };
    return { measured: this.#measured, complete: isComplete(probe, duration) };
  }

  /** Null when the song cannot go this way; it is encoded then. */
  #levelLossless(
    ffmpeg: Ffmpeg,
    probe: Probe,
    task: LevelTask,
    measured: Measured,
    wanted: Decibels,
  ): LevelOutcome | null {
    const { measurement, duration } = measured;
    const headroom = decibels(task.target.ceiling - measurement.truePeak);
    const changed = changeLossless(this.#tools.source, probe, { wanted, headroom });
    if (changed.kind === "refused") return null;
    const heldBack = wanted - headroom > task.target.accuracy;
    if (changed.kind === "unchanged") {
      return this.#skipped(heldBack ? "held-back-by-peaks" : "nearest-lossless-step", measured);
    }
    const checked = { extension: extensionOf(task), duration, dualMono: task.dualMono };
    const result = task.verify
      ? verifyGain(this.#run, ffmpeg, bytesSource(changed.bytes), checked, measured, changed.gain)
      : null;
    const missing = Math.abs(wanted - changed.gain) > task.target.accuracy;
    const note = "Lossless: the sound was not encoded again.";
    return {
      ...this.#lossless(changed, measured, result, note),
      shortfall: missing ? (heldBack ? "held-back-by-peaks" : "lossless-step") : null,
    };
  }

  #lossless(
    { bytes, gain }: { readonly bytes: Uint8Array; readonly gain: Decibels },
    measured: Measured,
    result: Measurement | null,
    note: string,
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
      note,
      bytes: [bytes as Uint8Array<ArrayBuffer>],
      scratch: null,
      extension: extensionOf(this.#task),
      seconds: this.#run.seconds,
    };
  }

  async listen(task: ListenTask): Promise<ListenOutcome> {
    return this.#border(async () => {
      const ffmpeg = await this.#tools.createFfmpeg();
      const probe = this.#open(ffmpeg);
      return hear(this.#run, ffmpeg, probe, task);
    });
  }

  async undo(): Promise<LevelOutcome> {
    return this.#border(async () => {
      const ffmpeg = await this.#tools.createFfmpeg();
      const probe = this.#open(ffmpeg);
      const { measured } = this.#decodeSource(ffmpeg, probe, null);
      const undone = probe.format.codec === "mp3" ? undoLossless(this.#tools.source) : UNCHANGED;
      if (undone.kind === "refused") throw new SongRefusal("not-undoable", undone.reason);
      if (undone.kind === "unchanged") return this.#skipped("nothing-to-undo", measured);
      const { measurement } = verify(this.#run, ffmpeg, bytesSource(undone.bytes), {
        extension: extensionOf(this.#task),
        duration: measured.duration,
        dualMono: this.#task.dualMono,
      });
      return this.#lossless(undone, measured, measurement, "Undone: the audio is as it was.");
    });
  }

  async #levelByEncoding(
    ffmpeg: Ffmpeg,
    probe: Probe,
    task: LevelTask,
    source: { pcm: Scratch; plan: GainPlan; measured: Measured; complete: boolean },
  ): Promise<Leveled> {
    const { measured, complete } = source;
    const { target, album } = task;
    const decoded: Programme = {
      pcm: source.pcm,
      format: pcmFormat(probe, task.dualMono),
      layout: probe.format.channelLayout,
      measurement: measured.measurement,
    };
    const { programme, plan } =
      source.plan.kind === "dynamic"
        ? await this.#evenOut(ffmpeg, decoded, task, measured.duration)
        : { programme: decoded, plan: source.plan };
    const hints = probe.format.codec === "mp3" ? mp3Hints(this.#tools.source) : noHints;
    const encoding = planEncoding(probe, task.outputFormat, hints, extensionOf(task));
    const goal: Goal = {
      loudness: plan.expected,
      ceiling: target.ceiling,
      accuracy: target.accuracy,
    };
    const leveled = await encodeToGoal(this.#run, ffmpeg, {
      probe,
      programme,
      encoding,
      goal,
      heldBack: "heldBack" in plan && plan.heldBack,
      // Limiting one song of an album would change what sets it apart from the others.
      mayLimit: album === null && target.whenPeaksTooHigh !== "quieter",
      mostLimiting: target.mostLimiting,
      keepsBalance: album !== null,
      verify: task.verify,
      writeLoudnessTags: task.writeLoudnessTags,
      maxPasses: task.maxPasses,
      duration: measured.duration,
      dualMono: task.dualMono,
    });
    const note = noteOf(encoding, complete, leveled.note);
    return { ...leveled, measured, note, seconds: this.#run.seconds };
  }

  /** ffmpeg's loudnorm evens out the song itself; gain and limiter then bring it to the target. */
  async #evenOut(
    ffmpeg: Ffmpeg,
    { format, layout, pcm }: Programme,
    { target }: LevelTask,
    duration: Seconds,
  ): Promise<{ programme: Programme; plan: GainPlan }> {
    const evened = await this.#run.scratch(pcm.size);
    const decoded = this.#run.timed("rendering", () =>
      decode(ffmpeg, this.#tools.kernel, {
        path: PATHS.audio,
        format,
        layout,
        keep: evened,
        end: Math.round(duration * format.sampleRate),
        filters: [`loudnorm=I=${target.loudness}:TP=${target.ceiling}:LRA=11`],
        onDecoded: (done) => this.#run.report("rendering", done / duration / 2),
      }),
    );
    this.#run.discard(pcm);
    if (!decoded) throw new SongRefusal("damaged", "loudnorm gave no audio");
    const { measurement } = decoded;
    const plan = planGain(measurement, { ...target, whenPeaksTooHigh: "limit" });
    const asItIs: GainPlan = {
      kind: "gain",
      gain: decibels(0),
      expected: measurement.integrated,
      truePeak: measurement.truePeak,
      limited: decibels(0),
      heldBack: false,
      heldBy: null,
    };
    return {
      programme: { pcm: evened, format, layout, measurement },
      // Evened out it is another song than the source, so it is delivered even without a gain.
      plan: plan.kind === "skip" ? asItIs : plan,
    };
  }

  #skipped(reason: SkipReason, measured: Measured) {
    return { kind: "skipped", reason, measured, seconds: this.#run.seconds } as const;
  }

  /** The border of the song: every expected failure becomes a refusal, crashes pass through. */
  async #border<T>(work: () => Promise<T>): Promise<T | Refused> {
    try {
      return await work();
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      const format = this.#run.probe?.format ?? null;
      return { kind: "refused", ...refusal, format, measured: this.#measured };
    } finally {
      this.#run.end();
    }
  }
}

function planOf(task: LevelTask, measured: Measured): GainPlan {
  if (!task.album) return planGain(measured.measurement, task.target);
  // One gain for the whole album. Its songs keep their differences, so nothing is limited.
  const plan = planGain(task.album, { ...task.target, whenPeaksTooHigh: "quieter" });
  if (plan.kind === "skip" || plan.kind === "dynamic") return plan;
  return { ...plan, expected: lufs(measured.measurement.integrated + plan.gain) };
}

const UNCHANGED = { kind: "unchanged" } as const;

const extensionOf = ({ file }: SongTask): string => /[^.]*$/.exec(file.name.toLowerCase())![0];

/** dBTP. Float files may be over full scale, by a thousand times and more; this is no sound. */
const LOUDEST = 120;

/** Estimated size of the decoded song; null where the container does not tell its length. */
function pcmBytes({ duration, format }: Probe): number | null {
  if (duration === null) return null;
  return Math.ceil(duration * format.sampleRate) * format.channels * BYTES_PER_SAMPLE;
}

/** Formats that state their exact length; elsewhere the declared length is an estimate. */
const exactLength = new Set(["flac", "wav", "aiff", "m4a", "wavpack", "tta", "w64", "caf"]);

function isComplete({ duration, format }: Probe, decoded: Seconds): boolean {
  if (duration === null || !exactLength.has(format.container)) return true;
  return duration - decoded < Math.max(0.5, duration * 0.01);
}

function noteOf(encoding: Encoding, complete: boolean, ofTags: string | null): string | null {
  const notes = [
    encoding.note,
    complete ? null : "The file is shorter than it says; what can be read of it was leveled.",
    ofTags,
  ];
  return notes.filter((note) => note !== null).join(" ") || null;
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
  if (error instanceof RangeError && /allocation failed|out of memory/i.test(error.message)) {
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

export const listenToSong = (task: ListenTask, tools: SongTools): Promise<ListenOutcome> =>
  new SongPath(task, tools).listen(task);

export const undoSong = (task: SongTask, tools: SongTools): Promise<LevelOutcome> =>
  new SongPath(task, tools).undo();

export const levelSong = (task: LevelTask, tools: SongTools): Promise<LevelOutcome> =>
  new SongPath(task, tools).level(task);
