import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { LoopImage } from "../loop-images";
import { runNative } from "../native-tools";

const music = "/usr/share/games/wesnoth/1.16/data/core/music";
const kinds: readonly (readonly [string, readonly string[]])[] = [
  ["mp3", ["-c:a", "libmp3lame", "-b:a", "192k"]],
  ["flac", ["-c:a", "flac", "-sample_fmt", "s16"]],
  ["ogg", ["-c:a", "libvorbis", "-q:a", "5"]],
  ["m4a", ["-c:a", "aac", "-b:a", "192k"]],
];

/** A song of a library: its path there, its hash and its length by native ffprobe. */
interface Original {
  readonly hash: string;
  readonly seconds: number;
}

/** Songs of four kinds in three folders, made by native ffmpeg from real music. */
export class Library {
  readonly folder: string;
  readonly originals: ReadonlyMap<string, Original>;
  /** Files that were judged, by their hash: the same bytes are not decoded twice. */
  readonly #whole = new Map<string, Promise<boolean>>();

  private constructor(folder: string, originals: ReadonlyMap<string, Original>) {
    this.folder = folder;
    this.originals = originals;
  }

  static async make(songs: number): Promise<Library> {
    const folder = await mkdtemp(path.join(os.tmpdir(), "levelup-library-"));
    const sources = (await readdir(music)).filter((name) => name.endsWith(".ogg")).sort();
    const originals = new Map<string, Original>();
    for (let index = 0; index < songs; index++) {
      const [extension, options] = kinds[index % kinds.length]!;
      const name = `${index % 3}/song ${index}.${extension}`;
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      const source = path.join(music, sources[index % sources.length]!);
      const piece = ["-ss", "5", "-t", "20", "-i", source, "-map", "0:a", "-ar", "44100"];
      await runNative("ffmpeg", ["-v", "error", "-nostdin", ...piece, ...options, file]);
      originals.set(name, { hash: await hashOf(file), seconds: await secondsOf(file) });
    }
    return new Library(folder, originals);
  }

  /** Puts the songs on a file system, on its disk for good. */
  async layOut({ folder }: LoopImage): Promise<void> {
    for (const name of this.originals.keys()) {
      const file = path.join(folder, "Music", name);
      mkdirSync(path.dirname(file), { recursive: true });
      await copyFile(path.join(this.folder, name), file);
    }
    await runNative("sync", ["-f", folder]);
  }

  /** What became of the songs: each has to be whole in its place, or its original in `Originals`. */
  async judge(folder: string): Promise<Judgement> {
    const [lost, notInPlace]: [string[], string[]] = [[], []];
    for (const [name, { hash }] of this.originals) {
      if (await this.#isWhole(name, path.join(folder, name))) continue;
      notInPlace.push(name);
      const kept = await hashOf(path.join(folder, "Originals", name)).catch(() => null);
      if (kept !== hash) lost.push(name);
    }
    const all = await readdir(folder, { recursive: true });
    const stray = all.filter((name) => /(^|\/)\.levelup-|\.crswap$/.test(name));
    return { lost, notInPlace, stray };
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  /** Decodes to its end without a fault, and is as long as the original. */
  async #isWhole(name: string, file: string): Promise<boolean> {
    const hash = await hashOf(file).catch(() => null);
    if (hash === null) return false;
    const key = `${name} ${hash}`;
    const whole = this.#whole.get(key) ?? decodesWhole(file, this.originals.get(name)!.seconds);
    this.#whole.set(key, whole);
    return whole;
  }
}

interface Judgement {
  readonly lost: readonly string[];
  readonly notInPlace: readonly string[];
  /** What interrupted writes left behind. */
  readonly stray: readonly string[];
}

async function decodesWhole(file: string, seconds: number): Promise<boolean> {
  const strict = ["-v", "error", "-nostdin", "-xerror", "-err_detect", "explode"];
  try {
    await runNative("ffmpeg", [...strict, "-i", file, "-map", "0:a:0", "-f", "null", "-"]);
    return Math.abs((await secondsOf(file)) - seconds) < 0.1;
  } catch {
    return false;
  }
}

async function secondsOf(file: string): Promise<number> {
  const show = ["-v", "error", "-of", "csv=p=0", "-show_entries", "format=duration"];
  return Number(await runNative("ffprobe", [...show, file]));
}

async function hashOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}
