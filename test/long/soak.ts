// `npx tsx test/long/soak.ts`: 500 songs of six kinds, a hundred of full length, through one
// page with two workers, and the memory of the page's process along the way. The table goes into
// docs/long-runs.md. Takes 5 minutes on two idle cores, 2 GB of disk, and Linux.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureExport } from "../../scripts/build/export";
import { into } from "./document";
import { memoryNow, watchMemory } from "./renderer-memory";
import { openTrialPage } from "./trial-page";

const music = "/usr/share/games/wesnoth/1.16/data/core/music";
const SONGS = 500;
/** One song in five is of full length, the others of 5 to 20 s. */
const FULL_EVERY = 5;
const SAMPLE_EVERY = 50;
/** The promise: memory after the last song against that after the first fifty. */
const MOST_GROWTH = 1.15;
/** Songs of 75 to 163 s. */
const FULL = ["love_theme", "underground", "frantic", "revelation", "frantic-old", "battle-epic"];

const kinds: readonly (readonly [string, readonly string[]])[] = [
  ["mp3", ["-c:a", "libmp3lame", "-b:a", "192k"]],
  ["flac", ["-c:a", "flac", "-sample_fmt", "s16"]],
  ["wav", ["-c:a", "pcm_s16le"]],
  ["m4a", ["-c:a", "aac", "-b:a", "192k"]],
  ["ogg", ["-c:a", "libvorbis", "-q:a", "5"]],
  ["opus", ["-c:a", "libopus", "-b:a", "128k"]],
];

if (!(await ensureExport())) process.exit(1);
const folder = mkdtempSync(path.join(os.tmpdir(), "levelup-soak-"));
try {
  layOut();
  process.exitCode = (await soak()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The same two dozen files under many names: what differs from song to song is enough to be mixed. */
function layOut(): void {
  const sources = FULL.map((name) => `${name}.ogg`);
  const known = new Set(readdirSync(music));
  const missing = sources.filter((name) => !known.has(name));
  if (missing.length > 0) throw new Error(`There is no ${missing.join(", ")} in ${music}.`);
  mkdirSync(path.join(folder, "made"));
  mkdirSync(path.join(folder, "songs"));
  for (let number = 0; number < SONGS; number += 1) {
    const full = number % FULL_EVERY === 0;
    // 5 is prime to 6: both the full and the short ones go through all kinds and all songs.
    const kind = Math.floor(full ? number / FULL_EVERY : number) % kinds.length;
    const song = Math.floor(number / 7) % (full ? 2 : sources.length);
    const [extension, options] = kinds[kind]!;
    const from = path.join(music, sources[(song + kind) % sources.length]!);
    const length = full ? [] : ["-ss", "10", "-t", String(5 + ((song * 3) % 16))];
    const made = path.join(folder, "made", `${full}-${kind}-${song}.${extension}`);
    if (!readdirSync(path.dirname(made)).includes(path.basename(made))) {
      const quiet = ["-v", "error", "-nostdin"];
      const args = [...quiet, ...length, "-i", from, "-map", "0:a", ...options, made];
      const { status, stderr } = spawnSync("ffmpeg", args, { encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
    }
    const name = `Song${String(number + 1).padStart(3, "0")}.${extension}`;
    copyFileSync(made, path.join(folder, "songs", name));
  }
}

async function soak(): Promise<boolean> {
  const trial = await openTrialPage();
  const { levelUp, pid, session } = trial;
  try {
    await levelUp.set({ Workers: 2 });
    await levelUp.add([path.join(folder, "songs")]);
    await levelUp.button("Start").and(levelUp.page.locator(":enabled")).waitFor();
    await levelUp.page.evaluate(() => Object.assign(window, { samePage: true }));
    const watch = watchMemory(pid);
    const began = Date.now();
    await levelUp.press("Start");
    const samples: { done: number; before: number; after: number }[] = [];
    for (let wanted = SAMPLE_EVERY; wanted <= SONGS; wanted += SAMPLE_EVERY) {
      const done = await doneSongs(wanted);
      const before = memoryNow(pid).renderer;
      await session.send("HeapProfiler.collectGarbage");
      const after = memoryNow(pid).renderer;
      samples.push({ done, before, after });
      console.log(
        done,
        Math.round(before),
        Math.round(after),
        Math.round(Date.now() - began) / 1e3,
      );
    }
    const finish = await levelUp.finished(60_000);
    const took = Math.round((Date.now() - began) / 1000);
    const peak = watch.stop();
    const samePage = await levelUp.page.evaluate(() => "samePage" in window);
    const report = await levelUp.report();
    for (const { path: name, status, message } of report.files) {
      if (status !== "leveled" && status !== "skipped") console.error(name, status, message);
    }
    const [first, last] = [samples[0]!, samples.at(-1)!];
    const growth = last.after / first.after;
    const summary =
      `${finish.done} leveled, ${finish.skipped} skipped, ${finish.failed} failed of ${finish.songs}` +
      ` in ${took} s with 2 workers; ${samePage ? "never reloaded" : "RELOADED"}; after ${last.done}` +
      ` songs ${growth.toFixed(2)} times what it was after ${first.done}; peak ${Math.round(peak.renderer)} MB` +
      ` (whole browser ${Math.round(peak.browser)} MB).`;
    console.log(summary);
    into("soak", [
      ...["| songs done | page's process | after garbage collection |", "| --- | --- | --- |"],
      ...samples.map(
        ({ done, before, after }) =>
          `| ${done} | ${Math.round(before)} MB | ${Math.round(after)} MB |`,
      ),
      "",
      summary,
    ]);
    return samePage && finish.failed === 0 && finish.songs === SONGS && growth <= MOST_GROWTH;
  } finally {
    await trial.close();
  }

  /** Waits until so many songs are done; gives how many are by then. */
  async function doneSongs(wanted: number): Promise<number> {
    const done = await levelUp.page.waitForFunction(
      (least) => {
        const text = document.querySelector("[role=log]")?.textContent ?? "";
        const counts = [...text.matchAll(/\((\d+)\/\d+ total completed\)/g)];
        const most = Number(counts.at(-1)?.[1] ?? 0);
        return most >= least ? most : null;
      },
      wanted,
      { timeout: 20 * 60_000, polling: 250 },
    );
    return (await done.jsonValue()) ?? 0;
  }
}
