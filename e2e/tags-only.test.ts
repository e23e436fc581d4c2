import { measureLoudness } from "../scripts/samples/loudness";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { contents, expect, test } from "./support/test";

const songs: Readonly<Record<string, SongSpec>> = {
  "a.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 },
  "sub/b.flac": { extension: "flac", seconds: 6, lufs: -25, seed: 2 },
  "sub/c.m4a": { extension: "m4a", seconds: 6, lufs: -12, seed: 3 },
};
const names = Object.keys(songs);

/** ReplayGain's own arithmetic on what a meter that is not ours hears of the file. */
const gainOf = async (bytes: Buffer) => -18 - (await measureLoudness(bytes)).integrated;
const taggedGain = (bytes: Buffer): number =>
  Number.parseFloat(
    /replaygain_track_gain[^-+\d]*([-+]?[\d.]+) dB/i.exec(bytes.toString("latin1"))![1]!,
  );

test("Write only tags leaves every sound as it is, beside the originals and in their place", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, songs);
  const before = await contents(folder);
  await levelUp.set({ "Loudness tags": "Write only tags" });
  await levelUp.add([folder]);
  await levelUp.press("Measure");
  await levelUp.finished(60_000);
  await expect(levelUp.statusOf("a.mp3")).toContainText(
    "its sound will stay as it is, and loudness tags will be written",
  );
  await page.getByRole("checkbox", { name: "Select a.mp3" }).check();
  const selection = page.getByRole("group", { name: "Selection" });
  await expect(selection).toContainText("neither a nudge nor another way with peaks has an effect");
  await expect(selection.getByRole("group", { name: "Nudge" })).toHaveCount(0);
  await levelUp.press("Deselect");
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 3, songs: 3, failed: 0 });
  expect(await levelUp.statusText()).toBe("Finished: 3 of 3 tagged, 0 skipped, 0 failed");
  const leveled = await contents(folder);
  for (const name of names) {
    expect(leveled.get(name)).toEqual(before.get(name));
    const tagged = leveled.get(`Leveled/${name}`)!.bytes;
    expect(taggedGain(tagged)).toBeCloseTo(await gainOf(before.get(name)!.bytes), 1);
    expect((await measureLoudness(tagged)).integrated).toBe(
      (await measureLoudness(before.get(name)!.bytes)).integrated,
    );
  }
  const { files } = await levelUp.report();
  for (const file of files) {
    const { gainDb } = file.loudnessTags!.track;
    expect(file).toMatchObject({ status: "tagged", route: "tags", gainDb: 0 });
    expect(gainDb).toBeCloseTo(taggedGain(leveled.get(`Leveled/${file.path}`)!.bytes), 2);
    await expect(levelUp.statusOf(file.path.split("/").at(-1)!)).toContainText(
      "Tagged. Track gain",
    );
  }

  await levelUp.set({ "Save to": "Replace originals" });
  const question = page.getByRole("dialog");
  await levelUp.press("Start");
  await expect(question).toContainText("Only loudness tags are written");
  await question.getByRole("button", { name: "Replace originals" }).click();
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 3, skipped: 0, failed: 0 });
  const replaced = await contents(folder);
  for (const name of names) {
    expect(replaced.get(name)).toEqual(leveled.get(`Leveled/${name}`));
    expect(replaced.get(`Originals/${name}`)).toEqual(before.get(name));
  }
  // What has these tags needs none, and is not written again.
  await levelUp.press("Level again");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 0, skipped: 3, failed: 0 });
  await expect(levelUp.statusOf("a.mp3")).toContainText("It has these loudness tags already.");

  await levelUp.press("Restore originals");
  await expect(page.locator(".notice-place")).toContainText(
    "3 originals are back in their places.",
  );
  const restored = await contents(folder);
  for (const name of names) expect(restored.get(name)).toEqual(before.get(name));

  // Tagged again, then leveled: from the original, as any song that was written here.
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 3, failed: 0 });
  await levelUp.set({ "Loudness tags": "Leave as they are" });
  await levelUp.press("Start");
  await expect(question).toContainText("Each song is leveled completely first");
  await question.getByRole("button", { name: "Replace originals" }).click();
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 3, failed: 0 });
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(3);
  const after = await contents(folder);
  for (const name of names) expect(after.get(`Originals/${name}`)).toEqual(before.get(name));
});
