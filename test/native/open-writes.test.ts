import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { LevelUpPage } from "../../cli/in-browser/page";
import { exportFolder } from "../../scripts/build/export";
import { serve } from "../../scripts/serve";
import { KillableBrowser } from "../support/killable-browser";
import { runNative } from "../support/native-tools";
import { slowWrites } from "../support/slow-writes";
import { randomFrom } from "../support/tabs/turns";
import { eachOnAllCores, filesIn, WatchedFolder } from "../support/watched-folder";

/**
 * The browser is killed (`kill -9`) in the middle of *Replace originals*, of *Restore originals* and
 * of each *Resume* of them, on a disk that is so slow that a write is open at most of these moments.
 */
const KILLS = Number(process.env["LEVELUP_KILLS"] ?? 3);
const SEED = Number(process.env["LEVELUP_SEED"] ?? 1);
const SONGS = 8;
const minutes = 60_000;
const music = "/usr/share/games/wesnoth/1.16/data/core/music";
const kinds = ["mp3", "flac", "wav", "ogg"];

let library = "";
let page: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  library = await mkdtemp(path.join(os.tmpdir(), "levelup-songs-"));
  page = await serve(exportFolder, 0);
  const sources = (await readdir(music)).filter((name) => name.endsWith(".ogg")).sort();
  await mkdir(path.join(library, "Live"));
  await eachOnAllCores(
    Array.from({ length: SONGS }, (_, index) => index),
    async (index) => {
      const place = index % 2 === 0 ? "" : "Live";
      const kind = kinds[(index >> 1) % kinds.length]!;
      const file = path.join(library, place, `song ${index + 1}.${kind}`);
      const piece = ["-ss", "1", "-t", "3", "-i", path.join(music, sources[index]!)];
      const level = ["-af", `volume=-${3 + index}dB`, "-ar", "44100"];
      await runNative("ffmpeg", ["-v", "error", "-nostdin", ...piece, ...level, file]);
    },
  );
}, 2 * minutes);
afterAll(async () => {
  await page?.close();
  await rm(library, { recursive: true, force: true });
});

let work = "";
let browser: KillableBrowser | undefined;
beforeEach(async () => {
  work = await mkdtemp(path.join(os.tmpdir(), "levelup-kill-"));
});
afterEach(async () => {
  await browser?.kill();
  await rm(work, { recursive: true, force: true });
});

test(
  `killed ${KILLS} times while it replaces, restores and goes on with either`,
  async () => {
    const folder = path.join(work, "Music");
    await runNative("cp", ["-a", library, folder]);
    const disk = new WatchedFolder(folder, library, true);
    const random = randomFrom(SEED);
    const moments: { readonly during: string; readonly open: number }[] = [];

    const begin = async (slow: boolean) => {
      browser = await KillableBrowser.start(path.join(work, "profile"));
      const levelUp = new LevelUpPage(browser.page);
      await slowWrites(levelUp.page, slow ? 700 : 0);
      await levelUp.prepare();
      await levelUp.open(page.url);
      return levelUp;
    };
    const resume = async (slow: boolean) => {
      const levelUp = await begin(slow);
      await levelUp.page.getByRole("region", { name: "Unfinished batch" }).waitFor();
      await levelUp.press("Resume");
      return levelUp;
    };
    const openWrites = async () =>
      (await filesIn(folder)).filter((name) => /\.crswap$/.test(name)).length;
    /** Most moments are while a song or its copy is being written; the others anywhere. */
    const kill = async (during: string) => {
      const waitsForWrite = moments.length % 4 !== 3;
      if (waitsForWrite) {
        for (let tries = 0; (await openWrites()) === 0 && tries < 3000; tries++) await sleep(20);
      }
      await sleep(random() * (waitsForWrite ? 500 : 2500));
      await browser?.kill();
      moments.push({ during, open: await openWrites() });
      await disk.judge();
    };
    const isUnfinished = async () => {
      const levelUp = await begin(false);
      const region = levelUp.page.getByRole("region", { name: "Unfinished batch" });
      const found = await region.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
      await browser?.kill();
      return found;
    };

    const inReplace = Math.ceil(KILLS / 2);
    let levelUp = await begin(inReplace > 0);
    await levelUp.set({ "Save to": "Replace originals", Workers: 2 });
    await levelUp.add([folder]);
    await levelUp.press("Start");
    const question = levelUp.page.getByRole("dialog");
    await question.getByRole("button", { name: "Replace originals" }).click();
    for (let killed = 1; killed <= inReplace; killed++) {
      await kill(killed === 1 ? "Replace" : "Resume of Replace");
      levelUp = await resume(killed < inReplace);
    }
    const finish = await levelUp.finished(3 * minutes);
    expect(finish).toMatchObject({ songs: SONGS, failed: 0, stopped: 0 });
    await levelUp.log.getByText("=== BATCH PROCESSING COMPLETE ===").waitFor();
    const log = await levelUp.logLines();
    const jobs = log.flatMap((line) => / completed job (\d+)\//.exec(line)?.[1] ?? []);
    expect(jobs.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: SONGS }, (_, index) => index + 1),
    );
    await disk.judge();
    await disk.expectComplete(await levelUp.report());
    await browser?.kill();

    levelUp = await begin(true);
    await levelUp.add([folder]);
    await levelUp.press("Restore originals");
    let hasEnded = false;
    for (let killed = inReplace + 1; killed <= KILLS && !hasEnded; killed++) {
      await kill(killed === inReplace + 1 ? "Restore" : "Resume of Restore");
      // It may have been about to end: then nothing is left to go on with.
      hasEnded = !(await isUnfinished());
      if (!hasEnded) levelUp = await resume(killed < KILLS);
    }
    if (!hasEnded) {
      const notice = levelUp.page.locator(".notice-place");
      await notice.getByText(/back in (its|their) place/).waitFor();
      const kept = levelUp.page.getByRole("region", { name: "Kept originals" });
      await kept.waitFor({ state: "hidden" });
    }
    await disk.expectRestored();

    const open = moments.filter((moment) => moment.open > 0).length;
    console.log(moments.map(({ during, open: writes }) => `${during}: ${writes} open`).join("; "));
    expect(open).toBeGreaterThanOrEqual(moments.length / 2);
    const figures = process.env["LEVELUP_FIGURES"];
    if (figures !== undefined) await writeFile(figures, JSON.stringify(moments));
  },
  20 * minutes,
);
