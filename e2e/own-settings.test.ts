import path from "node:path";
import type { Locator } from "@playwright/test";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { appUrl, expect, test } from "./support/test";

const song = (seed: number, seconds = 4): SongSpec => ({
  ...{ extension: "flac", seconds, lufs: -22, seed },
});

test("what is changed under a running batch is said to be for the next one, and the report keeps to its own", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, { "a/1.flac": song(1, 30), "b/2.flac": song(2, 30) });
  await levelUp.set({ Workers: 1 });
  await levelUp.add([path.join(folder, "a"), path.join(folder, "b")]);
  await expect(page.getByText("Start writes to a/Leveled and b/Leveled.")).toBeVisible();
  await levelUp.press("Start");
  await levelUp.press("Pause");
  const panel = page.getByRole("region", { name: "Settings" });
  await expect(panel).toContainText("What you change here is for the next batch");
  await expect(page.getByLabel("Target loudness (LUFS)")).toHaveAccessibleDescription(
    /^For the next batch\./,
  );
  await expect(page.getByLabel("Workers")).not.toHaveAccessibleDescription(/next batch/);
  await levelUp.set({
    "Target loudness (LUFS)": -20,
    "Output format": "MP3",
    "Save to": "Download",
    Workers: 2,
  });
  await levelUp.press("Resume");
  expect(await levelUp.finished(90_000)).toMatchObject({ songs: 2, done: 2, failed: 0 });

  const report = await levelUp.report();
  expect(report.settings).toMatchObject({
    ...{ targetLoudness: -14, outputFormat: "same", saveTo: "leveled", maxConcurrentJobs: 2 },
  });
  for (const file of report.files) expect(file.result!.integratedLufs).toBeCloseTo(-14, 0);
  const summary = page.getByRole("region", { name: "Loudness of the songs" });
  await expect(summary).toContainText("The leveled songs are in a/Leveled and b/Leveled.");
  await expect(summary).toContainText("Target −14.0");
  await expect(summary).toContainText("2 of 2");
  await expect(panel).not.toContainText("next batch");

  // The next one has them.
  await levelUp.set({ "Save to": "Replace originals", "Output format": "Same as source" });
  await levelUp.press("Start");
  await page.getByRole("dialog").getByRole("button", { name: "Replace originals" }).click();
  expect(await levelUp.finished(90_000)).toMatchObject({ songs: 2, done: 2, failed: 0 });
  await expect(summary).toContainText(
    "2 originals were replaced. A copy of each is kept until you decide.",
  );
  await expect(summary).toContainText("Target −20.0");
});

test("settings are kept under a name; those of a link are shown before they are taken; a wrong value waits", async ({
  levelUp,
  page,
}) => {
  const [preset, target] = ["Preset", "Target loudness (LUFS)"].map((name) =>
    page.getByLabel(name, { exact: true }),
  ) as [Locator, Locator];
  await levelUp.set({ "Target loudness (LUFS)": 12, "Name for these settings": "Car" });
  await expect(target).toHaveValue("-12");
  await levelUp.press("Keep them");
  await expect(preset).toHaveValue("own:Car");
  await levelUp.set({ Preset: "EBU R 128" });
  await expect(page.getByLabel("Accuracy (LU)")).toHaveValue("0.1");
  await levelUp.set({ Preset: "Phone, car, home" });
  await expect(page.getByLabel("Accuracy (LU)")).toHaveValue("0.2");
  await levelUp.open(appUrl());
  await levelUp.set({ Preset: "Car" });
  await expect(target).toHaveValue("-12");
  await levelUp.set({ "Name for these settings": "Van" });
  await levelUp.press("Rename");
  await expect(preset.locator(":checked")).toHaveText("Van");

  const asked = "targetLoudness=-18&outputFormat=mp3&saveTo=replace&keepOriginals=false";
  await page.goto(`${appUrl()}#settings&${asked}`);
  const link = page.getByRole("region", { name: "Settings from a link" });
  await expect(link.getByRole("listitem")).toHaveText([
    "Target loudness (LUFS): −12.0 → −18.0",
    "Output format: Same as source → MP3",
  ]);
  await expect(target).toHaveValue("-12");
  expect(page.url()).not.toContain("#");
  await levelUp.press("Use these");
  await expect(link).toHaveCount(0);
  await expect(target).toHaveValue("-18");
  await expect(page.getByLabel("Save to")).toHaveValue("leveled");
  // What it comes to has a name.
  await expect(preset).toHaveValue("replaygain-18");

  await target.fill("3");
  await target.blur();
  await expect(target).toHaveValue("3");
  await expect(target).toHaveAccessibleDescription(
    "Allowed: −70.0 to −5.0. Until then −18.0 holds.",
  );
  await target.fill("14");
  await target.blur();
  await expect(target).toHaveValue("-14");
});
