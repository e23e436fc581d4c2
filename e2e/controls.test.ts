import { readFile, rename } from "node:fs/promises";
import path from "node:path";
import type { LevelUpPage } from "../cli/in-browser/page";
import { measureLoudness } from "../scripts/samples/loudness";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { appUrl, expect, filesIn, test } from "./support/test";

const middling: SongSpec = { extension: "mp3", seconds: 20, lufs: -20, seed: 1 };

/** Songs that take a second or two each, so that there is a middle to act in. */
async function addSongs(levelUp: LevelUpPage, folder: string, count: number) {
  const names = Array.from({ length: count }, (_, index) => `song ${index + 1}.mp3`);
  await writeSongs(folder, Object.fromEntries(names.map((name) => [name, middling])));
  await levelUp.add([folder]);
}

const logged = (levelUp: LevelUpPage, pattern: RegExp) =>
  levelUp.page.waitForEvent("console", (line) => pattern.test(line.text()));

const begun = async (levelUp: LevelUpPage) =>
  (await levelUp.logLines()).filter((line) => line.includes(" processing job ")).length;

test("Pause lets running songs finish and begins none; Resume goes on", async ({
  levelUp,
  folder,
}) => {
  await addSongs(levelUp, folder, 6);
  await levelUp.set({ Workers: 2 });
  const third = logged(levelUp, / processing job 3\//);
  await levelUp.press("Start");
  await third;
  await levelUp.press("Pause");
  await expect(levelUp.status).toHaveText(/^Paused/);
  // The log on the page lags behind by up to half a second.
  await levelUp.page.waitForTimeout(1_000);
  const start = await begun(levelUp);
  // All that was begun ends …
  await expect
    .poll(async () => {
      const lines = await levelUp.logLines();
      return lines.filter((line) => line.includes(" completed job ")).length;
    })
    .toBe(start);
  // … and nothing follows, although there are songs left and workers free.
  await levelUp.page.waitForTimeout(2_000);
  expect(await begun(levelUp)).toBe(start);
  expect(start).toBeLessThan(6);

  await levelUp.press("Resume");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 6, songs: 6, failed: 0 });
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(6);
});

test("Stop ends the batch at once and leaves no unfinished file; Start does the rest", async ({
  levelUp,
  folder,
}) => {
  await addSongs(levelUp, folder, 6);
  await levelUp.set({ Workers: 2 });
  const first = logged(levelUp, / completed job /);
  await levelUp.press("Start");
  await first;
  await levelUp.press("Stop");
  const { done, stopped, failed } = await levelUp.finished(10_000);
  expect(failed).toBe(0);
  expect(stopped).toBeGreaterThan(0);
  expect(done + stopped).toBe(6);
  const written = (await filesIn(folder)).filter((name) => name.startsWith("Leveled/"));
  expect(written).toHaveLength(done);
  for (const name of written) {
    const { integrated } = await measureLoudness(await readFile(path.join(folder, name)));
    expect(integrated, name).toBeCloseTo(-14, 0);
  }

  await levelUp.press("Start");
  expect(await levelUp.finished(90_000)).toMatchObject({ failed: 0, stopped: 0 });
  expect((await filesIn(path.join(folder, "Leveled"))).length).toBe(6);
});

test("Stop after these songs lets running songs be written", async ({ levelUp, folder }) => {
  await addSongs(levelUp, folder, 6);
  await levelUp.set({ Workers: 2 });
  const second = logged(levelUp, / processing job 2\//);
  await levelUp.press("Start");
  await second;
  await levelUp.press("End after these songs");
  const { done, stopped, failed } = await levelUp.finished(60_000);
  expect(failed).toBe(0);
  expect(done).toBeGreaterThanOrEqual(2);
  expect(stopped).toBeGreaterThan(0);
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(done);
});

test("Retry failed takes up only what failed", async ({ levelUp, folder }) => {
  await writeSongs(folder, {
    "a.mp3": { ...middling, seconds: 6 },
    "b.mp3": { ...middling, seconds: 6, seed: 2 },
  });
  await levelUp.add([folder]);
  const gone = path.join(folder, "b.mp3");
  await rename(gone, `${gone}.away`);
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 1, songs: 2, failed: 1 });
  await expect(levelUp.statusOf("b.mp3")).toContainText("The file is no longer where it was.");

  await rename(`${gone}.away`, gone);
  await levelUp.press("Retry failed");
  await expect(levelUp.statusOf("b.mp3")).toContainText("Leveled", { timeout: 30_000 });
  await levelUp.finished(30_000);
  const report = await levelUp.report();
  expect(report.files.map(({ status }) => status)).toEqual(["leveled", "leveled"]);
  expect(await expectAllDelivered(report, folder)).toBe(2);
  const lines = await levelUp.logLines();
  expect(lines.filter((line) => line.includes(" processing job "))).toEqual([
    "Worker 1 processing job 1/1: b.mp3",
  ]);
});

test("a higher number of workers takes effect during the batch", async ({ levelUp, folder }) => {
  await addSongs(levelUp, folder, 6);
  await levelUp.set({ Workers: 1 });
  const first = logged(levelUp, /^Worker 1 processing job 1\//);
  await levelUp.press("Start");
  await first;
  const third = logged(levelUp, /^Worker 3 processing job /);
  await levelUp.set({ Workers: 3 });
  await third;
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 6, songs: 6, failed: 0 });
});

test("settings are kept when the page is opened again", async ({ levelUp }) => {
  await levelUp.set({
    "Target loudness (LUFS)": -16.5,
    "Output format": "FLAC",
    Workers: 3,
    "Two-pass normalization": false,
  });
  const { page } = levelUp;
  const shown = () =>
    Promise.all([
      page.getByLabel("Target loudness (LUFS)", { exact: true }).inputValue(),
      page.getByLabel("Output format", { exact: true }).inputValue(),
      page.getByLabel("Workers", { exact: true }).inputValue(),
      page.getByLabel("Two-pass normalization", { exact: true }).isChecked(),
    ]);
  const before = await shown();
  // A write that has not reached the browser's store goes with the page.
  const changed = { targetLoudness: -16.5, maxConcurrentJobs: 3, twoPassNormalization: false };
  await expect.poll(() => page.evaluate(storedSettings)).toMatchObject(changed);
  await levelUp.open(appUrl());
  await expect.poll(shown).toEqual(before);
  expect(before.slice(1)).toEqual(["flac", "3", false]);
});

/** Runs in the page: what it has kept so far. */
const storedSettings = () =>
  new Promise((resolve) => {
    const opening = indexedDB.open("keyval-store");
    opening.onsuccess = () => {
      const reading = opening.result.transaction("keyval").objectStore("keyval").get("settings");
      reading.onsuccess = () => {
        opening.result.close();
        resolve(reading.result);
      };
    };
  });
