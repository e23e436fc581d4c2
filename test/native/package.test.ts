import { copyFile, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Report } from "../../cli/in-browser/report";
import { residentOf } from "../../scripts/support/processes";
import { InstalledPackage } from "../support/installed-package";
import { nativeLoudness, runNative } from "../support/native-tools";

/**
 * The small forms of `npm run test:long -- installed`, of `long-files-command` and of the benchmark
 * beside the page. They are in one file, since each packs the command.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
const song = "/usr/share/games/wesnoth/1.16/data/core/music/victory.ogg";

let installed: InstalledPackage;
beforeAll(async () => (installed = await InstalledPackage.install()), 120_000);
afterAll(() => installed?.remove());

test("is installed from its tarball alone, and levels songs of six kinds there", async () => {
  await copyFile(song, path.join(installed.music, "a.ogg"));
  const kinds: Readonly<Record<string, readonly string[]>> = {
    mp3: ["-c:a", "libmp3lame", "-b:a", "192k"],
    flac: ["-c:a", "flac", "-sample_fmt", "s16"],
    wav: ["-c:a", "pcm_s16le"],
    m4a: ["-c:a", "aac", "-b:a", "192k"],
    opus: ["-c:a", "libopus", "-b:a", "128k"],
  };
  for (const [extension, form] of Object.entries(kinds)) {
    const made = path.join(installed.music, `a.${extension}`);
    await runNative("ffmpeg", ["-v", "error", "-i", song, "-vn", ...form, made]);
  }
  const reportFile = path.join(installed.home, "report.json");
  const run = await installed.levelup([installed.music, "--report", reportFile]);
  expect(run.code, run.text).toBe(0);
  const { files, app } = JSON.parse(await readFile(reportFile, "utf8")) as Report;
  expect(files.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => "leveled"));
  const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as {
    readonly version: string;
  };
  expect(app).toBe(version);
  for (const { path: name, output, reason } of files) {
    const { integrated, truePeak } = await nativeLoudness(path.join(installed.music, output!));
    const near =
      reason === "held-back-by-peaks" ? integrated < -14 : Math.abs(integrated + 14) < 0.2;
    expect([name, near, truePeak <= -0.9]).toEqual([name, true, true]);
  }

  const samples = await installed.levelup(["--samples", "--dry-run"]);
  expect(samples.code, samples.text).toBe(0);
  expect(await readdir(path.join(installed.home, "LevelUp samples"))).toHaveLength(5);
  const alone = await installed.levelup([]);
  expect(alone.code).toBe(2);
  expect(alone.text).toContain("levelup FOLDER");
});

test("levels a song in less memory than its samples take", async () => {
  const folder = path.join(installed.music, "long");
  await runNative("mkdir", ["-m", "777", folder]);
  // 20 minutes of stereo: 423 MB of samples in single precision.
  const noise =
    "anoisesrc=sample_rate=44100:color=pink:amplitude=0.1:duration=1200,aformat=cl=stereo";
  const made = path.join(folder, "long.flac");
  await runNative("ffmpeg", [
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    noise,
    "-sample_fmt",
    "s16",
    made,
  ]);
  let [most, timer]: [number, NodeJS.Timeout | undefined] = [0, undefined];
  const run = await installed.levelup([folder, "--workers", "1"], (pid) => {
    timer = setInterval(() => (most = Math.max(most, residentOf(pid))), 100);
  });
  clearInterval(timer);
  expect(run.code, run.text).toBe(0);
  expect(most).toBeLessThan(400);
  const { integrated } = await nativeLoudness(path.join(folder, "Leveled/long.flac"));
  expect(Math.abs(integrated + 14)).toBeLessThan(0.1);
});

test("is measured beside the page and native commands", async () => {
  const asked = ["--songs", "1", "--seconds", "8", "--kinds", "flac"];
  const benchmark = path.join(root, "bench/node-and-page.ts");
  const told = await runNative(process.execPath, ["--import", "tsx", benchmark, ...asked]);
  const rows = told.split("\n").filter((line) => line.startsWith("| FLAC |"));
  expect(rows).toHaveLength(3);
  expect(told).not.toContain("NaN");
  console.log(rows.join("\n"));
});
