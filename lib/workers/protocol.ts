import type { SourceFormat } from "@/lib/ffmpeg/source-format";
import type { Measurement, MeasurementDetail } from "@/lib/loudness/measurement";
import type { PlanSkip, Target } from "@/lib/loudness/plan";
import type { Decibels, Seconds } from "@/lib/loudness/units";
import type { OutputFormat } from "@/lib/settings/settings";

/** What the page and a song's worker say to each other. */

export type { SourceFormat };

/** Folder of scratch files inside the origin-private file system; emptied when a session starts. */
export const SCRATCH_FOLDER = "levelup-scratch";

/** Called through Comlink. Every call ends in an outcome; what rejects is a crash. */
export interface SongWorker {
  /** Once per worker, before anything else. */
  prepare(setup: WorkerSetup): Promise<void>;
  measure(task: SongTask): Promise<MeasureOutcome>;
  level(task: LevelTask): Promise<LevelOutcome>;
  /** Takes back a lossless gain: an MP3's audio gets the very bytes that it had. */
  undo(task: SongTask): Promise<LevelOutcome>;
  /** Decodes a stretch of a song for a person's ears. */
  listen(task: ListenTask): Promise<ListenOutcome>;
}

export interface WorkerSetup {
  readonly core: WebAssembly.Module;
  /** Absolute URL of the core's JavaScript. */
  readonly coreUrl: string;
  readonly kernel: WebAssembly.Module;
  /**
   * `ProgressMessage`s go this way, plain messages, at most ten a second. The other way comes
   * `Spare` memory.
   */
  readonly progress: MessagePort;
  /** Name of a Web Lock that the worker holds for life, so that the page sees it end. */
  readonly lifeline: string;
}

export type SongPhase = "measuring" | "rendering" | "verifying";

export interface ProgressMessage {
  readonly phase: SongPhase;
  /** 0…1, monotone within a phase of one pass. */
  readonly fraction: number;
  /** Declared length of the song, once it is known. */
  readonly duration: Seconds | null;
}

export interface SongTask {
  readonly file: File;
  /** Count a mono song as two equal channels. */
  readonly dualMono: boolean;
}

export interface LevelTask extends SongTask {
  readonly target: Target;
  readonly outputFormat: OutputFormat;
  /** Measure what was encoded and correct it. */
  readonly verify: boolean;
  /** The most encodes. */
  readonly maxPasses: number;
  /** MP3 and Opus without re-encoding, where the format stays the same. */
  readonly losslessWherePossible: boolean;
  /** The result will take the original's place: refuse what would lose something of it. */
  readonly replacesOriginal: boolean;
  /** Write loudness tags that fit the delivered audio; those of the source are always removed. */
  readonly writeLoudnessTags: boolean;
  /** A measurement that is already known saves the decision, not the decoding. */
  readonly known: Measured | null;
  /** Level as part of an album: the album's loudness and highest peak decide the gain. */
  readonly album: Pick<Measurement, "integrated" | "truePeak"> | null;
}

export interface ListenTask extends SongTask {
  /** The stretch, in seconds of the song; null = to its end. */
  readonly from: number;
  readonly length: number | null;
  /** Hz that the samples shall have; null = as the song has them, within what browsers play. */
  readonly sampleRate: number | null;
}

export interface Heard {
  readonly kind: "heard";
  readonly sampleRate: number;
  /** One or two channels of the same length; more were mixed down to two. */
  readonly channels: readonly Float32Array<ArrayBuffer>[];
  /** Of these samples. */
  readonly measurement: Measurement;
  /** The song goes on: it is too long to be held in memory. */
  readonly cut: boolean;
}

export type ListenOutcome = Heard | Refused;

export interface Measured {
  readonly format: SourceFormat;
  /** Length of the decoded audio. */
  readonly duration: Seconds;
  readonly measurement: Measurement;
  /** Loudness over time for pictures; gating blocks for albums. */
  readonly detail: MeasurementDetail;
  /** Album, disc and so on, as far as the tags tell. */
  readonly tags: SongTags;
}

