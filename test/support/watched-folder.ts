import { execFile } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import type { Report } from "../../cli/in-browser/report";

const execute = promisify(execFile);

/** A folder that is looked at between the kills: every file in it has to be whole, at all times. */
export class WatchedFolder {
  readonly #folder: string;
  readonly #library: string;
  readonly #replacing: boolean;
  /** Length in samples of every song, as it was before. */
  readonly #lengths = new Map<string, number>();
  readonly #originals = new Map<string, Buffer>();
  /** Files that were judged whole already: nothing is judged twice. */
  readonly #judged = new Set<string>();
  /** Results, and where each lay: once there, none may ever be written again. */
  readonly #results = new Map<string, string>();

  /** `library`: the same songs as they were, which nobody touches. */
  constructor(folder: string, library: string, replacing: boolean) {
    this.#folder = folder;
    this.#library = library;
    this.#replacing = replacing;
  }

  async judge(): Promise<{ results: number; unfinished: number }> {
    if (this.#lengths.size === 0) await this.#learn();
    const all = await filesIn(this.#folder);
    const unfinished = all.filter((name) => /(^|\/)\.levelup-|\.crswap$/.test(name));
    const files = all.filter((name) => !unfinished.includes(name) && !name.endsWith(".txt"));
    await eachOnAllCores(files, (name) => this.#judgeFile(name));
    const missing = [...this.#originals.keys()].filter((name) => !files.includes(name));
    expect(missing, "songs that are neither old nor new on disk").toEqual([]);
    return { results: this.#results.size, unfinished: unfinished.length };
  }

  /** Nothing is there but the songs, their results and, where they were replaced, the originals. */
  async expectComplete({ files }: Report): Promise<void> {
    const songs = [...this.#originals.keys()];
    expect(files.map((file) => file.path).sort()).toEqual(songs.sort());
    const replaced = files.filter(({ status }) => this.#replacing && status === "leveled");
    const kept = replaced.map((file) => `Originals/${file.path}`);
    const added = this.#replacing
      ? ["Originals/About these originals.txt", ...kept]
      : songs.map((name) => `Leveled/${name}`);
    expect(await filesIn(this.#folder)).toEqual([...songs, ...added].sort());
    for (const name of this.#replacing ? kept : songs) {
      const original = this.#originals.get(name.replace(/^Originals\//, ""))!;
      expect((await readFile(path.join(this.#folder, name))).equals(original), name).toBe(true);
    }
  }

  /** Every song is as it was, and nothing else is there. */
  async expectRestored(): Promise<void> {
    const songs = [...this.#originals.keys()];
    expect(await filesIn(this.#folder)).toEqual(songs.sort());
    for (const [name, original] of this.#originals) {
      expect((await readFile(path.join(this.#folder, name))).equals(original), name).toBe(true);
    }
  }

  async #learn(): Promise<void> {
    await eachOnAllCores(await filesIn(this.#library), async (name) => {
      const file = path.join(this.#library, name);
      this.#originals.set(name, await readFile(file));
      this.#lengths.set(name, await samplesIn(file));
    });
  }

  async #judgeFile(name: string): Promise<void> {
    const file = path.join(this.#folder, name);
    const { ino, mtimeNs, size } = await stat(file, { bigint: true });
    const state = `${ino} ${mtimeNs} ${size}`;
    if (this.#judged.has(`${name} ${state}`)) return;
    const song = name.replace(/^(Leveled|Originals)\//, "");
    const longer = (await samplesIn(file)) - this.#lengths.get(song)!;
    // The end of an M4A may be that of its last frame.
    const frame = name.endsWith(".m4a") ? 1024 : 1;
    expect(longer >= 0 && longer < frame, `${name}: ${longer} samples too long`).toBe(true);
    this.#judged.add(`${name} ${state}`);
    const isSong = this.#originals.has(name);
    const isNew = !isSong || !(await readFile(file)).equals(this.#originals.get(name)!);
    if (!isNew) return;
    expect(this.#results.get(name) ?? state, `${name} was written twice`).toBe(state);
    if (name.startsWith("Leveled/") || isSong) this.#results.set(name, state);
  }
}

/** Decodes a file to its end, strictly; throws at the first fault. */
async function samplesIn(file: string): Promise<number> {
  const strict = ["-nostdin", "-hide_banner", "-xerror", "-err_detect", "explode"];
  const count = "astats=measure_perchannel=none:measure_overall=Number_of_samples";
  const output = ["-map", "0:a:0", "-af", count, "-f", "null", "-"];
  const { stderr } = await execute("ffmpeg", [...strict, "-i", file, ...output]);
  const [, samples] = /Number of samples: (\d+)/.exec(stderr) ?? [];
  if (samples === undefined) throw new Error(`${file}: ${stderr}`);
  return Number(samples);
}

export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.includes("/.levelup/"))
    .sort();
}

export async function eachOnAllCores<T>(items: readonly T[], work: (item: T) => Promise<void>) {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, lane));
}
