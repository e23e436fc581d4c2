import type { Machine } from "@/lib/batch/worker-count";
import type { EngineState } from "@/lib/browser/engine";
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
