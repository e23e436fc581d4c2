import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { chmod, chown, copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Report } from "../../cli/in-browser/report";
import { nativeLoudness, runNative } from "../support/native-tools";

/** The package of the command, where there is nothing but Node: no browser, no network, no root. */
const root = fileURLToPath(new URL("../..", import.meta.url));
const music = "/usr/share/games/wesnoth/1.16/data/core/music";
const NOBODY = 65534;

let place: string;
beforeAll(async () => {
  place = mkdtempSync(path.join(os.tmpdir(), "levelup-package-"));
  await chmod(place, 0o755);
  for (const name of ["home", "bin", "music"]) {
    await mkdir(path.join(place, name));
    if (process.getuid?.() === 0) await chown(path.join(place, name), NOBODY, NOBODY);
  }
  symlinkSync(process.execPath, path.join(place, "bin/node"));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** As an ordinary user, in that place. Gives the exit code and all that was said. */
function asUser(command: string, args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const child: ChildProcess = spawn(command, args, {
      cwd: path.join(place, "home"),
      env: {
        NODE_ENV: "production",
        HOME: path.join(place, "home"),
        PATH: path.join(place, "bin"),
      },
      ...user,
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (bytes: Buffer) => (text += bytes.toString()));
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, text }));
  });
}

test("is installed from its tarball alone, and levels songs of six kinds there", async () => {
  const packed = await runNative("npm", ["run", "pack", "--prefix", root]);
  const tarball = path.join(place, "home/levelup.tgz");
  await copyFile(packed.trim().split("\n").at(-1)!, tarball);
  const npm = realpathSync((await runNative("which", ["npm"])).trim());
  const offline = ["install", "--offline", "--cache", path.join(place, "home/cache")];
  const installed = await asUser(process.execPath, [npm, ...offline, tarball]);
  expect(installed.code, installed.text).toBe(0);

  const song = path.join(music, "victory.ogg");
  await copyFile(song, path.join(place, "music/a.ogg"));
  const kinds: Readonly<Record<string, readonly string[]>> = {
    mp3: ["-c:a", "libmp3lame", "-b:a", "192k"],
    flac: ["-c:a", "flac", "-sample_fmt", "s16"],
    wav: ["-c:a", "pcm_s16le"],
    m4a: ["-c:a", "aac", "-b:a", "192k"],
    opus: ["-c:a", "libopus", "-b:a", "128k"],
  };
  for (const [extension, form] of Object.entries(kinds)) {
    const made = path.join(place, `music/a.${extension}`);
    await runNative("ffmpeg", ["-v", "error", "-i", song, "-vn", ...form, made]);
  }
  const levelup = path.join(place, "home/node_modules/.bin/levelup");
  const reportFile = path.join(place, "home/report.json");
  const run = await asUser(levelup, [path.join(place, "music"), "--report", reportFile]);
  expect(run.code, run.text).toBe(0);
  const { files, app } = JSON.parse(await readFile(reportFile, "utf8")) as Report;
  expect(files.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => "leveled"));
  const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as {
    readonly version: string;
  };
  expect(app).toBe(version);
  for (const { path: name, output, reason } of files) {
    const { integrated, truePeak } = await nativeLoudness(path.join(place, "music", output!));
    const near =
      reason === "held-back-by-peaks" ? integrated < -14 : Math.abs(integrated + 14) < 0.2;
    expect([name, near, truePeak <= -0.9]).toEqual([name, true, true]);
  }

  const samples = await asUser(levelup, ["--samples", "--dry-run"]);
  expect(samples.code, samples.text).toBe(0);
  expect(await readdir(path.join(place, "home/LevelUp samples"))).toHaveLength(5);
  const alone = await asUser(levelup, []);
  expect(alone.code).toBe(2);
  expect(alone.text).toContain("levelup FOLDER");
});
