import { createStore, delMany, entries, set, type UseStore } from "idb-keyval";
import type { SongEntry } from "@/lib/batch/run-record";
import { type JournalHead, readEntry, readHead } from "./schema";

/** Where the journal lies. Everything rejects where the browser keeps nothing. */
export interface JournalStore {
  entries(): Promise<readonly (readonly [key: string, value: unknown])[]>;
  /** Comes back when the value is on the disk. */
  put(key: string, value: unknown): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
}

/** A batch as the journal holds it. */
export interface StoredBatch {
  readonly head: JournalHead;
  /** By the song's index in the batch. */
  readonly entries: ReadonlyMap<number, SongEntry>;
}

/**
 * In IndexedDB, with strict durability: a transaction is complete when the system was told to put
 * it on the disk. By default a browser lets it lie in the system's memory.
 */
export function browserStore(): JournalStore {
  const opened = createStore("levelup-journal", "batches");
  const strict: UseStore = (mode, work) =>
    opened("readonly", ({ name, transaction: { db } }) =>
      work(db.transaction(name, mode, { durability: "strict" }).objectStore(name)),
    );
  return {
    entries: () => entries<string, unknown>(strict),
    put: (key, value) => set(key, value, strict),
    remove: (keys) => delMany([...keys], strict),
  };
}

export const writeHead = (store: JournalStore, head: JournalHead): Promise<void> =>
  store.put(headKey(head.batch), head);

export const writeEntry = (
  store: JournalStore,
  batch: string,
  index: number,
  entry: SongEntry,
): Promise<void> => store.put(entryKey(batch, index), entry);

/** All that can be read; what is damaged is left out. */
export async function readBatches(store: JournalStore): Promise<StoredBatch[]> {
  const found = new Map<string, { head: JournalHead; entries: Map<number, SongEntry> }>();
  const all = await store.entries();
  for (const [key, value] of all) {
    const head = key.startsWith("head ") ? readHead(value) : null;
    if (head) found.set(head.batch, { head, entries: new Map() });
  }
  for (const [key, value] of all) {
    const [, batch, index] = /^song (\S+) (\d+)$/.exec(key) ?? [];
    const entry = readEntry(value);
    if (batch && entry) found.get(batch)?.entries.set(Number(index), entry);
  }
  return [...found.values()];
}

/** The head first: without it nothing is offered, whatever becomes of the rest. */
export async function removeBatch(store: JournalStore, batch: string): Promise<void> {
  await store.remove([headKey(batch)]);
  const keys = (await store.entries()).map(([key]) => key);
  await store.remove(keys.filter((key) => key.startsWith(`song ${batch} `)));
}

const headKey = (batch: string): string => `head ${batch}`;
const entryKey = (batch: string, index: number): string => `song ${batch} ${index}`;
