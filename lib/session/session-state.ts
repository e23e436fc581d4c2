import type { WorkerLane } from "@/lib/batch/batch";
import type { BatchMode } from "@/lib/batch/jobs";
import type { Totals } from "@/lib/batch/totals";
import type { EngineState } from "@/lib/browser/engine";
import type { BesideFile } from "@/lib/files/beside/copy";
import type { LeftOut } from "@/lib/files/left-out";
import type { RestoreDoubt } from "@/lib/files/restore";
import type { ReadyDownload } from "@/lib/files/zip-download";
import type { UnfinishedSummary } from "@/lib/journal/unfinished-batch";
import type { OwnPreset } from "@/lib/settings/own-presets";
import type { Settings } from "@/lib/settings/settings";
import type { SongChoice } from "@/lib/song/choice";
import type { Song, SongId } from "@/lib/song/song";
import type { Listening } from "./listening";
import type { ReplacePreview } from "./replacing/preview";

/** What the page shows. One immutable snapshot; rows change identity only when they change. */
export interface SessionState {
  readonly phase: Phase;
  readonly settings: Settings;
  /** Settings that the person keeps under names, by name. */
  readonly ownPresets: readonly OwnPreset[];
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
  readonly download: ReadyDownload | null;
  /** Something that concerns the whole session, not one song (permission refused, no workers…). */
  readonly notice: SessionNotice | null;
  /** A batch that was cut off: the tab was closed, or the machine lost power. */
  readonly unfinished: UnfinishedSummary | null;
  /** The picked folders hold originals that were replaced and kept. */
  readonly originalsKept: boolean;
  /** Songs that were added are looked through for lossless changes that can be taken back. */
  readonly lookingForUndo: boolean;
  /** What this browser can do. */
  readonly capabilities: { readonly folders: boolean; readonly cores: number };
  /** Names of the folders that the songs lie in; null for songs that came without one. */
  readonly folders: readonly (string | null)[];
  /** The run that is on or was last: what is said of it follows from its own settings. */
  readonly run: ShownRun | null;
}

export interface ShownRun {
  readonly mode: BatchMode;
  readonly ids: readonly SongId[];
  /** Those that it runs with, whatever is changed meanwhile. */
  readonly settings: Settings;
  /** The name of *Another folder*; null for every other choice. */
  readonly target: string | null;
  /** What became of the files beside its songs, at its end. */
  readonly beside: readonly BesideFile[];
}

/** Changes what the page shows. The phase and the question are those of `Runs` alone. */
export type Publish = (change: Partial<Omit<SessionState, "phase" | "question">>) => void;

export interface SessionNotice {
  readonly message: string;
  readonly hint: string;
  /** A number of workers that would help; the notice offers it. */
  readonly advisedWorkers?: number;
  /** What was done can be taken back: the words of the button that does. */
  readonly back?: string;
}

/** The status region's text derives from this: see `statusText`. */
export type Phase = "ready" | "measuring" | "leveling" | "paused" | "finished";

interface IntakeSummary {
  readonly added: number;
  readonly duplicates: number;
  /** Names of files that are neither audio nor video; bounded list plus count. */
  readonly notAudio: { readonly count: number; readonly names: readonly string[] };
  /** What was left out for another reason; bounded list plus count. */
  readonly others: { readonly count: number; readonly shown: readonly LeftOutFile[] };
  /** A folder was chosen: some names in it are hidden from the page, which a drop would show. */
  readonly hidesNames: boolean;
  /** Still walking folders. */
  readonly busy: boolean;
}

/** A file or folder of what was added that is not in the list, and why. */
export interface LeftOutFile {
  readonly name: string;
  readonly reason: LeftOut["reason"];
}

export type Question =
  | ({ readonly kind: "replace-originals" } & ReplacePreview)
  /** How many originals are kept and would be gone for good. */
  | { readonly kind: "delete-originals"; readonly songs: number }
  | { readonly kind: "forget-batch"; readonly songs: number; readonly ended: number }
  /** Nothing is left to do: whether all is done once more. */
  | { readonly kind: "again"; readonly mode: "measure" | "level"; readonly songs: number }
  /** Which songs' originals are put back though it is not certain that what is there may go. */
  | { readonly kind: "restore-doubtful"; readonly songs: readonly DoubtfulSong[] };

export interface DoubtfulSong {
  readonly path: string;
  readonly doubt: RestoreDoubt;
}

export type ReportFormat = "json" | "csv";
export interface ReportFile {
  readonly name: string;
  /** MIME type. */
  readonly type: string;
  readonly text: string;
}
export type StopMode = "now" | "after-current";

/** What the page can do. Every function is bound, and safe to call in any phase; none throws. */
export interface SessionActions {
  /** Shows the folder picker (or its fallback), adds what was picked. */
  readonly chooseFolder: () => Promise<void>;
  readonly chooseFiles: () => Promise<void>;
  /** Call synchronously from the drop event. */
  readonly addDrop: (transfer: DataTransfer) => Promise<void>;
  readonly addFiles: (files: readonly File[]) => Promise<void>;
  /** Files that the system opened with the page. */
  readonly addHandles: (handles: readonly FileSystemFileHandle[]) => Promise<void>;
  /** Adds the project's own songs and levels those that are new; the result is offered, not saved. */
  readonly addSamples: () => Promise<void>;
  readonly remove: (ids: readonly SongId[]) => void;
  /** What is wanted of these songs apart from the rest. Does nothing under a run. */
  readonly choose: (
    ids: readonly SongId[],
    change: (now: SongChoice) => Partial<SongChoice>,
  ) => void;
  readonly clear: () => void;
  /** Measures what is not measured yet, or all; a key asks before what is shown of all is replaced. */
  readonly measure: (by?: "button" | "key") => Promise<void>;
  /** Levels these songs; where none are given, those that are left to do. Asks where none are. */
  readonly start: (ids?: readonly SongId[]) => Promise<void>;
  /** Levels every song of the list, whatever was done before. */
  readonly levelAll: () => Promise<void>;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly stop: (mode: StopMode) => void;
  readonly retryFailed: () => Promise<void>;
  /** Takes back lossless changes of these songs; where none are given, of all that record one. */
  readonly undoLossless: (ids?: readonly SongId[]) => Promise<void>;
  /** `chosen`: which of the songs of the question, by their index. */
  readonly answer: (accepted: boolean, chosen?: readonly number[]) => void;
  /** Goes on with the batch that was cut off; asks for permission again where needed. */
  readonly resumeUnfinished: () => Promise<void>;
  /** Asks first where songs of it are done. */
  readonly discardUnfinished: () => Promise<void>;
  /** Puts back every original that was kept in the picked folders. */
  readonly restoreOriginals: () => Promise<void>;
  /** Deletes the kept originals, after asking: the leveled songs are accepted. */
  readonly discardOriginals: () => Promise<void>;
  readonly update: (change: Partial<Settings>) => void;
  /** Keeps the present settings under a name. */
  readonly keepSettings: (name: string) => void;
  readonly useKept: (name: string) => void;
  readonly renameKept: (from: string, to: string) => void;
  readonly forgetKept: (name: string) => void;
  readonly report: (format: ReportFormat) => ReportFile;
  readonly dismissNotice: () => void;
  /** Takes back what the notice tells, where it offers that. */
  readonly takeBack: () => void;
  /** Hearing songs, and seeing one from near. */
  readonly listening: Listening;
}
