import { link, readdir, readFile, unlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Locks } from "@/lib/journal/batch-lock";
import { makeFolder } from "./disk/make-folder";

/** Milliseconds between two tries to get a lock that another process holds. */
const TRY_EVERY = 20;

/**
 * Web Locks between processes, as far as the journal uses them: a lock is a file that names the
 * process that holds it. One of a process that has ended is nobody's. Processes of different machines
 * do not see each other's, as profiles of different browsers do not.
 */
export function fileLocks(parent: string): Locks {
  const folder = path.join(parent, os.hostname());
  const fileOf = (name: string) => path.join(folder, `${name}.lock`);

  const take = async (name: string): Promise<boolean> => {
    makeFolder(folder);
    const made = path.join(folder, crypto.randomUUID());
    // Linked, it is there with its text or not at all.
    await writeFile(made, JSON.stringify({ pid: process.pid, begun: await begunAt(process.pid) }));
    try {
      await link(made, fileOf(name));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      await unlink(made);
    }
    if (await isHeld(fileOf(name))) return false;
    await unlink(fileOf(name)).catch(() => undefined);
    return take(name);
  };

  const request = async (name: string, ...rest: readonly unknown[]): Promise<unknown> => {
    const work = rest.at(-1) as (lock: { name: string } | null) => unknown;
    const { ifAvailable = false } = rest.length > 1 ? (rest[0] as LockOptions) : {};
    while (!(await take(name))) {
      if (ifAvailable) return work(null);
      await new Promise((resolve) => setTimeout(resolve, TRY_EVERY));
    }
    const release = () => unlink(fileOf(name)).catch(() => undefined);
    try {
      return await work({ name });
    } finally {
      await release();
    }
  };

  return {
    request: request,
    async query() {
      const names = await readdir(folder).catch(() => []);
      const held = [];
      for (const each of names) {
        if (!each.endsWith(".lock") || !(await isHeld(path.join(folder, each)))) continue;
        held.push({ name: each.slice(0, -".lock".length) });
      }
      return { held };
    },
  };
}

async function isHeld(file: string): Promise<boolean> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return false;
  const { pid, begun } = JSON.parse(text) as {
    readonly pid: number;
    readonly begun: string | null;
  };
  return isAlive(pid) && (await begunAt(pid)) === begun;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Numbers of processes are used again; when one began tells them apart, where the system says it. */
async function begunAt(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  // Field 22 (proc(5)); the second is in brackets and may hold spaces.
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}
