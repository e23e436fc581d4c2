import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { LevelUpPage } from "../cli/in-browser/page";
import { makeSong, writeInto, writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { appUrl, contents, expect, filesIn, test } from "./support/test";

/** Faults that are made for real where they can be, and the way out of each. */
const short: SongSpec = { extension: "mp3", seconds: 6, lufs: -20, seed: 1 };
const long: SongSpec = { ...short, seconds: 20 };
const library = (spec: SongSpec) =>
  Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`song ${index + 1}.mp3`, spec]));

const line = (page: Page, words: RegExp) =>
  page.waitForEvent("console", (each) => words.test(each.text()));

/** What the page says of the whole batch. */
const notice = (page: Page) => page.locator(".notice-place");

/** What the rows say, by path: "leveled", or why not. */
async function ends(levelUp: LevelUpPage): Promise<Record<string, string>> {
  const { files } = await levelUp.report();
  return Object.fromEntries(
    files.map((file) => [file.path, file.reason === null ? file.status : file.reason]),
  );
}

test("a folder that may not be written to is said so, and nothing begins", async ({
  page,
  levelUp,
  folder,
}) => {
  await writeSongs(folder, { "a.mp3": short });
  // A fake: this browser grants everything, and nobody is there to refuse.
  await page.evaluate(() => {
    FileSystemHandle.prototype.queryPermission = () => Promise.resolve("prompt");
    FileSystemHandle.prototype.requestPermission = () => Promise.resolve("denied");
  });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  await expect(notice(page)).toContainText(
    "The browser was not allowed to write to the folder. Press Start again and allow it",
  );
  expect(await levelUp.statusText()).toBe("Ready");
  expect(await filesIn(folder)).toEqual(["a.mp3"]);
});

test("a permission that is taken away fails the songs that are left; given back, they are done", async ({
  page,
  levelUp,
  folder,
}) => {
  await writeSongs(folder, library(short));
  // A fake, for the same reason.
  await page.evaluate(() => {
    const given = FileSystemFileHandle.prototype.createWritable;
    FileSystemFileHandle.prototype.createWritable = function (options) {
      if (!("revoked" in window)) return given.call(this, options);
      return Promise.reject(new DOMException("Taken away.", "NotAllowedError"));
    };
  });
  await levelUp.set({ Workers: 1 });
  await levelUp.add([folder]);
  const second = line(page, /completed job 2\/6/);
  await levelUp.press("Start");
  await second;
  await page.evaluate(() => void Object.assign(window, { revoked: true }));
  const { done, failed } = await levelUp.finished(90_000);
  expect(done).toBeGreaterThanOrEqual(2);
  expect(done + failed).toBe(6);
  expect(failed).toBeGreaterThan(0);
  await expect(levelUp.statusOf("song 6.mp3")).toContainText(
    "Writing to the folder was not allowed.",
  );
  const leveled = (await filesIn(folder)).filter((name) => name.startsWith("Leveled/"));
  expect(leveled, "only whole files").toHaveLength(done);

  await page.evaluate(() => void Reflect.deleteProperty(window, "revoked"));
  await levelUp.press("Retry failed");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: failed, failed: 0 });
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(6);
});

test("a destination that is removed meanwhile fails its songs; made again, they are done", async ({
  page,
  levelUp,
  folder,
}) => {
  const [source, elsewhere] = [path.join(folder, "in"), path.join(folder, "out")];
  await writeSongs(source, library(short));
  await mkdir(elsewhere);
  await levelUp.pickFolder(elsewhere);
  await levelUp.set({ "Save to": "Another folder", Workers: 1 });
  await levelUp.add([source]);
  const second = line(page, /completed job 2\/6/);
  await levelUp.press("Start");
  await second;
  // The next song may be written into it meanwhile.
  await rm(elsewhere, { recursive: true, maxRetries: 3 });
  const { done, failed } = await levelUp.finished(90_000);
  expect(done + failed).toBe(6);
  expect(failed).toBeGreaterThan(0);
  await expect(levelUp.statusOf("song 6.mp3")).toContainText(
    "The result could not be written. Check that the folder still exists",
  );

  await mkdir(elsewhere);
  await levelUp.press("Retry failed");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: failed, failed: 0 });
  expect(await filesIn(elsewhere)).toHaveLength(failed);
  expect(await filesIn(source)).toHaveLength(6);
});

