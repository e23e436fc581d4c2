import { rm } from "node:fs/promises";
import path from "node:path";
import { chromium, type Page } from "@playwright/test";
import { findBrowser, launchArguments } from "../cli/in-browser/browser";
import { LevelUpPage } from "../cli/in-browser/page";
import { makeSong, writeInto, writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { appUrl, contents, expect, filesIn, test } from "./support/test";

/** Faults of the machine around the page: its processor, its sleep, its memory, its disks. */
const short: SongSpec = { extension: "mp3", seconds: 6, lufs: -20, seed: 1 };
const long: SongSpec = { ...short, seconds: 20 };
const songs = (count: number, spec: SongSpec) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`song ${index + 1}.mp3`, spec]));

/** What the page says of the whole batch. */
const notice = (page: Page) => page.locator(".notice-place");

const line = (page: Page, words: RegExp) =>
  page.waitForEvent("console", (each) => words.test(each.text()));

// What comes over the network is meant here, not what the service worker keeps.
test.use({ serviceWorkers: "block" });

/**
 * Runs a script in every song worker before its first song, in front of the engine's own. The page
 * gets the engine unaltered, as it checks it.
 */
const inWorkers = (page: Page, script: string) =>
  page.route(/ffmpeg-core[^/]*\.js$/, async (route) => {
    if (route.request().resourceType() === "fetch") return route.continue();
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script};\n${await response.text()}` });
  });

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

test("a tab that stands still in the middle goes on when it is woken, and loses nothing", async ({
  page,
  levelUp,
  folder,
  browser,
}) => {
  await writeSongs(folder, songs(8, long));
  await levelUp.set({ Workers: 2 });
  await levelUp.add([folder]);
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  const signal = (name: "SIGSTOP" | "SIGCONT") => {
    for (const id of renderers) process.kill(id, name);
  };
  const lines: string[] = [];
  page.on("console", (each) => lines.push(each.text()));
  const second = line(page, /completed job .*\(2\/8 /);
  await levelUp.press("Start");
  await second;
  // Page and workers together, as in a frozen tab or a machine asleep. Chromium's own freezing is
  // for hidden tabs, and the headless browser hides none.
  signal("SIGSTOP");
  try {
    const before = lines.length;
    // Time has to pass while it sleeps: more than the songs in work need.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(lines.slice(before).length, "lines that were on their way already").toBeLessThan(4);
  } finally {
    signal("SIGCONT");
  }
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 8, failed: 0, stopped: 0 });
  expect(lines.filter((each) => each.includes("retrying"))).toEqual([]);
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(8);
});

test("a slow drive is noticed once, and one click lowers the workers of the running batch", async ({
  page,
  levelUp,
  folder,
}) => {
  // A fake: every read waits first, as it would for a drive of about 1 MB a second.
  await inWorkers(
    page,
    `if (!self.readsSlowly) {
      self.readsSlowly = true;
      const stream = Blob.prototype.stream;
      Blob.prototype.stream = function () {
        const reader = stream.call(this).getReader();
        let waited = null;
        return new ReadableStream({
          type: "bytes",
          async pull(controller) {
            await (waited ??= new Promise((resolve) => setTimeout(resolve, 2500)));
            const { value, done } = await reader.read();
            if (!done) return controller.enqueue(value);
            controller.close();
            controller.byobRequest?.respond(0);
          },
        });
      };
    }`,
  );
  await writeSongs(folder, songs(24, short));
  const lanes = page.getByRole("list", { name: "In work" }).getByRole("listitem");
  await levelUp.set({ Workers: 4 });
  await levelUp.add([folder]);
  const fourth = line(page, /completed job .*\(4\/24 /);
  await levelUp.press("Start");
  await expect(lanes).toHaveCount(4);
  await expect(notice(page)).toBeEmpty();
  await fourth;
  await expect(notice(page)).toContainText(
    "Reading the songs takes long. They seem to lie on a network drive or a slow disk.",
  );
  // Offered, not imposed.
  await expect(lanes).toHaveCount(4);
  await levelUp.press("Use 2 workers");
  await expect(lanes).toHaveCount(2);
  await expect(notice(page)).toBeEmpty();
  await expect(page.getByLabel("Workers", { exact: true })).toHaveValue("2");
  expect(await levelUp.finished(120_000)).toMatchObject({ done: 24, failed: 0 });
  // Not said twice, though it is as slow as before.
  await expect(notice(page)).toBeEmpty();
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

test("a worker that runs out of memory is replaced, and its song done by the next one", async ({
  page,
  levelUp,
  folder,
}) => {
  // A fake of songs that blow the engine's memory up, so that it is not kept, and of what the browser
  // does when a worker's memory is used up: nothing new can be had.
  await inWorkers(
    page,
    `if (!self.instances) {
      self.instances = 0;
      const instantiate = WebAssembly.instantiate;
      WebAssembly.instantiate = async (...given) => {
        if (++self.instances === 2) {
          throw new RangeError("WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance");
        }
        const instance = await instantiate.apply(WebAssembly, given);
        Object.values(instance.exports).find((each) => each instanceof WebAssembly.Memory).grow(2000);
        return instance;
      };
    }`,
  );
  await writeSongs(folder, songs(4, short));
  await levelUp.set({ Workers: 1 });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 4, failed: 0 });
  const retried = (await levelUp.logLines()).filter((each) => each.includes("retrying"));
  expect(retried).toHaveLength(3);
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(4);
});

test("where the browser has no memory for the engine each song says so, and nothing is written", async ({
  folder,
}) => {
  await writeSongs(folder, songs(4, short));
  // For real: the engine asks for 512 pages of 64 KiB when it starts.
  const args = [...launchArguments, "--js-flags=--wasm-max-mem-pages=400"];
  const browser = await chromium.launch({ executablePath: findBrowser()!, args });
  try {
    const levelUp = new LevelUpPage(await browser.newPage());
    await levelUp.prepare();
    await levelUp.open(appUrl());
    await levelUp.add([folder]);
    await levelUp.press("Start");
    expect(await levelUp.finished(60_000)).toMatchObject({ done: 0, failed: 4 });
    await expect(levelUp.statusOf("song 1.mp3")).toContainText(
      "There was not enough memory for this song. Use fewer workers",
    );
    expect((await filesIn(folder)).filter((name) => name.startsWith("Leveled/"))).toEqual([]);
  } finally {
    await browser.close();
  }
});
