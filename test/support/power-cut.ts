import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { LevelUpPage } from "../../cli/in-browser/page";
import { KillableBrowser } from "./killable-browser";
import type { LoopImage, LoopImages } from "./loop-images";
import { runNative } from "./native-tools";
import { setSwapAge } from "./swap-age";

const music = "/usr/share/games/wesnoth/1.16/data/core/music";
/** At most so long a batch, in milliseconds, with the wait of its swaps. */
const MOST = 10 * 60_000;

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

export interface PowerCuts {
  readonly keepOriginals: boolean;
  readonly workers: number;
  /** Milliseconds that swaps wait; null: as long as in the product. */
  readonly swapAge: number | null;
  /** Seconds from one cut to the next. */
  readonly every: number;
  /** So many cuts at least, and the last of them so many seconds after the end of the batch. */
  readonly least: number;
  readonly afterEnd: number;
  /** On every how many of the copies the page goes on. */
  readonly goOnEvery: number;
}

export interface PowerCutsFound {
  readonly cuts: number;
  /** Copies in which every song was whole, and in which all were in their place. */
  readonly whole: number;
  readonly inPlace: number;
  /** Copies on which the page went on, and everything was right at the end. */
  readonly wentOn: number;
  /** Of the batch itself. */
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
  readonly wrong: readonly string[];
}

/**
 * The page at `url` replaces the songs of a library on a file system that loses power again and
 * again: it is copied while mounted, right after another program's fsync. The browser's profile is
 * on it too.
 */
export async function cutPower(
  url: string,
  images: LoopImages,
  image: LoopImage,
  library: Library,
  options: PowerCuts,
): Promise<PowerCutsFound> {
  const { keepOriginals, workers, every, least, afterEnd } = options;
  await library.layOut(image);
  const browser = await KillableBrowser.start(path.join(image.folder, "profile"));
  const cuts: { readonly copy: string; readonly at: number }[] = [];
  const began = Date.now();
  let endedAt: number | null = null;
  let counts = { done: 0, failed: 0 };
  try {
    const levelUp = new LevelUpPage(browser.page);
    if (options.swapAge !== null) await setSwapAge(browser.page, options.swapAge);
    await levelUp.open(url);
    await levelUp.set({
      ...{ "Save to": "Replace originals", "Keep originals": keepOriginals, Workers: workers },
    });
    await levelUp.add([path.join(image.folder, "Music")]);
    await levelUp.press("Start");
    const question = levelUp.page.getByRole("dialog");
    await question.getByRole("button", { name: "Replace originals" }).click();
    const finished = levelUp.finished(MOST).finally(() => (endedAt = Date.now()));
    finished.catch(() => undefined);
    while (endedAt === null || Date.now() - endedAt < afterEnd * 1000 || cuts.length < least) {
      await new Promise((resolve) => setTimeout(resolve, every * 1000));
      const at = Math.round((Date.now() - began) / 1000);
      cuts.push({ copy: await images.cut(image), at });
    }
    counts = await finished;
  } finally {
    await browser.kill();
  }
  await images.remove(image);

  let [whole, inPlace, wentOn] = [0, 0, 0];
  const wrong: string[] = [];
  for (const [index, { copy, at }] of cuts.entries()) {
    // At the path of the original, because that is what the page's handles hold.
    await images.afterCut(image, copy, async (folder) => {
      const { lost, notInPlace } = await library.judge(path.join(folder, "Music"));
      whole += Number(lost.length === 0);
      inPlace += Number(notInPlace.length === 0);
      if (lost.length > 0) wrong.push(`cut at ${at} s: lost ${lost.join(", ")}`);
      else if (index % options.goOnEvery === 0) {
        const problem = await goOn(url, folder, library);
        if (problem) wrong.push(`cut at ${at} s, gone on: ${problem}`);
        else wentOn++;
      }
    });
  }
  const seconds = Math.round((endedAt - began) / 1000);
  const { done, failed } = counts;
  return { cuts: cuts.length, whole, inPlace, wentOn, done, failed, seconds, wrong };
}

/** Resumes what the page offers; null when all songs are right then. */
async function goOn(url: string, folder: string, library: Library): Promise<string | null> {
  const browser = await KillableBrowser.start(path.join(folder, "profile"));
  try {
    const levelUp = new LevelUpPage(browser.page);
    // What is looked at now is not cut off.
    await setSwapAge(browser.page, 0);
    await levelUp.open(url);
    const unfinished = levelUp.page.getByRole("region", { name: "Unfinished batch" });
    const offered = await unfinished.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
    if (offered) {
      await levelUp.press("Resume");
      const { failed, stopped } = await levelUp.finished(MOST);
      if (failed + stopped > 0) {
        const { files } = await levelUp.report();
        const why = files.flatMap(({ path: name, status, message }) =>
          status === "leveled" || status === "skipped" ? [] : [`${name}: ${message}`],
        );
        return `${failed} failed, ${stopped} stopped (${why.join("; ")})`;
      }
    }
    const { lost, notInPlace, stray } = await library.judge(path.join(folder, "Music"));
    if (lost.length > 0) return `lost ${lost.join(", ")}`;
    if (notInPlace.length > 0) return `not in place: ${notInPlace.join(", ")}`;
    return offered && stray.length > 0 ? `left behind: ${stray.join(", ")}` : null;
  } catch (error) {
    return String(error);
  } finally {
    await browser.kill();
  }
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
