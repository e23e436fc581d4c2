import { mayWrite } from "@/lib/batch/destinations";
import type { PickedFile } from "@/lib/files/picked-file";
import type { BatchLocks } from "./batch-lock";
import { findExcluded, recover, type RecoveredSong, removeLeftovers } from "./recovery";
import type { JournalHead, JournalMode } from "./schema";
import { type JournalStore, readBatches, removeBatch, type StoredBatch } from "./storage";

export interface UnfinishedSummary {
  readonly mode: JournalMode;
  readonly songs: number;
  readonly ended: number;
  readonly folders: readonly string[];
  /** ISO date and time. */
  readonly startedAt: string;
}

/** All that is needed to go on with what was cut off. */
export interface ResumedBatch extends Pick<
  JournalHead,
  "batch" | "mode" | "startedAt" | "settings" | "target"
> {
  /** In the order of the batch; those that are done have their rows. */
  readonly songs: readonly RecoveredSong[];
  readonly excluded: readonly PickedFile[];
}

/** "taken": another tab goes on with it, or has by now. */
type NotResumed = "permission-denied" | "taken";

/** A batch that was cut off: neither ended nor at work in another tab when it was found. */
export class UnfinishedBatch {
  readonly #found: StoredBatch;
  readonly #store: JournalStore;
  readonly #locks: BatchLocks;

  constructor(found: StoredBatch, store: JournalStore, locks: BatchLocks) {
    this.#found = found;
    this.#store = store;
    this.#locks = locks;
  }

  get summary(): UnfinishedSummary {
    const { head, entries } = this.#found;
    return {
      mode: head.mode,
      songs: head.songs.length,
      ended: [...entries.values()].filter(({ state }) => state === "ended").length,
      folders: head.roots.map(({ name }) => name),
      startedAt: head.startedAt,
    };
  }

  /**
   * Asks for permission again where the browser wants it; call it from a click. The batch is this
   * tab's until its journal ends or `release`.
   */
  async resume(): Promise<ResumedBatch | NotResumed> {
    for (const folder of this.#folders) if (!(await mayWrite(folder))) return "permission-denied";
    const stored = await this.#takeOver();
    if (!stored) return "taken";
    try {
      const { batch, mode, startedAt, settings, target } = stored.head;
      const songs = await recover(stored);
      const excluded = await findExcluded(stored.head);
      return { batch, mode, startedAt, settings, target, songs, excluded };
    } catch (error) {
      this.release();
      throw error;
    }
  }

  release(): void {
    this.#locks.release(this.#found.head.batch);
  }

  /**
   * What is on disk stays; the knowledge of which songs are done is gone. Leftovers of interrupted
   * writes go, and are what permission is asked for. False where they stay for want of it.
   */
  async discard(): Promise<boolean | "taken"> {
    let allowed = true;
    for (const folder of this.#folders) {
      allowed &&= await mayWrite(folder).catch(() => false);
    }
    const stored = await this.#takeOver();
    if (!stored) return "taken";
    try {
      if (allowed) await removeLeftovers(stored.head).catch(() => (allowed = false));
      await removeBatch(this.#store, stored.head.batch).catch(() => undefined);
    } finally {
      this.release();
    }
    return allowed;
  }

  /** What is stored of it now; null where another tab holds it or has ended it. */
  async #takeOver(): Promise<StoredBatch | null> {
    const { batch } = this.#found.head;
    if (!(await this.#locks.hold(batch))) return null;
    try {
      const stored = (await readBatches(this.#store)).find(({ head }) => head.batch === batch);
      if (stored) return stored;
    } catch {
      // Without storage nobody can have gone on with it.
      return this.#found;
    }
    this.release();
    return null;
  }

  get #folders(): FileSystemDirectoryHandle[] {
    const { roots, target } = this.#found.head;
    return [...roots, ...(target ? [target] : [])];
  }
}
