// `npm run test:long -- power-cut`: the exported page in *Replace originals* on file systems that
// lose power at any moment: they lie in files, which are copied while mounted, right after another
// program's fsync. Songs and the browser's profile are in each. In every copy every song has to be
// whole by native decode, in its place or in `Originals`; on some of them the page goes on, and has
// to end right. Needs root and Linux; takes some ten minutes. LEVELUP_FS names some file systems.
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { copyFile, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { LevelUpPage } from "../../../cli/in-browser/page";
import { ensureExport, exportFolder } from "../../../scripts/build/export";
import { serve } from "../../../scripts/serve";
import { KillableBrowser } from "../../support/killable-browser";
import { runNative } from "../../support/native-tools";
import {
  fileSystems,
  LoopImages,
  type FileSystemName,
  type LoopImage,
} from "../../support/loop-images";

const music = "/usr/share/games/wesnoth/1.16/data/core/music";
const SONGS = 24;
const WORKERS = Number(process.env["LEVELUP_WORKERS"] ?? 2);
/** Seconds between cuts, and how long they go on after the end of the batch. */
const CUT_EVERY = 3;
const AFTER_END = 60;
/** Copies on which the page goes on: spread over all. */
const RESUMED = 4;
/** At most so long after the songs of a *Leveled folder* batch; includes the swaps' wait. */
const MOST = 10 * 60_000;

const kinds: readonly (readonly [string, readonly string[]])[] = [
  ["mp3", ["-c:a", "libmp3lame", "-b:a", "192k"]],
  ["flac", ["-c:a", "flac", "-sample_fmt", "s16"]],
  ["ogg", ["-c:a", "libvorbis", "-q:a", "5"]],
  ["m4a", ["-c:a", "aac", "-b:a", "192k"]],
];

const asked = process.env["LEVELUP_FS"]?.split(",");
const names = (Object.keys(fileSystems) as FileSystemName[]).filter(
  (name) => asked?.includes(name) ?? name !== "exFAT",
);
if (!(await ensureExport())) process.exit(1);
const serving = await serve(exportFolder, 0);
const images = await LoopImages.make(16);
let right = true;
try {
  const library = images.otherFolder("library");
  await makeSongs(library);
  for (const name of names) {
    for (const keep of [true, false]) right = (await trial(name, library, keep)) && right;
  }
} finally {
  await images.close();
  await serving.close();
}
process.exitCode = right ? 0 : 1;

async function trial(name: FileSystemName, library: string, keep: boolean): Promise<boolean> {
  const image = await images.add(name, 600);
  if (typeof image === "string") {
    console.log(`${name}: not tried (${image})`);
    return true;
  }
  const originals = await layOut(library, image);
  const cuts: { copy: string; at: number; ended: boolean }[] = [];
  const browser = await KillableBrowser.start(path.join(image.folder, "profile"));
  const levelUp = new LevelUpPage(browser.page);
  await levelUp.open(serving.url);
  await levelUp.set({ "Save to": "Replace originals", "Keep originals": keep, Workers: WORKERS });
  await levelUp.add([path.join(image.folder, "Music")]);
  const began = Date.now();
  await levelUp.press("Start");
  const question = levelUp.page.getByRole("dialog");
  await question.getByRole("button", { name: "Replace originals" }).click();
  let endedAt: number | null = null;
  const finished = levelUp.finished(MOST).then((finish) => {
    endedAt = Date.now();
    return finish;
  });
  while (endedAt === null || Date.now() - endedAt < AFTER_END * 1000) {
    await new Promise((resolve) => setTimeout(resolve, CUT_EVERY * 1000));
    const at = Math.round((Date.now() - began) / 1000);
    cuts.push({ copy: await images.cut(image), at, ended: endedAt !== null });
  }
  const { done, failed } = await finished;
  await browser.kill();
  const took = Math.round(((endedAt ?? NaN) - began) / 1000);
  await images.remove(image);

  let [whole, inPlace, resumed] = [0, 0, 0];
  const wrong: string[] = [];
  const every = Math.max(1, Math.floor(cuts.length / RESUMED));
  for (const [index, { copy, at }] of cuts.entries()) {
    // At the path of the original, because that is what the page's handles hold.
    await images.afterCut(image, copy, async (folder) => {
      const found = await judge(path.join(folder, "Music"), originals);
      whole += Number(found.lost.length === 0);
      inPlace += Number(found.notInPlace === 0);
      if (found.lost.length > 0) wrong.push(`at ${at} s: ${found.lost.length} lost`);
      else if (index % every === 0) {
        const problem = await goOn(folder, originals);
        if (problem) wrong.push(`at ${at} s, gone on: ${problem}`);
        else resumed++;
      }
    });
  }
  console.log(
    `| ${name} | ${keep ? "kept" : "not kept"} | ${done} done, ${failed} failed in ${took} s | ${cuts.length} cuts | every song whole in ${whole} | all in place in ${inPlace} | gone on and right ${resumed} |`,
  );
  for (const each of wrong) console.log(`  ${each}`);
  return wrong.length === 0;
}

/** Resumes what the page offers, and restores what is kept; null when all is right then. */
async function goOn(
  folder: string,
  originals: ReadonlyMap<string, Original>,
): Promise<string | null> {
  const browser = await KillableBrowser.start(path.join(folder, "profile"));
  try {
    const levelUp = new LevelUpPage(browser.page);
    await levelUp.open(serving.url);
    const unfinished = levelUp.page.getByRole("region", { name: "Unfinished batch" });
    const offered = await unfinished.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
    if (offered) {
      await levelUp.press("Resume");
      const { failed, stopped } = await levelUp.finished(MOST);
      if (failed + stopped > 0) return `${failed} failed, ${stopped} stopped`;
    }
    const { lost, notInPlace } = await judge(path.join(folder, "Music"), originals);
    if (lost.length > 0) return `lost ${lost.join(", ")}`;
    return notInPlace > 0 ? `${notInPlace} not in place` : null;
  } catch (error) {
    return String(error);
  } finally {
    await browser.kill();
  }
}

async function makeSongs(library: string): Promise<void> {
  const sources = (await readdir(music)).filter((name) => name.endsWith(".ogg")).sort();
  for (let index = 0; index < SONGS; index++) {
    const [extension, options] = kinds[index % kinds.length]!;
    const source = path.join(music, sources[index % sources.length]!);
    const file = path.join(library, `${index % 3}`, `song ${index}.${extension}`);
    mkdirSync(path.dirname(file), { recursive: true });
    const piece = ["-ss", "5", "-t", "20", "-i", source, "-map", "0:a", "-ar", "44100"];
    await runNative("ffmpeg", ["-v", "error", "-nostdin", ...piece, ...options, file]);
  }
}

/** A song as it was laid out. */
interface Original {
  readonly hash: string;
  readonly seconds: number;
}

/** Copies the songs, on the disk for good; gives what they are by path. */
async function layOut(library: string, { folder }: LoopImage): Promise<Map<string, Original>> {
  const originals = new Map<string, Original>();
  for (const name of await songsIn(library)) {
    const file = path.join(folder, "Music", name);
    mkdirSync(path.dirname(file), { recursive: true });
    await copyFile(path.join(library, name), file);
    originals.set(name, { hash: await hashOf(file), seconds: await secondsOf(file) });
  }
  await runNative("sync", ["-f", folder]);
  return originals;
}

async function judge(folder: string, originals: ReadonlyMap<string, Original>) {
  const lost: string[] = [];
  let notInPlace = 0;
  for (const [name, { hash, seconds }] of originals) {
    if (await isWhole(path.join(folder, name), seconds)) continue;
    notInPlace++;
    const kept = await hashOf(path.join(folder, "Originals", name)).catch(() => null);
    if (kept !== hash) lost.push(name);
  }
  return { lost, notInPlace };
}

/** Decodes to its end without a fault, and is as long as what was laid out. */
async function isWhole(file: string, seconds: number): Promise<boolean> {
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

async function songsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

async function hashOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}
