import type { LevelOutcome, ListenOutcome, MeasureOutcome } from "@/lib/song/outcome";
import type { LevelTask, ListenTask, SongPhase, SongTask } from "@/lib/song/task";
import type { Seconds } from "@/lib/loudness/units";

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

export interface ProgressMessage {
  readonly phase: SongPhase;
  /** 0…1, monotone within a phase of one pass. */
  readonly fraction: number;
  /** Declared length of the song, once it is known. */
  readonly duration: Seconds | null;
}

/** Memory of songs that are saved, for the worker to use again. */
export type Spare = readonly ArrayBuffer[];
