// `npm run test:long -- replace-wait`: what the swaps' wait costs. The same 500 songs of 20 s, MP3,
// through one page with two workers: in *Leveled folder*, and a copy of them in *Replace originals*.
// The table goes into docs/long-runs.md. Takes some ten minutes on two idle cores, and Linux.
// LEVELUP_SONGS and LEVELUP_SECONDS try it with fewer and shorter ones.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureExport } from "../../../scripts/build/export";
import { writeInto } from "../../../scripts/support/document";
import { cpuOfTree } from "../../../scripts/support/processes";
import { runNative } from "../../support/native-tools";
import { openTrialPage } from "../trial-page";
import { watchMemory } from "../watch-memory";

const music = "/usr/share/games/wesnoth/1.16/data/core/music";
const SECONDS = Number(process.env["LEVELUP_SECONDS"] ?? 20);
const SONGS = Number(process.env["LEVELUP_SONGS"] ?? 500);
/** The promise, in seconds. */
const MOST_LONGER = 60;
const HOUR = 60 * 60_000;

if (!(await ensureExport())) process.exit(1);
const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-wait-"));
try {
  await layOut();
  const leveled = await level("Leveled folder");
  const replaced = await level("Replace originals");
  const longer = replaced.seconds - leveled.seconds;
  const table = [
    "| save to | took | of it, only waiting | processor time | swaps that waited at once | page's process, peak |",
    "| --- | --- | --- | --- | --- | --- |",
    ...[leveled, replaced].map(
      ({ saveTo, seconds, waited, cpu, most, peak }) =>
        `| ${saveTo} | ${seconds.toFixed(0)} s | ${waited.toFixed(0)} s | ${cpu.toFixed(0)} s | ${most} | ${peak.toFixed(0)} MB |`,
    ),
    ...["", `${SONGS} songs of ${SECONDS} s; replacing them took ${longer.toFixed(0)} s longer.`],
  ].join("\n");
  console.log(table);
  if (SONGS === 500) writeInto("docs/long-runs.md", "replace wait", table);
  process.exitCode = longer <= MOST_LONGER ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Two dozen pieces of real music under many names. */
async function layOut(): Promise<void> {
  const made = path.join(folder, "made");
  mkdirSync(made);
  const sources = readdirSync(music).filter((name) => name.endsWith(".ogg"));
  for (const place of ["Leveled folder", "Replace originals"]) mkdirSync(path.join(folder, place));
  for (let song = 0; song < SONGS; song++) {
    const piece = path.join(made, `${song % 24}.mp3`);
    if (song < 24) {
      const source = path.join(music, sources[song]!);
      const given = ["-v", "error", "-nostdin", "-t", String(SECONDS), "-i", source];
      await runNative("ffmpeg", [...given, "-map", "0:a", "-b:a", "192k", piece]);
    }
    for (const place of ["Leveled folder", "Replace originals"]) {
      copyFileSync(piece, path.join(folder, place, `Song${song + 1}.mp3`));
    }
  }
}

async function level(saveTo: string) {
  const trial = await openTrialPage();
  const { levelUp, pid } = trial;
  try {
    await levelUp.set({ "Save to": saveTo, Workers: 2 });
    await levelUp.add([path.join(folder, saveTo)]);
    await levelUp.button("Start").and(levelUp.page.locator(":enabled")).waitFor();
    const memory = watchMemory(pid);
    await levelUp.press("Start");
    const question = levelUp.page.getByRole("dialog");
    if (saveTo === "Replace originals") {
      await question.getByRole("button", { name: "Replace originals" }).click();
    }
    const [began, cpuBefore] = [Date.now(), cpuOfTree(pid)];
    let [most, waitingSince]: [number, number | null] = [0, null];
    const looking = setInterval(() => {
      const unfinished = readdirSync(path.join(folder, saveTo));
      most = Math.max(most, unfinished.filter((name) => name.endsWith(".crswap")).length);
      void levelUp.statusText().then((text) => {
        if (text.startsWith("Waiting for the system")) waitingSince ??= Date.now();
      });
    }, 1000);
    const { done, skipped, failed } = await levelUp.finished(HOUR);
    const [ended, cpu] = [Date.now(), cpuOfTree(pid) - cpuBefore];
    clearInterval(looking);
    const { renderer: peak } = memory.stop();
    if (done + skipped !== SONGS) {
      const { files } = await levelUp.report();
      const why = files.flatMap(({ path: name, status, message }) =>
        status === "failed" ? [`${name}: ${message}`] : [],
      );
      throw new Error(`${saveTo}: ${failed} failed (${why.join("; ")})`);
    }
    const waited = waitingSince === null ? 0 : (ended - waitingSince) / 1000;
    return { saveTo, seconds: (ended - began) / 1000, waited, cpu, most, peak };
  } finally {
    await trial.close();
  }
}
