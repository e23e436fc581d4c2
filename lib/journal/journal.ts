import type { UseStore } from "idb-keyval";
import type { RunRecord, SongEntry } from "@/lib/batch/run-record";
import type { PickedFile } from "@/lib/files/picked-file";
import { holdBatch, isHeld } from "./batch-lock";
import type { JournalHead } from "./schema";
import { openStore, readBatches, removeBatch, writeEntry, writeHead } from "./storage";

/** The songs of a head; null where one has no place on disk: the batch cannot be resumed then. */
export function placesOf(
  files: readonly PickedFile[],
  roots: readonly FileSystemDirectoryHandle[],
): JournalHead["songs"] | null {
  const songs = files.flatMap(({ folder, path, hiddenPath }) =>
    folder ? [{ root: roots.indexOf(folder.handle), path: hiddenPath ?? path }] : [],
  );
  return songs.length === files.length ? songs : null;
}

/** One batch's journal, while the batch runs. */
export class BatchJournal implements RunRecord {
  readonly #store: UseStore;
  readonly #batch: string;
  readonly #release: () => void;
  readonly #onBroken: (error: unknown) => void;
  #broken = false;

  private constructor(
    store: UseStore,
    batch: string,
    release: () => void,
    onBroken: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#batch = batch;
    this.#release = release;
    this.#onBroken = onBroken;
  }

  /**
   * Null where the browser keeps nothing (a private window): the batch cannot be resumed then.
   * `onBroken` hears of the first entry that could not be written; songs go on without.
   */
  static async begin(
    head: JournalHead,
    onBroken: (error: unknown) => void,
  ): Promise<BatchJournal | null> {
    try {
      const store = openStore();
      const release = await holdBatch(head.batch);
      await writeHead(store, head);
      return new BatchJournal(store, head.batch, release, onBroken);
    } catch (error) {
      onBroken(error);
      return null;
    }
  }

  async record(index: number, entry: SongEntry): Promise<void> {
    if (this.#broken) return;
    try {
      await writeEntry(this.#store, this.#batch, index, entry);
    } catch (error) {
      this.#broken = true;
      this.#onBroken(error);
    }
  }

  /** The batch has ended, whatever became of its songs: nothing is left to resume. */
  async end(): Promise<void> {
    // Should this fail, the batch is offered again, and every song of it is found to be done.
    await removeBatch(this.#batch).catch(this.#onBroken);
    this.#release();
  }
}

/** Whether another tab is at work on one of these folders. */
export async function isBeingWorkedOn(
  roots: readonly FileSystemDirectoryHandle[],
): Promise<boolean> {
  try {
    for (const { head } of await readBatches()) {
      if (!(await isHeld(head.batch))) continue;
      for (const theirs of head.roots) {
        for (const ours of roots) if (await theirs.isSameEntry(ours)) return true;
      }
    }
  } catch {
    // Without a journal there is no telling; the writes themselves are still atomic.
  }
  return false;
}
