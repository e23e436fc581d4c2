import { appendFile, open, readdir, readFile, unlink } from "node:fs/promises";
import path from "node:path";
import type { JournalStore } from "@/lib/journal/storage";
import { folderHandle, pathOf } from "./disk/handles";
import { makeFolder } from "./disk/make-folder";
import { syncFolder } from "./disk/swapped-write";

/**
 * The journal as files of lines, one file a batch: each line a key and its value, of which the last
 * one holds. A line that was cut off is left out.
 */
export function fileStore(folder: string): JournalStore {
  const fileOf = (key: string) => path.join(folder, `${key.split(" ")[1]}.jsonl`);
  /** One write after another. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    entries: () => inTurn(() => readAll(folder)),
    put: (key, value) =>
      inTurn(async () => {
        makeFolder(folder);
        const isNew = key.startsWith("head ");
        const file = await open(fileOf(key), "a");
        try {
          await appendFile(file, `${JSON.stringify([key, value], written)}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
        if (isNew) await syncFolder(folder);
      }),
    remove: (keys) =>
      inTurn(async () => {
        // Without its head nothing is left of a batch.
        for (const key of keys.filter((each) => each.startsWith("head "))) {
          await unlink(fileOf(key)).catch(unlessMissing);
        }
      }),
  };
}

async function readAll(folder: string): Promise<[string, unknown][]> {
  const names = await readdir(folder).catch(unlessMissing);
  const values = new Map<string, unknown>();
  for (const name of names ?? []) {
    if (!name.endsWith(".jsonl")) continue;
    const text = await readFile(path.join(folder, name), "utf8").catch(unlessMissing);
    for (const line of text?.split("\n") ?? []) {
      const entry = parsed(line);
      if (entry) values.set(...entry);
    }
  }
  return [...values];
}

function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}

function parsed(line: string): [string, unknown] | null {
  try {
    const entry: unknown = JSON.parse(line, read);
    return Array.isArray(entry) && typeof entry[0] === "string" ? [entry[0], entry[1]] : null;
  } catch {
    return null;
  }
}

/** JSON knows neither folders nor infinities. */
function written(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return { $number: String(value) };
  const isFolder = (value as Partial<FileSystemHandle> | null)?.kind === "directory";
  return isFolder ? { $folder: pathOf(value as FileSystemHandle) } : value;
}

function read(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$number" in value) return Number(value.$number);
  return "$folder" in value ? folderHandle(String(value.$folder)) : value;
}
