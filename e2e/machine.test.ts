import { rm } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { makeSong, writeInto, writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { appUrl, contents, expect, filesIn, test } from "./support/test";

/** Faults of the machine around the page: its processor and its disks. */
const short: SongSpec = { extension: "mp3", seconds: 6, lufs: -20, seed: 1 };
const long: SongSpec = { ...short, seconds: 20 };
const songs = (count: number, spec: SongSpec) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`song ${index + 1}.mp3`, spec]));

const line = (page: Page, words: RegExp) =>
  page.waitForEvent("console", (each) => words.test(each.text()));

test("workers rest while the processor is under pressure, one after another, and come back", async ({
  page,
  levelUp,
  folder,
}) => {
  // A fake, and so is the time: a processor under pressure would make every other number swing.
  await page.addInitScript(() => {
    Object.assign(window, {
      PressureObserver: class {
        constructor(tell: (records: { state: string }[]) => void) {
          Object.assign(window, { pressure: (state: string) => tell([{ state }]) });
        }
        observe = () => Promise.resolve();
        disconnect = () => undefined;
      },
    });
  });
  await page.clock.install();
  await levelUp.open(appUrl());
  const pressure = (state: string) =>
    page.evaluate(
      (to) => (window as unknown as Record<string, (s: string) => void>)["pressure"]!(to),
      state,
    );
  const lanes = page.getByRole("list", { name: "In work" }).getByRole("listitem");
  await writeSongs(folder, songs(40, long));
  await levelUp.set({ Workers: 4, "Keep the computer responsive": true });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  await expect(lanes).toHaveCount(4);

  await pressure("critical");
  await page.clock.fastForward(5_000);
  await page.clock.fastForward(5_000);
  await expect(lanes).toHaveCount(1);
  await pressure("nominal");
  for (const working of [2, 3, 4]) {
    await page.clock.fastForward(15_000);
    await expect(lanes).toHaveCount(working);
  }
  expect(await levelUp.finished(120_000)).toMatchObject({ done: 40, failed: 0, stopped: 0 });
  expect(await filesIn(path.join(folder, "Leveled"))).toHaveLength(40);
});

test("songs deleted before their turn are said to be gone; put back, they are done", async ({
  page,
  levelUp,
  folder,
}) => {
  await writeSongs(folder, songs(6, short));
  await levelUp.set({ Workers: 1 });
  await levelUp.add([folder]);
  // One before the batch, one while another is in work.
  await rm(path.join(folder, "song 2.mp3"));
  const first = line(page, /completed job 1\/6/);
  await levelUp.press("Start");
  await first;
  await rm(path.join(folder, "song 6.mp3"));
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 4, failed: 2 });
  for (const name of ["song 2.mp3", "song 6.mp3"]) {
    await expect(levelUp.statusOf(name)).toContainText("The file is no longer where it was.");
  }
  for (const name of ["song 2.mp3", "song 6.mp3"]) {
    await writeInto(folder, name, await makeSong(short));
  }
  await levelUp.press("Retry failed");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 2, failed: 0 });
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(6);
});

test("a song that may not be written to stays as it is, and the others are replaced", async ({
  page,
  levelUp,
  folder,
}) => {
  await writeSongs(folder, songs(4, short));
  const before = await contents(folder);
  // A fake of the one file; test/native/faults.test.ts has a disk that really is read-only.
  await page.evaluate(() => {
    const given = FileSystemFileHandle.prototype.createWritable;
    FileSystemFileHandle.prototype.createWritable = function (options) {
      if (this.name !== "song 2.mp3" || "unlocked" in window) return given.call(this, options);
      const message = "A file or directory could not be modified.";
      return Promise.reject(new DOMException(message, "NoModificationAllowedError"));
    };
  });
  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  await page.getByRole("dialog").getByRole("button", { name: "Replace originals" }).click();
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 3, failed: 1 });
  await expect(levelUp.statusOf("song 2.mp3")).toContainText("The result could not be written.");
  const after = await contents(folder);
  expect(after.get("song 2.mp3")).toEqual(before.get("song 2.mp3"));
  expect(after.has("Originals/song 2.mp3"), "a backup of what was not replaced").toBe(false);
  await page.evaluate(() => void Object.assign(window, { unlocked: true }));
  await levelUp.press("Retry failed");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 1, failed: 0 });
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(4);
});
