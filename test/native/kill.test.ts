import { mkdtemp, mkdir, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { LevelUpPage } from "../../cli/in-browser/page";
import type { Report } from "../../cli/in-browser/report";
import { serve } from "../../scripts/serve";
import { exportFolder } from "../../scripts/build/export";
import { KillableBrowser } from "../support/killable-browser";
import { nativeLoudness, runNative } from "../support/native-tools";
import { setSwapAge } from "../support/swap-age";
import { randomFrom } from "../support/tabs/turns";
import { eachOnAllCores, WatchedFolder } from "../support/watched-folder";

/**
 * A batch of 40 songs whose browser is killed (`kill -9`) again and again, at random moments, and
 * goes on each time. What is on disk at each kill, and at the end, is judged by native ffmpeg.
 */
const KILLS = Number(process.env["LEVELUP_KILLS"] ?? 6);
const SEED = Number(process.env["LEVELUP_SEED"] ?? 1);
const SONGS = 40;
const minutes = 60_000;
const music = "/usr/share/games/wesnoth/1.16/data/core/music";

/** How native ffmpeg makes each kind. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "192k"],
  flac: ["-c:a", "flac", "-sample_fmt", "s16"],
  m4a: ["-c:a", "aac", "-b:a", "192k"],
  ogg: ["-c:a", "libvorbis", "-q:a", "5"],
  wav: ["-c:a", "pcm_s16le"],
  opus: ["-c:a", "libopus", "-b:a", "128k"],
};

let library = "";
let page: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  library = await mkdtemp(path.join(os.tmpdir(), "levelup-songs-"));
  page = await serve(exportFolder, 0);
  const sources = (await readdir(music)).filter((name) => name.endsWith(".ogg")).sort();
  await eachOnAllCores(
    Array.from({ length: SONGS }, (_, index) => index),
    async (index) => {
      const extension = Object.keys(kinds)[index % 6]!;
      const place = ["", "Live", "Live/Part 2"][index % 3]!;
      const file = path.join(library, place, `song ${index + 1}.${extension}`);
      await mkdir(path.dirname(file), { recursive: true });
      const source = path.join(music, sources[index % sources.length]!);
      // A few seconds of each, some turned down, one of them silent.
      const piece = ["-ss", "1", "-t", String(3 + (index % 4)), "-i", source];
      const quieter = ["-af", `volume=-${(index * 7) % 9}dB`, "-ar", "44100"];
      const rate = extension === "opus" ? ["-ar", "48000"] : [];
      await runNative("ffmpeg", [
        ...["-v", "error", "-nostdin", ...piece, ...quieter, ...kinds[extension]!, ...rate, file],
      ]);
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

test.each(["Leveled folder", "Replace originals"] as const)(
  `%s: killed ${KILLS} times, resumed each time`,
  async (saveTo) => {
    const folder = path.join(work, "Music");
    await runNative("cp", ["-a", library, folder]);
    const disk = new WatchedFolder(folder, library, saveTo === "Replace originals");
    const random = randomFrom(SEED);
    const moments: string[] = [];
    let completed = 0;

    const begin = async () => {
      browser = await KillableBrowser.start(path.join(work, "profile"));
      const levelUp = new LevelUpPage(browser.page);
      await levelUp.prepare();
      await setSwapAge(browser.page, 0);
      await levelUp.open(page.url);
      return levelUp;
    };
    const start = async () => {
      const levelUp = await begin();
      const begun = levelUp.page.waitForEvent("console", (line) =>
        line.text().startsWith("Worker 1 started"),
      );
      await levelUp.set({ "Save to": saveTo, Workers: 2 });
      await levelUp.add([folder]);
      await levelUp.press("Start");
      if (saveTo === "Replace originals") {
        const question = levelUp.page.getByRole("dialog");
        await question.getByRole("button", { name: "Replace originals" }).click();
      }
      await begun;
      return levelUp;
    };
    const resume = async () => {
      const levelUp = await begin();
      const unfinished = levelUp.page.getByRole("region", { name: "Unfinished batch" });
      await unfinished.waitFor().catch((error: unknown) => {
        throw new Error(`After ${moments.join("; ")}: ${String(error)}`);
      });
      await levelUp.press("Resume");
      return levelUp;
    };

    for (let kill = 1; kill <= KILLS; kill++) {
      const levelUp = await (kill === 1 ? start() : resume());
      // Spread over the batch; most while songs are in work, some while it is being resumed.
      const spread = Math.floor(((SONGS - 12) * (kill - 1 + random())) / KILLS);
      const inWork = random() < 0.75;
      completed = await songsDone(levelUp, inWork ? Math.max(spread, completed + 1) : 0, completed);
      await new Promise((resolve) => setTimeout(resolve, random() * (inWork ? 300 : 800)));
      await browser?.kill();
      const found = await disk.judge();
      moments.push(
        `${completed}+ songs done, ${found.results} results, ${found.unfinished} cut off`,
      );
    }

    const levelUp = await resume();
    const finish = await levelUp.finished(3 * minutes);
    expect(finish).toMatchObject({ songs: SONGS, failed: 0, stopped: 0 });
    const report = await levelUp.report();
    await levelUp.log.getByText("=== BATCH PROCESSING COMPLETE ===").waitFor();
    const log = await levelUp.logLines();
    await browser?.kill();
    const found = await disk.judge();
    console.log(`${saveTo}, killed ${KILLS} times with ${moments.join("; ")}`);

    expect(found.unfinished, "stray files").toBe(0);
    await disk.expectComplete(report);
    await expectAtTarget(report, folder);
    // Each song was completed once, by the log of the whole batch.
    const jobs = log.flatMap((line) => / completed job (\d+)\/40 /.exec(line)?.[1] ?? []);
    expect(jobs.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: SONGS }, (_, index) => index + 1),
    );
  },
  10 * minutes,
);

/** Waits until that many songs of the batch are done; gives how many there were at last. */
async function songsDone(levelUp: LevelUpPage, goal: number, before: number): Promise<number> {
  let done = before;
  if (goal <= before) return done;
  await levelUp.page.waitForEvent("console", {
    predicate: (line) => {
      done = Number(/\((\d+)\/40 total completed\)/.exec(line.text())?.[1] ?? done);
      return done >= goal || line.text() === "=== BATCH PROCESSING COMPLETE ===";
    },
    timeout: 2 * minutes,
  });
  return done;
}

/** Every song within 0.2 LU of -14 LUFS, or marked as held back or silent; none above -0.9 dBTP. */
async function expectAtTarget({ files }: Report, folder: string): Promise<void> {
  const wrong: string[] = [];
  await eachOnAllCores(files, async ({ path: song, output, status, reason }) => {
    const { integrated, truePeak } = await nativeLoudness(path.join(folder, output ?? song));
    const near = Math.abs(integrated + 14) <= 0.2;
    const right =
      reason === "silent"
        ? integrated === -Infinity
        : reason === "held-back-by-peaks"
          ? integrated < -14
          : near;
    if (!right || truePeak > -0.9) {
      wrong.push(`${song}: ${status}, ${reason}, ${integrated} LUFS, ${truePeak} dBTP`);
    }
  });
  expect(wrong).toEqual([]);
}
