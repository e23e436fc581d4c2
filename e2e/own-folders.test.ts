import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
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
  // The copies go a moment later.
  await expect.poll(() => contents(folder).catch(() => null)).toEqual(before);
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
  // What is unchanged, song and result, is left out.
  expect(await start()).toMatchObject({ songs: 2, done: 1, failed: 1 });
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

test("a lossless change can be undone after a reload, by the record in the file", async ({
  levelUp,
  folder,
  page,
}) => {
  const mp3: SongSpec = { extension: "mp3", seconds: 4, lufs: -22, seed: 1 };
  await writeSongs(folder, {
    "a.mp3": mp3,
    "b.ogg": { ...mp3, extension: "ogg" },
    "c.flac": song(2),
    "d.opus": { ...mp3, extension: "opus" },
    "e.m4a": { ...mp3, extension: "m4a" },
  });
  const before = await contents(folder);
  await levelUp.set({
    ...{ "Save to": "Replace originals", "Keep originals": false },
    "Re-encoding": "Never encode lossy files",
  });
  await levelUp.add([folder]);
  await level(levelUp, 5, 5);

  await page.reload();
  await levelUp.add([folder]);
  await levelUp.press("Undo");
  await page.getByRole("dialog").getByRole("button", { name: "Replace originals" }).click();
  expect(await levelUp.finished(90_000)).toMatchObject({ songs: 4, done: 4, failed: 0 });
  const after = await contents(folder);
  for (const name of ["a.mp3", "b.ogg", "d.opus", "e.m4a"]) {
    expect(after.get(name)!.equals(before.get(name)!), name).toBe(true);
  }
  expect(after.get("c.flac")!.equals(before.get("c.flac")!)).toBe(false);
  await expect(levelUp.button("Undo")).toHaveCount(0);
});

test("leveling again starts from the kept original, and where it does not the row says so", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, { "a.mp3": { extension: "mp3", seconds: 4, lufs: -22, seed: 1 } });
  const again = async (target: number) => {
    await page.reload();
    await levelUp.set({ "Save to": "Replace originals", "Target loudness (LUFS)": target });
    await levelUp.add([folder]);
    await level(levelUp, 1, 1);
    const [song] = (await levelUp.report()).files;
    return { from: Math.round(song?.source?.integratedLufs ?? 0), message: song?.message ?? null };
  };
  expect(await again(-14)).toEqual({ from: -22, message: null });
  expect(await again(-18)).toEqual({ from: -22, message: null });
  await rm(path.join(folder, "Originals/a.mp3"));
  expect(await again(-16)).toEqual({
    from: -18,
    message: "From the leveled file: its original is not kept.",
  });
  const file = path.join(folder, "a.mp3");
  const changed = await readFile(file);
  // In the encoder's header: a change that nobody hears, and no tag.
  changed.write("x", changed.lastIndexOf("Lavc"));
  await writeFile(file, changed);
  expect(await again(-20)).toEqual({
    from: -16,
    message: "From the file as it is, which was changed since it was leveled.",
  });
});

test("a song whose tags were edited since is leveled again from its kept original, with its own tags", async ({
  levelUp,
  folder,
  page,
}) => {
  const loud = { seconds: 4, lufs: -22 };
  await writeSongs(folder, {
    "a.mp3": { ...loud, extension: "mp3", seed: 1 },
    "b.flac": { ...loud, extension: "flac", seed: 2 },
  });
  const original = await contents(folder);
  const again = async (target: number) => {
    await page.reload();
    await levelUp.set({ "Save to": "Replace originals", "Target loudness (LUFS)": target });
    await levelUp.add([folder]);
    await level(levelUp, 2, 2);
    return (await levelUp.report()).files.map(({ source, result, message }) => ({
      from: Math.round(source?.integratedLufs ?? 0),
      to: Math.round(result?.integratedLufs ?? 0),
      message,
    }));
  };
  const edit = async (name: string, title: string, edited: string) => {
    const bytes = await readFile(path.join(folder, name));
    const at = bytes.indexOf(title);
    expect(at, name).toBeGreaterThan(0);
    bytes.write(edited, at);
    await writeFile(path.join(folder, name), bytes);
  };
  const titles = async () =>
    Promise.all(
      ["a.mp3", "b.flac"].map(
        async (name) =>
          /(Song|Tune) \d/.exec((await readFile(path.join(folder, name))).toString("latin1"))?.[0],
      ),
    );
  expect(await again(-18)).toEqual(Array(2).fill({ from: -22, to: -18, message: null }));
  await edit("a.mp3", "Song 1", "Tune 1");
  await edit("b.flac", "Song 2", "Tune 2");
  const message = "From the kept original, with the tags of the file on disk.";
  // Also by a page that knows of it by the record alone.
  for (const target of [-14, -16]) {
    expect(await again(target)).toEqual(Array(2).fill({ from: -22, to: target, message }));
    expect(await titles()).toEqual(["Tune 1", "Tune 2"]);
    const kept = (await filesIn(folder)).filter((file) => file.startsWith("Originals/"));
    expect(kept.filter((file) => !file.endsWith(".txt"))).toEqual([
      "Originals/a.mp3",
      "Originals/b.flac",
    ]);
    for (const name of ["a.mp3", "b.flac"]) {
      const copy = await readFile(path.join(folder, "Originals", name));
      expect(copy.equals(original.get(name)!.bytes), name).toBe(true);
    }
  }
  await levelUp.press("Restore originals");
  await expect.poll(titles).toEqual(["Song 1", "Song 2"]);
});
