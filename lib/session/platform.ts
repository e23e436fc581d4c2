import type { Machine } from "@/lib/batch/worker-count";
import type { EngineState } from "@/lib/browser/engine";
import type { Intake } from "@/lib/files/intake";
import type { PickedFile } from "@/lib/files/picked-file";
import type { Picked } from "@/lib/files/pickers";
import type { Sink } from "@/lib/files/sinks";
import type { Locks } from "@/lib/journal/batch-lock";
import type { JournalStore } from "@/lib/journal/storage";
import type { PlatformWorker } from "@/lib/pool/worker-handle";
import type { SongCalls, SongProgress } from "@/lib/song/task";

/** What a session needs of what it runs on: a page in a browser, or Node. */
export interface Platform {
  readonly machine: Machine;
  /** Whether folders can be picked, with the way to write to them. */
  readonly folders: boolean;
  engine(onState: (state: EngineState) => void): SongEngine;
  readonly journal: { readonly store: JournalStore; readonly locks: Locks };
  readonly pickers: Pickers;
  wrapSink?(sink: Sink): Sink;
  /** A line of the batch log; on the console where there is none. */
  readonly writeLog?: (line: string) => void;
  /** Removes what earlier sessions left of their temporary files. */
  clearScratch(): Promise<void>;
  removeScratch(name: string): Promise<void>;
  /**
   * A run is over all songs of the list, and those that were done before stay as they are in it. Else
   * it is over what is left, and over all again where nothing is.
   */
  readonly runsOverAll?: boolean;
  /** Absent where a session is for all songs that are found. */
  readonly selection?: SongSelection;
}

/** Which songs a session is for, and what is known of them elsewhere than in our folders. */
export interface SongSelection {
  /** What of this comes into the list. Nothing is read of what does not. */
  takes(found: Intake): Promise<Pick<Intake, "songs" | "leftOut">>;
  /** Where an earlier run with the present settings left the song, which is done then. */
  doneBefore(song: PickedFile): Promise<{ readonly output: string | null } | null>;
  /** Songs of one key are leveled together by album; null where that is not known. */
  albumOf(song: PickedFile): string | null;
}

export interface SongEngine {
  /** Rejects with `EngineUnavailable`. */
  load(): Promise<unknown>;
  startWorker(): Promise<PlatformWorker<SongCalls, SongProgress>>;
}

export interface Pickers {
  readonly folder: () => Promise<Picked>;
  readonly files: () => Promise<Picked>;
  /** Where *Another folder* is; null where none is chosen. */
  readonly target: () => Promise<FileSystemDirectoryHandle | null>;
  readonly samples: () => Promise<readonly File[]>;
}
