import type { RunRecord, SongEntry } from "@/lib/batch/run-record";
import type { PickedFile } from "@/lib/files/picked-file";
import { BatchLocks, type Locks } from "./batch-lock";
import type { JournalHead, JournalSong } from "./schema";
import { type JournalStore, readBatches, removeBatch, writeEntry, writeHead } from "./storage";
import { UnfinishedBatch } from "./unfinished-batch";

/** The songs of a head; null where one has no place on disk: the batch cannot be resumed then. */
export async function placesOf(
  files: readonly PickedFile[],
  roots: readonly FileSystemDirectoryHandle[],
): Promise<JournalSong[] | null> {
  const songs = await Promise.all(
    files.map(async (file): Promise<JournalSong | null> => {
      if (!file.folder) return null;
      const now = await file.open().catch(() => null);
      const state = now && { size: now.size, lastModified: now.lastModified };
      return { root: roots.indexOf(file.folder.handle), path: file.hiddenPath ?? file.path, state };
    }),
  );
  return songs.includes(null) ? null : (songs as JournalSong[]);
}

/** What a batch that may be resumed begins with. */
export type NewBatch = Omit<JournalHead, "batch"> & {
  /** Its name, where it was cut off before. */
  readonly batch: string | null;
};

/** What outlives the page: the batches that are at work in one of its tabs or were cut off. */
export class Journal {
  readonly #store: JournalStore;
  readonly #locks: BatchLocks;

  constructor(store: JournalStore, locks: Locks) {
    this.#store = store;
    this.#locks = new BatchLocks(locks);
  }

  /**
   * Null where the browser keeps nothing (a private window): the batch cannot be resumed then.
   * "busy" where another tab is at work on one of the folders. `onBroken` hears of the first entry
   * that could not be written; songs go on without.
   */
  async begin(
    { batch: cutOff, ...rest }: NewBatch,
    onBroken: (error: unknown) => void,
  ): Promise<BatchJournal | null | "busy"> {
    const batch = cutOff ?? crypto.randomUUID();
    const head = { ...rest, batch };
    try {
      const begun = await this.#locks.oneAtATime(async () => {
        if (await this.isBeingWorkedOn(head.roots, batch)) return "busy";
        if (!(await this.#locks.hold(batch))) return "busy";
        await writeHead(this.#store, head);
        return new BatchJournal(this.#store, this.#locks, batch, onBroken);
      });
      return begun;
    } catch (error) {
      // What an earlier visit wrote of it would offer to do again what is done from now on.
      await removeBatch(this.#store, batch).catch(() => undefined);
      this.#locks.release(batch);
      onBroken(error);
      return null;
    }
  }

  /** Whether another tab is at work on one of these folders, or in or around one; `except`: a batch of our own. */
  async isBeingWorkedOn(
    roots: readonly FileSystemDirectoryHandle[],
    except: string | null = null,
  ): Promise<boolean> {
    try {
      for (const { head } of await readBatches(this.#store)) {
        if (head.batch === except || !(await this.#locks.isHeld(head.batch))) continue;
        for (const theirs of head.roots) {
          for (const ours of roots) if (await overlap(theirs, ours)) return true;
        }
      }
    } catch {
      // Without a journal there is no telling; the writes themselves are still atomic.
    }
    return false;
  }

  /** The newest batch that was cut off; null where there is none, or no journal. */
  async unfinished(): Promise<UnfinishedBatch | null> {
    try {
      const batches = await readBatches(this.#store);
      const newestFirst = batches.toSorted((a, b) =>
        a.head.startedAt < b.head.startedAt ? 1 : -1,
      );
      for (const stored of newestFirst) {
        if (await this.#locks.isHeld(stored.head.batch)) continue;
        return new UnfinishedBatch(stored, this.#store, this.#locks);
      }
    } catch {
      // Without storage there is nothing to resume, and nothing to say about it.
    }
    return null;
  }
}

/** Whether one is the other or lies in it. */
const overlap = async (a: FileSystemDirectoryHandle, b: FileSystemDirectoryHandle) =>
  ((await a.resolve(b)) ?? (await b.resolve(a))) !== null;

/** One batch's journal, while the batch runs. */
export class BatchJournal implements RunRecord {
  readonly #store: JournalStore;
  readonly #locks: BatchLocks;
  readonly #batch: string;
  readonly #onBroken: (error: unknown) => void;
  #broken = false;

  constructor(
    store: JournalStore,
    locks: BatchLocks,
    batch: string,
    onBroken: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#locks = locks;
    this.#batch = batch;
    this.#onBroken = onBroken;
  }

  async record(index: number, entry: SongEntry): Promise<void> {
    if (this.#broken) return;
    try {
      await writeEntry(this.#store, this.#batch, index, entry);
    } catch (error) {
      this.#broken = true;
      // It knows less than what is done from now on: *Resume* would do that again.
      await removeBatch(this.#store, this.#batch).catch(() => undefined);
      this.#onBroken(error);
    }
  }

  /** The batch has ended, whatever became of its songs: nothing is left to resume. */
  async end(): Promise<void> {
    // Should this fail, the batch is offered again, and every song of it is found to be done.
    await removeBatch(this.#store, this.#batch).catch(this.#onBroken);
    this.#locks.release(this.#batch);
  }
}
