import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeSongs, type SongSpec } from "../test/support/songs";
import type { LevelUpPage } from "../cli/in-browser/page";
import { contents, expect, filesIn, test } from "./support/test";

const song = (seed: number): SongSpec => ({ extension: "flac", seconds: 4, lufs: -22, seed });

async function level(levelUp: LevelUpPage, songs: number, done: number): Promise<void> {
  await levelUp.press("Start");
  const question = levelUp.page.getByRole("dialog").getByRole("button");
  const replacing = (await levelUp.page.getByLabel("Save to").inputValue()) === "replace";
  if (replacing) await question.filter({ hasText: "Replace originals" }).click();
  expect(await levelUp.finished(90_000)).toMatchObject({ songs, done, failed: 0 });
}

test("album by album and then the library: our folders are no songs, and every original stays", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, { "A/1.flac": song(1), "B/1.flac": song(2), "B/cd 2/2.flac": song(3) });
  const before = await contents(folder);
  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.add([path.join(folder, "A")]);
  await level(levelUp, 1, 1);
  await page.reload();
  await levelUp.add([path.join(folder, "B")]);
  await level(levelUp, 2, 2);
  const leveled = await contents(folder);

  // Another target, on a page that knows nothing of what was done, and no originals kept.
  await page.reload();
  await levelUp.set({ "Keep originals": false, "Target loudness (LUFS)": -18 });
  await levelUp.add([folder]);
  await level(levelUp, 3, 3);
  const after = await contents(folder);
  for (const [name, bytes] of before) {
    const kept = name.replace(/^([AB])\//, "$1/Originals/");
    expect(after.get(name)?.equals(leveled.get(name)!), name).toBe(false);
    expect(after.get(kept)?.equals(bytes), kept).toBe(true);
  }

  await levelUp.press("Restore originals");
  await expect(levelUp.page.locator(".notice-place")).toContainText("3 originals are back");
  expect(await contents(folder)).toEqual(before);
});

test("a second song of one name has its own original kept; an edited file is asked about before it is restored", async ({
  levelUp,
  folder,
  page,
}) => {
  const file = path.join(folder, "song.flac");
  await writeSongs(folder, { "song.flac": song(2) });
  const second = await readFile(file);
  await writeSongs(folder, { "song.flac": song(1) });
  const first = await readFile(file);
  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.add([folder]);
  await level(levelUp, 1, 1);
  await writeFile(file, second);
  await page.reload();
  await levelUp.add([folder]);
  await level(levelUp, 1, 1);
  expect(await readFile(path.join(folder, "Originals/song.flac"))).toEqual(first);
  expect(await readFile(path.join(folder, "Originals/song (2).flac"))).toEqual(second);

  const edited = Buffer.concat([await readFile(file), Buffer.alloc(128, "TAG")]);
  await writeFile(file, edited);
  await page.reload();
  await levelUp.add([folder]);
  await levelUp.press("Restore originals");
  const notice = levelUp.page.locator(".notice-place");
  const question = page.getByRole("dialog");
  await expect(question).toContainText("Put 1 original back over something else?");
  const choice = question.getByRole("checkbox", { name: "song.flac: edited since" });
  await expect(choice).not.toBeChecked();
  await expect(question.getByRole("button", { name: /^Put / })).toBeDisabled();
  // Left as it is unless it is chosen.
  await page.keyboard.press("Escape");
  await expect(notice).toContainText("0 originals are back");
  await expect(notice).toContainText("song.flac (the file is not what was written here)");
  expect(await readFile(file)).toEqual(edited);
  expect(await readFile(path.join(folder, "Originals/song (2).flac"))).toEqual(second);

  // By the keyboard alone.
  await levelUp.press("Restore originals");
  await choice.focus();
  await page.keyboard.press("Space");
  await expect(choice).toBeChecked();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(notice).toContainText("One original is back in its place.");
  expect(await readFile(file)).toEqual(second);
  expect(await readFile(path.join(folder, "Originals/song.flac"))).toEqual(first);
});

test("a folder Leveled of the person's is left alone, and what changed in ours is numbered", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, { "a.flac": song(1) });
  await mkdir(path.join(folder, "Leveled"));
  await writeFile(path.join(folder, "Leveled/a.flac"), "theirs");
  await writeSongs(path.join(folder, "Leveled"), { "mine.flac": song(2) });
  const mine = await readFile(path.join(folder, "Leveled/mine.flac"));
  const start = async () => {
    await page.reload();
    await levelUp.add([folder]);
    await levelUp.press("Start");
    return levelUp.finished(90_000);
  };
  // Theirs are songs as well, of which one is none.
  expect(await start()).toMatchObject({ songs: 3, done: 2, failed: 1 });
  const ours = ["Leveled 2/Leveled/mine.flac", "Leveled 2/a.flac"];
  const theirs = ["Leveled/a.flac", "Leveled/mine.flac", "a.flac"];
  expect(await filesIn(folder)).toEqual([...ours, ...theirs].sort());

  await writeFile(path.join(folder, "Leveled 2/a.flac"), "edited");
  expect(await start()).toMatchObject({ songs: 3, done: 2, failed: 1 });
  expect(await filesIn(folder)).toEqual([...ours, "Leveled 2/a (2).flac", ...theirs].sort());
  expect(await readFile(path.join(folder, "Leveled 2/a.flac"), "utf8")).toBe("edited");
  expect(await readFile(path.join(folder, "Leveled/a.flac"), "utf8")).toBe("theirs");
  expect(await readFile(path.join(folder, "Leveled/mine.flac"))).toEqual(mine);
});

test("128 songs whose folder of originals does not exist yet are all replaced", async ({
  levelUp,
  folder,
}) => {
  const names = Array.from({ length: 128 }, (_, index) => `${index % 4}/${index}.wav`);
  const short: SongSpec = { extension: "wav", seconds: 1, lufs: -22, seed: 1 };
  await writeSongs(folder, Object.fromEntries(names.map((name) => [name, short])));
  await levelUp.set({ "Save to": "Replace originals", Workers: 8 });
  await levelUp.add([folder]);
  await level(levelUp, 128, 128);
  const kept = (await filesIn(folder)).filter((name) => name.startsWith("Originals/"));
  expect(kept).toHaveLength(128 + 1);
});
