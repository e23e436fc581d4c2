import { createStore, delMany, entries, set, type UseStore } from "idb-keyval";
import type { Settings } from "@/lib/settings/settings";
import { readEntry, readHead } from "./journal-reading";
import type { UnfinishedSummary } from "@/lib/session/session-state";
import type { Song } from "@/lib/song/song";

/**
 * What is known of a batch outside this page: enough to finish it after the tab was closed or the
 * machine lost power. Written before and after each step that changes the disk. The head is
 * written once; each song has an entry of its own, so that a step costs one small write.
 */
export interface JournalHead {
  readonly batch: string;
  readonly mode: "level" | "undo";
  readonly startedAt: string;
  readonly settings: Settings;
  /** The picked folders. */
  readonly roots: readonly FileSystemDirectoryHandle[];
  /** Where *Another folder* writes to. */
  readonly target: FileSystemDirectoryHandle | null;
  /** In the order of the batch. */
  readonly songs: readonly { readonly root: number; readonly path: string }[];
}

export type JournalEntry =
  /**
   * About to be written to `row.output`: what stands there is something else, or has this
   * fingerprint and then the song is done. The row is as it will be then.
   */
  | {
      readonly state: "saving";
      readonly fingerprint: string;
      readonly row: JournalRow;
      readonly lines: readonly string[];
    }
  | { readonly state: "ended"; readonly row: JournalRow; readonly lines: readonly string[] };

/** A row without what can be computed again. */
export type JournalRow = Omit<Song, "id" | "curve" | "plannedGain" | "planned" | "progress">;

export function journalRow(song: Song): JournalRow {
  const row: Partial<Song> = { ...song };
  for (const name of ["id", "curve", "plannedGain", "planned", "progress"] as const)
    delete row[name];
  return row as JournalRow;
}

export interface UnfinishedBatch {
  readonly head: JournalHead;
  /** By the song's index in the batch. */
  readonly entries: ReadonlyMap<number, JournalEntry>;
}

/** What the page says of it. */
export const summaryOf = ({ head, entries }: UnfinishedBatch): UnfinishedSummary => ({
  songs: head.songs.length,
  ended: [...entries.values()].filter(({ state }) => state === "ended").length,
  folders: head.roots.map(({ name }) => name),
  startedAt: head.startedAt,
});

/** One batch's journal, while the batch runs. */
export class BatchJournal {
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
      await set(headKey(head.batch), head, store);
      return new BatchJournal(store, head.batch, release, onBroken);
    } catch (error) {
      onBroken(error);
      return null;
    }
  }

  async write(index: number, entry: JournalEntry): Promise<void> {
    if (this.#broken) return;
    try {
      await set(entryKey(this.#batch, index), entry, this.#store);
    } catch (error) {
      this.#broken = true;
      this.#onBroken(error);
    }
  }

  /** The batch has ended, whatever became of its songs: nothing is left to resume. */
  async end(): Promise<void> {
    // Should this fail, the batch is offered again, and every song of it is found to be done.
    await forget(this.#batch, this.#store).catch(this.#onBroken);
    this.#release();
  }
}

/** Batches that were cut off: neither ended nor at work in another tab. The newest first. */
export async function unfinishedBatches(): Promise<UnfinishedBatch[]> {
  const store = openStore();
  const found = new Map<string, { head: JournalHead; entries: Map<number, JournalEntry> }>();
  const all = await entries<string, unknown>(store);
  for (const [key, value] of all) {
    const head = key.startsWith("head ") ? readHead(value) : null;
    if (head && !(await isHeld(head.batch))) found.set(head.batch, { head, entries: new Map() });
  }
  for (const [key, value] of all) {
    const [, batch, index] = /^song (\S+) (\d+)$/.exec(key) ?? [];
    const entry = readEntry(value);
    if (batch && entry) found.get(batch)?.entries.set(Number(index), entry);
  }
  return [...found.values()].toSorted((a, b) => (a.head.startedAt < b.head.startedAt ? 1 : -1));
}

export async function forgetBatch(batch: string): Promise<void> {
  await forget(batch, openStore());
}

/** Whether another tab is at work on one of these folders. */
export async function isBeingWorkedOn(
  roots: readonly FileSystemDirectoryHandle[],
): Promise<boolean> {
  try {
    for (const [key, value] of await entries<string, unknown>(openStore())) {
      const head = key.startsWith("head ") ? readHead(value) : null;
      if (!head || !(await isHeld(head.batch))) continue;
      for (const theirs of head.roots) {
        for (const ours of roots) if (await theirs.isSameEntry(ours)) return true;
      }
    }
  } catch {
    // Without a journal there is no telling; the writes themselves are still atomic.
  }
  return false;
}

const headKey = (batch: string): string => `head ${batch}`;
const entryKey = (batch: string, index: number): string => `song ${batch} ${index}`;

const openStore = (): UseStore => createStore("levelup-journal", "batches");

async function forget(batch: string, store: UseStore): Promise<void> {
  const keys = (await entries<string, unknown>(store)).map(([key]) => key);
  await delMany(
    keys.filter((key) => key === headKey(batch) || key.startsWith(`song ${batch} `)),
    store,
  );
}

const lockName = (batch: string): string => `levelup-batch-${batch}`;

/** The lock of a batch is held by the tab that works on it; the browser frees it when that ends. */
function holdBatch(batch: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(lockName(batch), () => new Promise<void>((release) => resolve(() => release())))
      .catch(reject);
  });
}

async function isHeld(batch: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === lockName(batch));
}
