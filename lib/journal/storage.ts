import { createStore, delMany, entries, set, type UseStore } from "idb-keyval";
import type { SongEntry } from "@/lib/batch/run-record";
import { type JournalHead, readEntry, readHead } from "./schema";

/** A batch as the journal holds it. */
export interface StoredBatch {
  readonly head: JournalHead;
  /** By the song's index in the batch. */
  readonly entries: ReadonlyMap<number, SongEntry>;
}

/** The journal in IndexedDB. Everything rejects where the browser keeps nothing. */
export const openStore = (): UseStore => createStore("levelup-journal", "batches");

export const writeHead = (store: UseStore, head: JournalHead): Promise<void> =>
  set(headKey(head.batch), head, store);

export const writeEntry = (
  store: UseStore,
  batch: string,
  index: number,
  entry: SongEntry,
): Promise<void> => set(entryKey(batch, index), entry, store);

/** All that can be read; what is damaged is left out. */
export async function readBatches(): Promise<StoredBatch[]> {
  const found = new Map<string, { head: JournalHead; entries: Map<number, SongEntry> }>();
  const all = await entries<string, unknown>(openStore());
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

export async function removeBatch(batch: string): Promise<void> {
  const store = openStore();
  const keys = (await entries<string, unknown>(store)).map(([key]) => key);
  await delMany(
    keys.filter((key) => key === headKey(batch) || key.startsWith(`song ${batch} `)),
    store,
  );
}

const headKey = (batch: string): string => `head ${batch}`;
const entryKey = (batch: string, index: number): string => `song ${batch} ${index}`;