test("a song that changes while it is in work is not replaced, and the rest goes on", async ({
  page,
  levelUp,
  folder,
}) => {
  await writeSongs(folder, { "a.mp3": { ...short, seconds: 60 }, "b.mp3": short, "c.mp3": short });
  const before = await contents(folder);
  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  await page.getByRole("dialog").getByRole("button", { name: "Replace originals" }).click();
  // It has been read by then.
  await expect(levelUp.statusOf("a.mp3")).toContainText(/Leveling|Checking/);
  // Another program writes to it: an ID3v1 tag at its end.
  const tag = Buffer.concat([Buffer.from("TAGanother title"), Buffer.alloc(112)]);
  await appendFile(path.join(folder, "a.mp3"), tag);
  const edited = Buffer.concat([before.get("a.mp3")!.bytes, tag]);
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 2, failed: 1 });
  expect(await ends(levelUp)).toMatchObject({ "a.mp3": "file-changed", "b.mp3": "leveled" });
  await expect(levelUp.statusOf("a.mp3")).toContainText("The file changed while it was in work.");
  expect((await readFile(path.join(folder, "a.mp3"))).equals(edited)).toBe(true);
  expect(await filesIn(folder)).not.toContain("Originals/a.mp3");

  await levelUp.press("Retry failed");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 1, failed: 0 });
  expect((await readFile(path.join(folder, "Originals/a.mp3"))).equals(edited)).toBe(true);
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(3);
});

test("a name that leaves no room for the browser's own file keeps its song as it was", async ({
  page,
  levelUp,
  folder,
}) => {
  // File systems allow 255 bytes; the browser appends ".crswap" while it writes.
  const name = `${"n".repeat(248)}.mp3`;
  await writeInto(folder, name, await makeSong(short));
  await writeSongs(folder, { "b.mp3": short });
  const before = await contents(folder);
  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  await page.getByRole("dialog").getByRole("button", { name: "Replace originals" }).click();
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 1, failed: 1 });
  expect(await ends(levelUp)).toEqual({ [name]: "name-refused", "b.mp3": "leveled" });
  await expect(levelUp.statusOf(name)).toContainText("Rename the song to something shorter");
  expect((await readFile(path.join(folder, name))).equals(before.get(name)!.bytes)).toBe(true);
  expect(await filesIn(folder)).toEqual(
    [...before.keys(), "Originals/About these originals.txt", "Originals/b.mp3"].sort(),
  );
});

test("without IndexedDB (a private window) everything works but the resuming, which is said", async ({
  page,
  levelUp,
  folder,
}) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("Not in a private window.", "InvalidStateError");
    };
  });
  await levelUp.open(appUrl());
  await writeSongs(folder, { "a.mp3": short, "b.flac": { ...short, extension: "flac" } });
  await levelUp.set({ "Target loudness (LUFS)": -16 });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, failed: 0 });
  await expect(notice(page)).toContainText("This batch cannot be resumed if it is cut off.");
  const asked = { target: -16, ceiling: -1, accuracy: 0.2 };
  expect(await expectAllDelivered(await levelUp.report(), folder, asked)).toBe(2);
});

