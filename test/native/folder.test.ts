import { spawn, type ChildProcess } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Report, ReportedFile } from "../../cli/in-browser/report";
import { nativeLoudness, runNative } from "../support/native-tools";

/**
 * The main job on real music that is not ours, judged by native ffmpeg: `npm run level -- --in-browser`,
 * which drives the exported page in a headless Chromium on a real folder.
 */
const music = "/usr/share/games/wesnoth/1.16/data/core/music";
const root = fileURLToPath(new URL("../..", import.meta.url));
const minutes = 60_000;

/** How native ffmpeg makes each kind from the original Ogg files. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "192k"],
  flac: ["-c:a", "flac", "-sample_fmt", "s16"],
  wav: ["-c:a", "pcm_s16le"],
  m4a: ["-c:a", "aac", "-b:a", "192k"],
  opus: ["-c:a", "libopus", "-b:a", "128k"],
};

let folder = "";
let command: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "levelup-native-"));
});
afterEach(async () => {
  // A test that ran out of time leaves its command running; stopped like this it takes its browser along.
  if (command?.exitCode === null) command.kill("SIGINT");
  await rm(folder, { recursive: true, force: true });
});

describe("a folder of real songs, leveled from the terminal", () => {
  test(
    "twelve songs of six kinds in nested folders, on four workers",
    async () => {
      const songs = (await originals()).slice(0, 12);
      const extensions = ["ogg", ...Object.keys(kinds)];
      const paths = songs.map((song, index) => {
        const extension = extensions[index % extensions.length]!;
        const place = ["", "Campaign/", "Campaign/Part 2/", "Extras/"][index % 4]!;
        return `${place}${song.replace(/\.ogg$/, "")}.${extension}`;
      });
      await onAllCores(songs.map((song, index) => () => make(song, paths[index]!)));

      const { code, report, log } = await level(["--workers", "4"]);
      expect(code).toBe(0);
      expect(report.workers).toBe(4);
      expect(report.files.map((file) => file.path).sort()).toEqual(paths.sort());
      await expectAtTarget(report);
      expect(log.slice(0, 5)).toEqual([
        "=== BATCH PROCESSING START ===",
        "Files to process: 12",
        "Parallel processing: ENABLED",
        "Max concurrent jobs: 4",
        "Using parallel processing with 4 workers...",
      ]);
      expect(log.slice(-6)).toEqual([
        "=== PARALLEL PROCESSING SUMMARY ===",
        "Total files: 12",
        "Completed: 12",
        "Failed: 0",
        "Success rate: 100.0%",
        "=== BATCH PROCESSING COMPLETE ===",
      ]);
      const written = await readdir(path.join(folder, "Leveled"), { recursive: true });
      expect(written.filter((name) => /^(?!\.levelup).*\.\w+$/.test(name)).sort()).toEqual(
        paths.sort(),
      );
    },
    20 * minutes,
  );

  test(
    "the first minute of all 41 songs as MP3",
    async () => {
      const songs = await originals();
      expect(songs).toHaveLength(41);
      const asMp3 = (song: string) => () => make(song, song.replace(/\.ogg$/, ".mp3"), "-t", "60");
      await onAllCores(songs.map(asMp3));

      const { code, report } = await level(["--cores", "aggressive"]);
      expect(code).toBe(0);
      expect(report.files).toHaveLength(41);
      await expectAtTarget(report);
    },
    20 * minutes,
  );
});

const originals = async () => (await readdir(music)).filter((name) => name.endsWith(".ogg")).sort();

/** Lays one song into the folder, in the kind that its new name says. */
async function make(song: string, name: string, ...cut: string[]): Promise<void> {
  const [source, target] = [path.join(music, song), path.join(folder, name)];
  await mkdir(path.dirname(target), { recursive: true });
  const options = kinds[path.extname(name).slice(1)];
  if (options === undefined) await copyFile(source, target);
  else
    await runNative("ffmpeg", [
      "-v",
      "error",
      "-nostdin",
      "-i",
      source,
      ...cut,
      ...options,
      target,
    ]);
}

async function onAllCores(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...tasks];
  const work = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) await task();
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, work));
}

/** Runs the command itself, as a person would. */
async function level(args: readonly string[]) {
  const [reportFile, logFile] = [`${folder}.report.json`, `${folder}.log`];
  const line = [
    "scripts/run.mjs",
    "level",
    "--in-browser",
    folder,
    "--report",
    reportFile,
    "--log",
    logFile,
  ];
  const child = spawn(process.execPath, [...line, ...args], { cwd: root, stdio: "inherit" });
  command = child;
  const code = await new Promise((resolve) => child.once("exit", resolve));
  const report = JSON.parse(await readFile(reportFile, "utf8")) as Report;
  const log = (await readFile(logFile, "utf8")).trim().split("\n");
  await Promise.all([rm(reportFile), rm(logFile)]);
  return { code, report, log };
}

/**
 * Every delivered file within 0.2 LU of -14 LUFS, or marked as held back or silent; none above
 * -0.9 dBTP.
 */
async function expectAtTarget(report: Report) {
  const wrong: string[] = [];
  const judge = async ({ path: name, status, reason, output }: ReportedFile) => {
    const { integrated, truePeak } = await nativeLoudness(path.join(folder, output ?? name));
    const right =
      status === "skipped" && reason === "silent"
        ? integrated === -Infinity
        : reason === "held-back-by-peaks"
          ? integrated < -14
          : ["leveled", "skipped"].includes(status) && Math.abs(integrated + 14) <= 0.2;
    if (!right || truePeak > -0.9) {
      wrong.push(`${name}: ${status}, ${reason}, ${integrated} LUFS, ${truePeak.toFixed(2)} dBTP`);
    }
  };
  await onAllCores(report.files.map((file) => () => judge(file)));
  expect(wrong).toEqual([]);
}
