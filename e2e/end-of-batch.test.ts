import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import type { LevelUpPage } from "../cli/in-browser/page";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { appUrl, expect, filesIn, test } from "./support/test";

const song = (seed: number): SongSpec => ({ extension: "mp3", seconds: 6, lufs: -20, seed });

async function addSongs(levelUp: LevelUpPage, folder: string, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `song ${index + 1}.mp3`);
  await writeSongs(folder, Object.fromEntries(names.map((name, index) => [name, song(index + 1)])));
  await levelUp.add([folder]);
}

/** What the page says, in the first frame after its status first told of the end. */
const textAtTheEnd = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<Record<"summary" | "songs" | "log", string>>((resolve) => {
        const status = document.querySelector("[role=status]")!;
        const look = () => {
          if (!status.textContent.startsWith("Finished")) return;
          observer.disconnect();
          const textOf = (place: string) => document.querySelector(place)!.textContent;
          requestAnimationFrame(() =>
            resolve({
              summary: textOf("section[aria-label='Loudness of the songs']"),
              songs: textOf("section[aria-label='Songs']"),
              log: textOf("[role=log]"),
            }),
          );
        };
        const observer = new MutationObserver(look);
        observer.observe(status, { childList: true, characterData: true, subtree: true });
      }),
  );

test("when the status says that a batch has ended, all of the page says so", async ({
  levelUp,
  page,
  folder,
}) => {
  // Short songs on many workers: several end within the second before the batch does.
  await addSongs(levelUp, folder, 6);
  await levelUp.set({ Workers: 3, "Accuracy (LU)": 1 });
  const atTheEnd = textAtTheEnd(page);
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 6, failed: 0 });
  const { summary, songs, log } = await atTheEnd;
  expect(summary).toContain("6 of 6 was 0 of 6");
  expect(summary).not.toContain("planned");
  expect(summary).toContain("Leveled6");
  expect(songs).toContain("Done 6");
  expect(log).toContain("=== BATCH PROCESSING COMPLETE ===");
});

test("Start takes up songs that could not be measured, and counts them", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeFile(path.join(folder, "broken.mp3"), "no song, whatever its name says".repeat(100));
  await addSongs(levelUp, folder, 2);
  await expect(levelUp.button("Retry failed")).toHaveCount(0);
  await levelUp.press("Measure");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, songs: 3, failed: 1 });
  await levelUp.press("Retry failed");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 0, songs: 1, failed: 1 });
  const told = page.getByRole("region", { name: "Loudness of the songs" });
  await expect(told).toContainText("0 of 1 song of this batch is measured.");
  await expect(told).toContainText("In the whole list:");
  await expect(levelUp.button("Retry failed")).toBeEnabled();
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, songs: 3, failed: 1 });

  // A song that fails for ever keeps no other from being leveled to another target.
  await levelUp.set({ "Target loudness (LUFS)": -17 });
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, songs: 3, failed: 1 });
  expect(await filesIn(path.join(folder, "Leveled"))).toEqual(["song 1.mp3", "song 2.mp3"]);

  await page.getByRole("checkbox", { name: "Select broken.mp3" }).check();
  await levelUp.press("Take off the list");
  await expect(levelUp.button("Retry failed")).toHaveCount(0);
});