test("a journal that cannot be written any more offers nothing; what it writes is on the disk", async ({
  page,
  levelUp,
  folder,
}) => {
  await page.addInitScript(() => {
    const durability = new Set<string>();
    Object.assign(window, { durability });
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (names, mode, options) {
      if (this.name === "levelup-journal" && mode === "readwrite") {
        durability.add(options?.durability ?? "default");
      }
      return transaction.call(this, names, mode, options);
    };
    const { put } = IDBObjectStore.prototype;
    let songs = 0;
    IDBObjectStore.prototype.put = function (value, key) {
      const refuses = typeof key === "string" && key.startsWith("song ") && ++songs > 2;
      if (refuses) throw new DOMException("No room is left.", "QuotaExceededError");
      return put.call(this, value, key);
    };
  });
  await levelUp.open(appUrl());
  await writeSongs(folder, library(long));
  await levelUp.set({ Workers: 1 });
  await levelUp.add([folder]);
  const second = line(page, /completed job 2\/6/);
  await levelUp.press("Start");
  await second;
  await expect(notice(page)).toContainText("This batch cannot be resumed if it is cut off.");
  const [durability, kept] = await page.evaluate(async () => {
    const opening = indexedDB.open("levelup-journal");
    await new Promise((resolve) => opening.addEventListener("success", resolve));
    const keys = opening.result.transaction("batches").objectStore("batches").getAllKeys();
    await new Promise((resolve) => keys.addEventListener("success", resolve));
    const { durability: seen } = window as unknown as { durability: Set<string> };
    return [[...seen], keys.result] as const;
  });
  expect(durability).toEqual(["strict"]);
  // What is not there is not offered to the next visit.
  expect(kept).toEqual([]);
  expect(await levelUp.finished(120_000)).toMatchObject({ done: 6, failed: 0 });
});

test("a second tab on a folder that is in work says so, and waits its turn", async ({
  page,
  context,
  levelUp,
  folder,
}) => {
  await writeSongs(folder, library(long));
  await levelUp.add([folder]);
  const begun = line(page, /completed job 1\/6/);
  await levelUp.press("Start");
  await begun;
  const second = new LevelUpPage(await context.newPage());
  await second.open(appUrl());
  await expect(second.page.getByRole("region", { name: "Unfinished batch" })).toHaveCount(0);
  await second.add([folder]);
  await second.press("Start");
  await expect(notice(second.page)).toContainText(
    "Another LevelUp is working on this folder. Wait until it has finished, or close it.",
  );
  expect(await second.statusText()).toBe("Ready");

  // Closed in the middle, the first leaves its batch to the second.
  await page.close();
  await second.page.reload();
  const unfinished = second.page.getByRole("region", { name: "Unfinished batch" });
  await expect(unfinished).toContainText("of 6 songs are done");
  await unfinished.getByRole("button", { name: "Resume" }).click();
  expect(await second.finished(120_000)).toMatchObject({ done: 6, songs: 6, failed: 0 });
  expect(await expectAllDelivered(await second.report(), folder)).toBe(6);
  const log = await second.logLines();
  expect(log.filter((each) => / completed job /.test(each))).toHaveLength(6);
  expect(await filesIn(folder)).toHaveLength(12);
});

test("while a batch runs the tab holds its lock, and the screen's comes back with the tab", async ({
  page,
  levelUp,
  folder,
}) => {
  await writeSongs(folder, library(short));
  // The headless browser keeps no screen awake and is never hidden: both are played.
  await page.evaluate(() => {
    const asked: string[] = [];
    Object.assign(window, { asked });
    Object.defineProperty(navigator, "wakeLock", {
      value: {
        request: () => {
          asked.push("request");
          return Promise.resolve({ release: () => Promise.resolve(void asked.push("release")) });
        },
      },
    });
  });
  const asked = () =>
    page.evaluate(() => (window as unknown as { asked: string[] }).asked.join(" "));
  const held = () =>
    page.evaluate(async () => {
      const locks = await navigator.locks.query();
      return locks.held?.some(({ name }) => name === "levelup-batch");
    });
  await levelUp.add([folder]);
  expect(await held()).toBe(false);
  const first = line(page, /completed job 1\/6/);
  await levelUp.press("Start");
  await first;
  expect(await held()).toBe(true);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 6, failed: 0 });
  expect(await asked()).toBe("request request release");
  expect(await held()).toBe(false);
});
