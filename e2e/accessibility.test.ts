import { writeFile } from "node:fs/promises";
import path from "node:path";
import { LevelUpPage } from "../scripts/drive/page";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { violations } from "./support/axe";
import { appUrl, expect, test } from "./support/test";

const song = (seed: number, seconds: number): SongSpec => ({
  extension: "mp3",
  seconds,
  lufs: -20 - seed,
  seed,
});

test("axe finds nothing serious in any state, in either theme", async ({
  levelUp,
  page,
  folder,
  context,
}) => {
  await writeSongs(folder, {
    "Album/1.mp3": song(1, 20),
    "Album/2.mp3": song(2, 20),
    "Album/3.mp3": song(3, 20),
  });
  const broken = path.join(folder, "Album/4 broken.mp3");
  await writeFile(broken, "no song at all, whatever the name says".repeat(100));
  const check = async (state: string) => expect(await violations(page, state), state).toEqual([]);

  await check("empty");
  await levelUp.press("Help");
  await check("help");
  await page.keyboard.press("Escape");
  await levelUp.set({ Workers: 1 });
  await levelUp.add([folder]);
  await check("added");

  const measuring = page.waitForEvent("console", (line) => / processing job 1\//.test(line.text()));
  await levelUp.press("Measure");
  await measuring;
  await levelUp.press("Pause");
  await check("paused while measuring");
  await levelUp.press("Resume");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 3, failed: 1 });
  await check("measured, one failed");

  await levelUp.row("Album/1.mp3").getByRole("button", { name: "Details" }).click();
  await check("detail of a measured song");
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox", { name: "Select all that are shown" }).check();
  await check("selected");
  await levelUp.press("Deselect");

  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.press("Start");
  await page.getByRole("dialog").waitFor();
  await check("asking before originals are replaced");
  await page.keyboard.press("Escape");
  await levelUp.set({ "Save to": "Leveled folder" });

  await levelUp.press("Start");
  await expect(levelUp.status).toHaveText(/^Leveling/);
  await check("leveling");
  await page.keyboard.press("x");
  await page.getByRole("dialog", { name: "Stop the batch?" }).waitFor();
  await check("asking before the batch is stopped");
  await page.keyboard.press("Escape");
  await expect(levelUp.status).toHaveText(/^Leveling/);

  // The tab is lost; what the next one finds is an unfinished batch.
  await page.close();
  const next = await context.newPage();
  const again = new LevelUpPage(next);
  await again.prepare();
  await again.open(appUrl());
  await next.getByRole("region", { name: "Unfinished batch" }).waitFor();
  expect(await violations(next, "unfinished batch")).toEqual([]);
  await again.press("Resume");
  expect(await again.finished(90_000)).toMatchObject({ done: 3, failed: 1 });
  expect(await violations(next, "finished, one failed")).toEqual([]);
  await again.row("Album/1.mp3").getByRole("button", { name: "Details" }).click();
  expect(await violations(next, "detail of a leveled song")).toEqual([]);
});

test("the table and the progress say to everyone what they show", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeSongs(folder, { "A/one.mp3": song(1, 8), "A/two.mp3": song(2, 8) });
  await levelUp.add([folder]);
  const first = page.waitForEvent("console", (line) => / completed job 1\//.test(line.text()));
  await levelUp.press("Start");
  await first;
  await levelUp.press("Pause");
  console.log(await page.getByRole("region", { name: "Batch" }).ariaSnapshot());
  await levelUp.press("Resume");
  await levelUp.finished(60_000);
  console.log(await levelUp.songs.ariaSnapshot());
});
