import { writeFile } from "node:fs/promises";
import path from "node:path";
import { LevelUpPage } from "../cli/in-browser/page";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { violations } from "./support/axe";
import { appUrl, expect, test } from "./support/test";

const song = (seed: number, seconds: number): SongSpec => ({
  extension: "mp3",
  seconds,
  lufs: -20 - seed,
  seed,
});

test("axe finds nothing in any state, in either theme", async ({
  levelUp,
  page,
  folder,
  context,
}) => {
  await writeSongs(folder, {
    "Album/1.mp3": song(1, 60),
    "Album/2.mp3": song(2, 60),
    "Album/3.mp3": song(3, 60),
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

  await levelUp.row("1.mp3").getByRole("button", { name: "Details" }).click();
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
  await levelUp.press("Pause");
  await check("paused");
  await page.keyboard.press("x");
  await page.getByRole("dialog", { name: "Stop the batch?" }).waitFor();
  await check("asking before the batch is stopped");
  await page.keyboard.press("Escape");
  await expect(levelUp.status).toHaveText(/^Paused/);

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
  expect(await violations(next, "finished")).toEqual([]);
  await again.row("1.mp3").getByRole("button", { name: "Details" }).click();
  expect(await violations(next, "detail of a leveled song")).toEqual([]);
});

test("axe finds nothing in what opens on demand, nor in songs set apart, in either theme", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeSongs(folder, { "A/1.mp3": song(1, 6), "A/2.mp3": song(2, 6), "B/3.mp3": song(3, 6) });
  await writeFile(path.join(folder, "B/4 broken.mp3"), "no song, whatever its name".repeat(100));
  const check = async (state: string) => expect(await violations(page, state), state).toEqual([]);

  await page.evaluate(() => (window.location.hash = "#settings&targetLoudness=-16"));
  await page.getByRole("region", { name: "Settings from a link" }).waitFor();
  await check("settings from a link");
  await levelUp.press("Leave mine");
  await page.getByText("More settings", { exact: true }).click();
  await check("more settings, no songs");
  await levelUp.add([folder]);
  await levelUp.press("Change");
  await levelUp.set({ "Level by": "Album", "Target loudness (LUFS)": 3 });
  await check("all settings, a value out of range");
  await levelUp.set({ "Target loudness (LUFS)": -14 });
  await levelUp.press("Change");

  await page.getByRole("checkbox", { name: "Select 1.mp3" }).check();
  await levelUp.press("Exclude");
  await levelUp.press("Deselect");
  await page.getByRole("checkbox", { name: "Select 2.mp3" }).check();
  await levelUp.press("0.5 dB louder");
  await check("one excluded, one nudged and selected");
  await levelUp.press("Deselect");
  await levelUp.press("Measure");
  await levelUp.finished(60_000);
  await page.getByText("Albums 2", { exact: true }).click();
  await levelUp.press("Distribution");
  await check("the plan, with its distribution and albums");
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, failed: 1 });
  await levelUp.press("Distribution");
  await check("finished, one failed, one excluded, one nudged, with the distribution");
  await levelUp.press("Show failed");
  await check("what failed alone");
  await page.getByRole("radio", { name: /^All/ }).check();

  await levelUp.row("2.mp3").getByRole("button", { name: "Details" }).click();
  const dialog = page.getByRole("dialog", { name: "2.mp3" });
  await dialog.getByText("Numbers", { exact: true }).click();
  await check("numbers of a curve");
  await dialog.getByRole("button", { name: "Blind test" }).click();
  await dialog.getByRole("group", { name: "Blind test" }).waitFor();
  await check("blind test");
  for (let trial = 0; trial < 10; trial += 1) {
    await dialog.getByRole("button", { name: "X is A" }).click();
  }
  await check("end of a blind test");
  await page.keyboard.press("Escape");
  await levelUp.press("Hear songs in a row");
  await page.getByRole("complementary", { name: "Songs in a row" }).waitFor();
  await check("songs in a row");
  await levelUp.press("End listening");
  await levelUp.press("Clear list");
  await check("an offer to undo");
});

test("the table and the progress say to everyone what they show", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeSongs(folder, { "A/one.mp3": song(1, 8), "A/two.mp3": song(2, 8) });
  await levelUp.add([folder]);
  // What is not encoded is done before anyone could pause it.
  await levelUp.set({ "Re-encoding": "Always encode" });
  const first = page.waitForEvent("console", (line) => / processing job 1\//.test(line.text()));
  await levelUp.press("Start");
  await first;
  await levelUp.press("Pause");
  await expect(page.getByRole("region", { name: "Batch" })).toMatchAriaSnapshot(`
    - region "Batch":
      - status: /Paused after [12] of 2 songs/
      - paragraph: Songs in work are finished, no new ones begin.
      - button "Resume"
      - button "Stop"
      - progressbar "Batch progress"
      - list:
        - listitem:
          - strong: /[12] of 2 songs/
  `);
  const bar = page.getByRole("progressbar", { name: "Batch progress" });
  await expect(bar).toHaveAttribute("aria-valuetext", /^[12] of 2 songs/);
  expect(Number(await bar.getAttribute("aria-valuenow"))).toBeGreaterThan(40);
  await levelUp.press("Resume");
  await levelUp.finished(60_000);
  await expect(levelUp.songs).toMatchAriaSnapshot(`
    - table "Songs":
      - rowgroup:
        - row:
          - columnheader "Select all that are shown":
            - checkbox "Select all that are shown"
          - columnheader "File":
            - button "File"
          - columnheader "Length"
          - columnheader "Format"
          - columnheader "Loudness LUFS"
          - columnheader "True peak dBTP"
          - columnheader "Range LU"
          - columnheader "Gain dB"
          - columnheader "Result LUFS / dBTP"
          - columnheader "Status"
      - rowgroup:
        - row:
          - cell "Select one.mp3":
            - checkbox "Select one.mp3"
          - rowheader /one\\.mp3/
          - cell "0:08"
          - cell "MP3 192 kb/s"
          - cell /−21\\.\\d/
          - cell /−\\d+\\.\\d/
          - cell /\\d+\\.\\d/
          - cell /\\+7\\.\\d/
          - cell /−1[34]\\.\\d \\/ −\\d+\\.\\d/
          - cell /^Leveled/
        - row /two\\.mp3/
  `);
  await expect(levelUp.songs).toHaveAttribute("aria-rowcount", "3");
  const loudness = page.getByRole("columnheader", { name: /^Loudness/ });
  await loudness.getByRole("button").click();
  await expect(loudness).toHaveAttribute("aria-sort", "ascending");
  await expect(levelUp.row("two.mp3")).toHaveAttribute("aria-rowindex", "2");
});
