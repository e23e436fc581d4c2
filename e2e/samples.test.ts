import { readFile } from "node:fs/promises";
import { writeSongs } from "../test/support/songs";
import { expectDelivered } from "./support/judge";
import { contents, expect, filesIn, test } from "./support/test";
import { readZip } from "./support/zip";

test("one click on the sample songs leads to a finished picture, and saves nothing unasked", async ({
  levelUp,
  page,
}) => {
  const downloads: string[] = [];
  page.on("download", (download) => downloads.push(download.suggestedFilename()));
  // Even where a download was chosen: nobody asked for these songs.
  await levelUp.set({ "Save to": "Download" });
  await levelUp.press("Try sample songs");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 5, songs: 5, failed: 0 });
  const picture = page.getByRole("img", { name: /^Distribution of loudness/ });
  await expect(picture).toHaveAccessibleName(/Before: 5 songs .* After: 5 songs from −14/);
  expect(downloads).toEqual([]);

  const report = await levelUp.report();
  const download = await levelUp.download(() =>
    page.getByRole("link", { name: /^Download / }).click(),
  );
  const files = readZip(await readFile(await download.path()));
  expect([...files.keys()].sort()).toEqual(report.files.map(({ output }) => output).sort());
  for (const file of report.files) await expectDelivered(files.get(file.output ?? "")!, file);
});

test("the sample songs leave the songs of the list and their folder alone", async ({
  levelUp,
  folder,
}) => {
  await writeSongs(folder, { "own.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 } });
  const before = await contents(folder);
  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.add([folder]);
  await levelUp.press("Try sample songs");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 5, songs: 5, failed: 0 });
  await expect(levelUp.statusOf("own.mp3")).toHaveText(/^Waiting/);
  expect(await contents(folder)).toEqual(before);
});

test("from opening the page to the first leveled song on disk in at most four clicks", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeSongs(folder, { "song.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 } });
  await levelUp.pickFolder(folder);
  await page.evaluate(() => {
    const counted = { clicks: 0 };
    Object.assign(window, { counted });
    window.addEventListener(
      "click",
      (event) => {
        if (event.isTrusted) counted.clicks += 1;
      },
      { capture: true },
    );
  });
  await levelUp.press("Choose folder");
  await levelUp.lookedThrough();
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 1, failed: 0 });
  expect(await filesIn(folder)).toEqual(["Leveled/song.mp3", "song.mp3"]);
  const clicks = await page.evaluate(
    () => (window as unknown as { counted: { clicks: number } }).counted.clicks,
  );
  // Two more belong to the browser: choosing in its dialog, and allowing to write.
  expect(clicks + 2).toBeLessThanOrEqual(4);
});
