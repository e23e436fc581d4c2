import type { Page } from "@playwright/test";
import type { LevelUpPage } from "../cli/in-browser/page";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { expect, test } from "./support/test";

const long: SongSpec = { extension: "mp3", seconds: 40, lufs: -20, seed: 1 };
const library = Object.fromEntries(
  Array.from({ length: 6 }, (_, index) => [`song ${index + 1}.mp3`, long]),
);

/** Starts a batch on two workers and waits until both hold a song. */
async function startOnTwoWorkers(levelUp: LevelUpPage, folder: string) {
  await writeSongs(folder, library);
  await levelUp.set({ Workers: 2 });
  await levelUp.add([folder]);
  const both = [1, 2].map((worker) =>
    levelUp.page.waitForEvent("console", (line) =>
      line.text().startsWith(`Worker ${worker} processing job`),
    ),
  );
  await levelUp.press("Start");
  await Promise.all(both);
}

/** Checks that one song was retried once, that all came out well, and gives the log. */
async function expectOneRetry(levelUp: LevelUpPage, folder: string): Promise<string[]> {
  expect(await levelUp.finished(150_000)).toEqual({
    ...{ done: 6, songs: 6, skipped: 0, failed: 0, stopped: 0 },
  });
  const lines = await levelUp.logLines();
  expect(lines.filter((line) => line.includes("retrying job"))).toHaveLength(1);
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(6);
  return lines;
}

test("a worker that is killed costs its song one retry and nobody else anything", async ({
  levelUp,
  folder,
}) => {
  await startOnTwoWorkers(levelUp, folder);
  await endWithoutAWord(levelUp.page);
  await expectOneRetry(levelUp, folder);
});

test("a worker that hangs is replaced, while the other goes on", async ({ levelUp, folder }) => {
  await startOnTwoWorkers(levelUp, folder);
  const [worker] = levelUp.page.workers();
  // It never returns: the worker answers nothing from here on.
  void worker
    ?.evaluate(() => {
      for (;;);
    })
    .catch(() => undefined);
  const lines = await expectOneRetry(levelUp, folder);

  const retry = lines.findIndex((line) => line.includes("retrying job"));
  const before = lines.slice(0, retry).filter((line) => line.includes(" completed job "));
  expect(before.length, "songs that the other worker finished meanwhile").toBe(5);
});

/** Ends the first worker as the system does for want of memory: no error, no message. */
async function endWithoutAWord(page: Page) {
  const [worker] = page.workers();
  expect(worker).toBeDefined();
  void worker
    ?.evaluate(() => {
      self.close();
    })
    .catch(() => undefined);
}
