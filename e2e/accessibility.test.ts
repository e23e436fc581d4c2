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

test("axe finds nothing serious in any state, in either theme", async ({
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
