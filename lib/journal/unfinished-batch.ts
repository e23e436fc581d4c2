import { mayWrite } from "@/lib/batch/destinations";
import type { Settings } from "@/lib/settings/settings";
import { isHeld } from "./batch-lock";
import { recover, type RecoveredSong, removeLeftovers } from "./recovery";
import { readBatches, removeBatch, type StoredBatch } from "./storage";

export interface UnfinishedSummary {
  readonly songs: number;
  readonly ended: number;
  readonly folders: readonly string[];
  /** ISO date and time. */
  readonly startedAt: string;
}

/** All that a run needs to go on with a batch that was cut off. */
export interface ResumedBatch {
  /** Its name in the journal, which goes on. */
  readonly batch: string;
  readonly mode: "level" | "undo";
  readonly startedAt: string;
  readonly settings: Settings;
  /** The folder that *Another folder* writes to. */
  readonly target: FileSystemDirectoryHandle | null;
  /** In the order of the batch; those that are done have their rows. */
  readonly songs: readonly RecoveredSong[];
}

/** A batch that was cut off: neither ended nor at work in another tab. */
export class UnfinishedBatch {
  readonly #stored: StoredBatch;

  constructor(stored: StoredBatch) {
    this.#stored = stored;
  }

  /** The newest, where there are several; null where there is none, or no journal. */
  static async find(): Promise<UnfinishedBatch | null> {
    try {
      const batches = await readBatches();
      const newestFirst = batches.toSorted((a, b) =>
        a.head.startedAt < b.head.startedAt ? 1 : -1,
      );
      for (const stored of newestFirst) {
        if (!(await isHeld(stored.head.batch))) return new UnfinishedBatch(stored);
      }
    } catch {
      // Without storage there is nothing to resume, and nothing to say about it.
    }
    return null;
  }

  get summary(): UnfinishedSummary {
    const { head, entries } = this.#stored;
    return {
      songs: head.songs.length,
      ended: [...entries.values()].filter(({ state }) => state === "ended").length,
      folders: head.roots.map(({ name }) => name),
      startedAt: head.startedAt,
    };
  }

  /** Asks for permission again where the browser wants it; call it from a click. */
  async resume(): Promise<ResumedBatch | "permission-denied"> {
    const { batch, mode, startedAt, settings, target } = this.#stored.head;
    for (const folder of this.#folders) if (!(await mayWrite(folder))) return "permission-denied";
    return { batch, mode, startedAt, settings, target, songs: await recover(this.#stored) };
  }

  /**
   * What is on disk stays; the knowledge of which songs are done is gone. Leftovers of interrupted
   * writes go, as far as the browser allows without asking the person.
   */
  async discard(): Promise<void> {
    const { head } = this.#stored;
    const permissions = await Promise.all(
      this.#folders.map((folder) => folder.queryPermission({ mode: "readwrite" })),
    );
    if (permissions.every((permission) => permission === "granted")) {
      await removeLeftovers(head).catch(() => undefined);
    }
    await removeBatch(head.batch).catch(() => undefined);
  }

  get #folders(): FileSystemDirectoryHandle[] {
    const { roots, target } = this.#stored.head;
    return [...roots, ...(target ? [target] : [])];
  }
}