export interface SongTags {
  readonly album: string | null;
  readonly albumArtist: string | null;
  readonly disc: string | null;
}

export interface PhaseSeconds {
  readonly measure: number;
  readonly render: number;
  readonly verify: number;
  readonly total: number;
  /** Waiting for the file's bytes; part of the others. */
  readonly reading: number;
}

export interface Refused {
  readonly kind: "refused";
  readonly reason: RefusalReason;
  /** The engine's own words, for the report. */
  readonly detail: string;
  /** What was found out before it was refused. */
  readonly format: SourceFormat | null;
  readonly measured: Measured | null;
}

export type MeasureOutcome =
  | { readonly kind: "measured"; readonly measured: Measured; readonly seconds: PhaseSeconds }
  | Refused;

export type LevelOutcome =
  | {
      readonly kind: "skipped";
      readonly reason: SkipReason;
      readonly measured: Measured;
      readonly seconds: PhaseSeconds;
    }
  | Leveled
  | Refused;

/** A finished song: in memory, part by part, or a file of the origin-private file system. */
export type SongBytes = Blob | readonly Uint8Array<ArrayBuffer>[];

/** Memory of songs that are saved, for the worker to use again. */
export type Spare = readonly ArrayBuffer[];

export interface Leveled {
  readonly kind: "leveled";
  readonly measured: Measured;
  readonly gain: Decibels;
  /** Most gain reduction that the limiter applied; 0 where it did nothing. */
  readonly limited: Decibels;
  readonly route: "encode" | "lossless";
  /** Encodes made. */
  readonly passes: number;
  /** Of the bytes delivered; null when verification is off. */
  readonly result: Measurement | null;
  /** Of the same; for pictures. */
  readonly resultDetail: MeasurementDetail | null;
  readonly shortfall: Shortfall | null;
  /** One sentence where something about the delivered file is worth knowing. */
  readonly note: string | null;
  readonly bytes: SongBytes;
  /** Name of the scratch file behind `bytes` in the origin-private file system, to be removed. */
  readonly scratch: string | null;
  readonly extension: string;
  readonly seconds: PhaseSeconds;
}

/** Why a song was left as it is. */
export type SkipReason =
  | PlanSkip
  /** Lossless gain moves in steps of 1.5 dB, and none would bring it nearer. */
  | "nearest-lossless-step"
  /** No lossless gain is recorded in the file. */
  | "nothing-to-undo";

/** Why a leveled song is not at the target, or not quite. */
export type Shortfall =
  /** Its peaks do not allow more gain under the chosen policy. */
  | "held-back-by-peaks"
  /** The last allowed encode is still further from the target than the accuracy asked for. */
  | "accuracy-not-reached"
  /** The last allowed encode still peaks above the ceiling. */
  | "ceiling-not-reached"
  /** Lossless steps of 1.5 dB cannot come nearer. */
  | "lossless-step";

/**
 * Why a song could not be leveled: expected refusals as data. The sentences are in
 * lib/batch/refusals. Foreign errors are mapped to these at the border where they appear.
 */
export type RefusalReason =
  | "empty-file"
  /** Named like a song and none by its content. */
  | "not-audio"
  | "no-audio-stream"
  /** Opened, but no audio could be decoded from it. */
  | "damaged"
  /** NaN or infinite samples (float files only). */
  | "invalid-samples"
  /** Decoded to clearly less than its header declares, and the original would be replaced. */
  | "cut-short"
  | "video-original"
  | "unsupported-codec"
  /** The record of a lossless gain is damaged or does not fit the audio. */
  | "not-undoable"
  | "encoder-refused"
  | "too-long"
  | "out-of-memory"
  | "worker-crashed"
  | "worker-hung"
  | "file-gone"
  | "file-changed"
  | "file-unreadable"
  | "permission-denied"
  | "disk-full"
  /** Originals are to be kept, and there is no place to keep this one. */
  | "no-backup"
  | "name-refused"
  | "write-failed"
  | "engine-unavailable"
  | "unexpected";
