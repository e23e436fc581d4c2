import type { Settings } from "@/lib/settings/settings";
import type { Listening } from "./listening";
import type { Song, SongId } from "@/lib/song/song";

/** What the page shows. One immutable snapshot; rows change identity only when they change. */
export interface SessionState {
  readonly phase: Phase;
  readonly settings: Settings;
  /** Ids in the order added (natural sort of the path within one addition). */
  readonly order: readonly SongId[];
  readonly songs: ReadonlyMap<SongId, Song>;
  readonly totals: Totals;
  readonly workers: readonly WorkerLane[];
  readonly engine: EngineState;
  /** What was added last and what was left out; shown as one summary. */
  readonly intake: IntakeSummary | null;
  /** Bounded: the oldest lines fall out past 5,000. */
  readonly log: readonly string[];
  /** A question that only the person can answer; the batch waits for `answer`. */
  readonly question: Question | null;
  /** What stands ready after a batch in download mode. */
  readonly download: { readonly name: string; readonly url: string; readonly size: number } | null;
  /** Something that concerns the whole session, not one song (permission refused, no workers…). */
  readonly notice: SessionNotice | null;
  /** A batch that was cut off: the tab was closed, or the machine lost power. */
  readonly unfinished: UnfinishedSummary | null;
  /** The picked folders hold originals that were replaced and kept. */
  readonly originalsKept: boolean;
  /** What this browser can do. */
  readonly capabilities: { readonly folders: boolean; readonly cores: number };
  /** The name of the folder that Leveled lies in, once a folder was added. */
  readonly folderName: string | null;
}

export interface SessionNotice {
  readonly message: string;
  readonly hint: string;
  /** A number of workers that would help; the notice offers it. */
  readonly advisedWorkers?: number;
}

/** The status region's text derives from this: see `statusText`. */
export type Phase = "ready" | "measuring" | "leveling" | "paused" | "finished";

export interface Totals {
  readonly songs: number;
  /** Songs of the present batch and where they ended. */
  readonly inBatch: number;
  readonly completed: number;
  readonly leveled: number;
  readonly measured: number;
  readonly skipped: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Seconds of audio: of the whole batch (known lengths, estimated for the rest) and done. */
  readonly audioSeconds: number;
  readonly audioSecondsDone: number;
  /** Wall-clock seconds since the batch started, pauses left out. */
  readonly elapsedSeconds: number;
  /** Seconds of audio per second; null until it can be known. */
  readonly speed: number | null;
  /** null until at least three songs (or all but one of fewer) ended. */
  readonly secondsLeft: number | null;
}

export interface WorkerLane {
  /** From 1. */
  readonly number: number;
  readonly song: SongId | null;
  readonly status: "starting" | "working" | "idle" | "retiring";
}

export type EngineState =
  | { readonly kind: "idle" }
  | { readonly kind: "loading"; readonly received: number; readonly total: number }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string };

export interface IntakeSummary {
  readonly added: number;
  readonly duplicates: number;
  /** Names of files that are neither audio nor video; bounded list plus count. */
  readonly notAudio: { readonly count: number; readonly names: readonly string[] };
  /** Still walking folders. */
  readonly busy: boolean;
}

export interface UnfinishedSummary {
  readonly songs: number;
  readonly ended: number;
  readonly folders: readonly string[];
  /** ISO date and time. */
  readonly startedAt: string;
}

export type Question =
  | { readonly kind: "replace-originals"; readonly songs: number }
  /** How many originals are kept and would be gone for good. */
  | { readonly kind: "delete-originals"; readonly songs: number }
  | { readonly kind: "forget-batch"; readonly songs: number; readonly ended: number };

export type ReportFormat = "json" | "csv";
export type StopMode = "now" | "after-current";

/** What the page can do. Every function is safe to call in any phase; none throws. */
export interface SessionActions {
  /** Shows the folder picker (or its fallback), adds what was picked. */
  chooseFolder(): Promise<void>;
  chooseFiles(): Promise<void>;
  /** Call synchronously from the drop event. */
  addDrop(transfer: DataTransfer): Promise<void>;
  addFiles(files: readonly File[]): Promise<void>;
  /** Adds the project's own songs and levels those that are new; the result is offered, not saved. */
  addSamples(): Promise<void>;
  remove(ids: readonly SongId[]): void;
  clear(): void;
  measure(): Promise<void>;
  /** Levels these songs; where none are given, those not done yet, or all when all are done. */
  start(ids?: readonly SongId[]): Promise<void>;
  pause(): void;
  resume(): void;
  stop(mode: StopMode): void;
  retryFailed(): Promise<void>;
  /** Takes back lossless changes of these songs (all songs where none are given). */
  undoLossless(ids?: readonly SongId[]): Promise<void>;
  answer(accepted: boolean): void;
  /** Goes on with the batch that was cut off; asks for permission again where needed. */
  resumeUnfinished(): Promise<void>;
  /** Asks first where songs of it are done. */
  discardUnfinished(): Promise<void>;
  /** Puts back every original that was kept in the picked folders. */
  restoreOriginals(): Promise<void>;
  /** Deletes the kept originals, after asking: the leveled songs are accepted. */
  discardOriginals(): Promise<void>;
  update(change: Partial<Settings>): void;
  report(format: ReportFormat): {
    readonly name: string;
    readonly type: string;
    readonly text: string;
  };
  dismissNotice(): void;
  /** Hearing songs, and seeing one from near. */
  readonly listening: Listening;
}
