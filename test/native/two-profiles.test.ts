import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { LevelUpPage } from "../../cli/in-browser/page";
import { exportFolder } from "../../scripts/build/export";
import { serve } from "../../scripts/serve";
import { KillableBrowser } from "../support/killable-browser";
import { slowWrites } from "../support/slow-writes";
import { type SongSpec, writeSongs } from "../support/songs";

const minutes = 60_000;
const browsers: KillableBrowser[] = [];
let work = "";
afterEach(async () => {
  for (const browser of browsers) await browser.kill();
  await rm(work, { recursive: true, force: true });
});

test(
  "two profiles replace the songs of one folder at once, one on a slow disk: every original is kept",
  async () => {
    work = await mkdtemp(path.join(os.tmpdir(), "levelup-profiles-"));
    const folder = path.join(work, "Music");
    const page = await serve(exportFolder, 0);
    const song = (seed: number): SongSpec => ({ extension: "flac", seconds: 3, lufs: -22, seed });
    await writeSongs(folder, { "1.flac": song(1), "2.flac": song(2), "3.flac": song(3) });
    const names = ["1.flac", "2.flac", "3.flac"];
    const bytesOf = (place: string) =>
      Promise.all(names.map((name) => readFile(path.join(folder, place, name))));
    const originals = await bytesOf("");

    const open = async (name: string, slow: number) => {
      const browser = await KillableBrowser.start(path.join(work, name));
      browsers.push(browser);
      const levelUp = new LevelUpPage(browser.page);
      await slowWrites(levelUp.page, slow);
      await levelUp.prepare();
      await levelUp.open(page.url);
      await levelUp.set({ "Save to": "Replace originals" });
      await levelUp.add([folder]);
      return levelUp;
    };
    const start = async (levelUp: LevelUpPage) => {
      await levelUp.press("Start");
      const question = levelUp.page.getByRole("dialog");
      await question.getByRole("button", { name: "Replace originals" }).click();
    };
    const [slow, quick] = [await open("slow", 1500), await open("quick", 0)];
    await start(slow);
    await start(quick);
    const ends = [await slow.finished(2 * minutes), await quick.finished(2 * minutes)];
    // What one of them replaced first has changed for the other, which says so.
    expect(ends.map(({ done, failed }) => done + failed)).toEqual([3, 3]);
    expect(ends.reduce((sum, { done }) => sum + done, 0)).toBeGreaterThanOrEqual(3);
    const leveled = await bytesOf("");
    leveled.forEach((bytes, index) => expect(bytes.equals(originals[index]!)).toBe(false));
    expect(await bytesOf("Originals")).toEqual(originals);

    await quick.press("Restore originals");
    await quick.page.locator(".notice-place").getByText("3 originals are back").waitFor();
    expect(await bytesOf("")).toEqual(originals);
    await page.close();
  },
  5 * minutes,
);
