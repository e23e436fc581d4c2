// `npm run test:long -- terminal-hour`: 65 minutes of stereo FLAC through `npm run level`, and the
// same in a private window, which has no room for it and has to say so. Takes five minutes and 5 GB
// of disk.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "@playwright/test";
import { ensureBrowser, launchArguments } from "../../../cli/in-browser/browser";
import { LevelUpPage } from "../../../cli/in-browser/page";
import { ensureExport, exportFolder } from "../../../scripts/build/export";
import { serve } from "../../../scripts/serve";
import { root } from "../../../scripts/support/steps";
import { nativeLoudness, runNative } from "../../support/native-tools";

const music = "/usr/share/games/wesnoth/1.16/data/core/music/battle.ogg";
const SECONDS = 3900;

if (!(await ensureExport())) process.exit(1);
const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-hour-"));
try {
  const name = "djmix65.flac";
  const loop = ["-stream_loop", "-1", "-i", music, "-t", String(SECONDS)];
  const form = ["-ar", "44100", "-ac", "2", "-c:a", "flac"];
  await runNative("ffmpeg", ["-v", "error", ...loop, ...form, path.join(folder, name)]);

  const said = await inPrivateWindow();
  console.log({ private: said });
  const nothing = !existsSync(path.join(folder, "Leveled", name));

  const began = Date.now();
  const command = [
    path.join(root, "scripts/run.mjs"),
    "level",
    "--in-browser",
    folder,
    "--target",
    "-18",
  ];
  const { status } = spawnSync(process.execPath, command, { stdio: "inherit" });
  const took = (Date.now() - began) / 1000;
  const result = path.join(folder, "Leveled", name);
  const loudness = await nativeLoudness(result);
  const seconds = await durationOf(result);
  const left = readdirSync("/var/tmp").filter((each) => each.startsWith("levelup-profile-"));
  console.log({ status, took, seconds, loudness, left });
  const atTarget = Math.abs(loudness.integrated + 18) <= 0.2;
  const whole = Math.abs(seconds - SECONDS) < 0.001;
  const honest = nothing && said.reason === "no-working-room";
  process.exitCode = status === 0 && atTarget && whole && honest && left.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function durationOf(file: string): Promise<number> {
  const asked = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"];
  return Number(await runNative("ffprobe", [...asked, file]));
}

async function inPrivateWindow() {
  const page = await serve(exportFolder, 0);
  const browser = await chromium.launch({
    ...{ executablePath: await ensureBrowser(), args: launchArguments },
  });
  try {
    const levelUp = new LevelUpPage(await browser.newPage());
    await levelUp.prepare();
    await levelUp.open(page.url);
    await levelUp.add([folder]);
    await levelUp.press("Start");
    await levelUp.finished(30 * 60_000);
    const [song] = (await levelUp.report()).files;
    return { reason: song?.reason ?? null, message: song?.message ?? null };
  } finally {
    await browser.close();
    await page.close();
  }
}