test("once all is done, Start asks; a list that was cleared comes back; a stop can be gone on from", async ({
  levelUp,
  page,
  folder,
}) => {
  const long = { ...song(1), seconds: 20 };
  await writeSongs(folder, { "song 1.mp3": long, "song 2.mp3": long, "song 3.mp3": long });
  await levelUp.add([folder]);
  await levelUp.set({ Workers: 1, "Re-encoding": "Always encode" });
  const first = page.waitForEvent("console", (line) => / processing job 1\//.test(line.text()));
  await levelUp.press("Start");
  await first;
  await levelUp.button("Stop").focus();
  // The second Enter finds no button.
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  const { stopped } = await levelUp.finished(60_000);
  expect(stopped).toBeGreaterThan(0);
  await page.keyboard.press("Enter");
  await expect(page.locator(".notice-place")).toContainText(
    /Stopped: [123] songs? (is|are) not done/,
  );
  await levelUp.press("Go on with them");
  expect(await levelUp.finished(60_000)).toMatchObject({ songs: stopped, done: stopped });

  const dialog = page.getByRole("dialog", { name: "Level all 3 songs again?" });
  await levelUp.press("Start");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await levelUp.press("Clear list");
  await expect(page.locator(".notice-place")).toContainText("3 songs were taken off the list.");
  await levelUp.press("Undo");
  await expect(levelUp.statusOf("song 1.mp3")).toContainText("Leveled");
  expect(await levelUp.statusText()).toMatch(/^Finished: /);
  expect((await levelUp.report()).files).toHaveLength(3);
  await levelUp.press("Start");
  await dialog.getByRole("button", { name: "Do it once more" }).click();
  expect(await levelUp.finished(60_000)).toMatchObject({ songs: 3, done: 3 });

  // The next visit finds all of it done, and one song that is new.
  await writeSongs(folder, { "song 4.mp3": song(4) });
  await levelUp.open(appUrl());
  await levelUp.add([folder]);
  await expect(page.getByText("3 done before, 1 new or changed.")).toBeVisible();
  await expect(levelUp.statusOf("song 1.mp3")).toContainText("Done before with these settings");
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ songs: 1, done: 1 });
  const { files } = await levelUp.report();
  expect(files.map(({ status, reason }) => [status, reason])).toEqual([
    ...Array.from({ length: 3 }, () => ["skipped", "done-before"]),
    ["leveled", null],
  ]);
  await levelUp.press("Clear list");
  await levelUp.set({ "Target loudness (LUFS)": -17 });
  await levelUp.add([folder]);
  await expect(page.getByText("4 songs were leveled before with other settings")).toBeVisible();
});

interface Told {
  notifications: { title: string; body: string }[];
  badges: (number | null)[];
  hidden: boolean;
}

/** Stands in for what a headless browser has no place to show. */
async function fakeDesktop(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const told: Told = { notifications: [], badges: [], hidden: false };
    Object.assign(window, { told });
    Object.assign(window, {
      Notification: class {
        static permission = "default";
        static requestPermission() {
          this.permission = "granted";
          return Promise.resolve("granted");
        }
        constructor(title: string, { body }: { body: string }) {
          told.notifications.push({ title, body });
        }
      },
    });
    Object.assign(navigator, {
      setAppBadge: (left: number) => Promise.resolve(void told.badges.push(left)),
      clearAppBadge: () => Promise.resolve(void told.badges.push(null)),
    });
    Object.defineProperty(document, "visibilityState", {
      get: () => (told.hidden ? "hidden" : "visible"),
    });
  });
  await page.goto(appUrl());
}

const told = (page: Page) => page.evaluate(() => (window as unknown as { told: Told }).told);
const hide = (page: Page, hidden: boolean) =>
  page.evaluate((value) => {
    (window as unknown as { told: Told }).told.hidden = value;
  }, hidden);

test("title and badge follow the batch; one notification tells of its end, where nobody looks", async ({
  levelUp,
  page,
  folder,
}) => {
  await fakeDesktop(page);
  await levelUp.open(appUrl());
  await expect(page).toHaveTitle("LevelUp");
  await addSongs(levelUp, folder, 4);
  await levelUp.set({ Workers: 1 });

  const first = page.waitForEvent("console", (line) => / completed job 1\//.test(line.text()));
  await levelUp.press("Start");
  await expect(page).toHaveTitle(/^\d+ % · LevelUp$/);
  await first;
  await levelUp.press("Pause");
  await expect(page).toHaveTitle(/^Paused at [1-9]\d* % · LevelUp$/);
  await page.getByLabel("Tell me when it is done").check();
  await hide(page, true);
  await levelUp.press("Resume");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 4, failed: 0 });

  await expect(page).toHaveTitle("Done · LevelUp");
  const { notifications, badges } = await told(page);
  expect(notifications).toEqual([
    { title: "LevelUp is done", body: "Finished: 4 of 4 leveled, 0 skipped, 0 failed" },
  ]);
  // How many songs are left, each number once at most, and nothing after the end.
  const left = badges.slice(badges.indexOf(4), -1).map(Number);
  expect(left.length).toBeGreaterThan(1);
  expect(left).toEqual([...new Set(left)].sort((a, b) => b - a));
  expect(badges.at(-1)).toBeNull();

  await hide(page, false);
  await levelUp.press("Measure");
  await levelUp.finished(60_000);
  expect((await told(page)).notifications).toHaveLength(1);
});
