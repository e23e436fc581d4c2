import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { LevelUpPage } from "../cli/in-browser/page";
import { writeInto, writeSongs, type SongSpec } from "../test/support/songs";
import { appUrl, expect, filesIn, test } from "./support/test";

const song = (seed: number): SongSpec => ({ extension: "flac", seconds: 3, lufs: -22, seed });

const beside: Readonly<Record<string, string>> = {
  "Album/cover.jpg": "\xff\xd8 a cover",
  "Album/Album.cue": '\ufeffFILE "01 Straße.flac" WAVE\r\n  TRACK 01 AUDIO\r\n',
  "Album/01 Straße.lrc": "[00:01.00]la",
  "all.m3u8": "#EXTM3U\nAlbum/01 Straße.flac\nWho?.flac\n",
};

test("what lies beside the songs goes along, follows their names, and is counted", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, { "Album/01 Straße.flac": song(1), "who.flac": song(2) });
  await rename(path.join(folder, "who.flac"), path.join(folder, "Who?.flac"));
  for (const [name, text] of Object.entries(beside)) await writeInto(folder, name, text);
  await writeInto(folder, "Album/readme.txt", "no lyrics");
  await levelUp.set({ "Output format": "MP3" });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  expect(await levelUp.finished(90_000)).toMatchObject({ songs: 2, done: 2, failed: 0 });

  const summary = page.getByRole("region", { name: "Loudness of the songs" });
  await expect(summary).toContainText(
    "4 files beside the songs copied: 1 cover, 1 cue sheet, 1 lyrics file and 1 playlist.",
  );
  await expect(summary).toContainText("3 names of songs in them follow the new files.");
  const leveled = path.join(folder, "Leveled");
  const names = ["Album/01 Straße.mp3", "Who_.mp3", ...Object.keys(beside)];
  expect(await filesIn(leveled)).toEqual(names.sort());
  const read = (name: string) => readFile(path.join(leveled, name), "utf8");
  expect(await read("Album/Album.cue")).toBe(beside["Album/Album.cue"]!.replace("flac", "mp3"));
  expect(await read("all.m3u8")).toBe("#EXTM3U\nAlbum/01 Straße.mp3\nWho_.mp3\n");
  expect(await read("Album/cover.jpg")).toBe(beside["Album/cover.jpg"]);
  const { beside: told } = await levelUp.report();
  expect(told).toHaveLength(4);
  expect(told).toContainEqual(
    expect.objectContaining({
      ...{ path: "Album/Album.cue", kind: "cue-sheet", status: "copied", names: 1 },
      output: "Leveled/Album/Album.cue",
    }),
  );

  // Again: nothing is copied twice; a copy that was changed since stays.
  await writeFile(path.join(leveled, "Album/cover.jpg"), "edited");
  await page.reload();
  await levelUp.add([folder]);
  await levelUp.press("Start");
  expect(await levelUp.finished(90_000)).toMatchObject({ songs: 2, done: 2, failed: 0 });
  await expect(summary).toContainText("1 file beside the songs copied: 1 cover.");
  await expect(summary).toContainText("3 files beside the songs were there already.");
  expect(await read("Album/cover.jpg")).toBe("edited");
  expect(await filesIn(leveled)).toEqual([...names, "Album/cover (2).jpg"].sort());
});

test("a setting leaves them out, and another folder takes them as they are now", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, { "Album/1.flac": song(1) });
  await writeInto(folder, "Album/cover.jpg", "a cover");
  await writeInto(folder, "Album/list.m3u", "1.flac\n");
  await levelUp.set({ "Copy covers, cue sheets, lyrics and playlists": false });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 1, failed: 0 });
  expect(await filesIn(path.join(folder, "Leveled"))).toEqual(["Album/1.flac"]);

  const target = path.join(folder, "target");
  await mkdir(target);
  await writeFile(path.join(folder, "Album/cover.jpg"), "changed since it was added");
  await levelUp.pickFolder(target);
  await levelUp.set({
    "Save to": "Another folder",
    "Copy covers, cue sheets, lyrics and playlists": true,
  });
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 1, failed: 0 });
  expect(await filesIn(target)).toEqual(["Album/1.flac", "Album/cover.jpg", "Album/list.m3u"]);
  await expect(page.getByText("The leveled songs are in target.")).toBeVisible();
});

test("a batch that is resumed copies what is missing of them, and nothing twice", async ({
  levelUp,
  folder,
  page,
  context,
}) => {
  const long = { ...song(1), seconds: 20 };
  await writeSongs(folder, { "A/1.flac": song(1), "A/2.flac": long, "B/3.flac": long });
  for (const name of ["A/cover.jpg", "B/cover.jpg"]) await writeInto(folder, name, name);
  await writeInto(folder, "A/list.m3u", "1.flac\n2.flac\n");
  // What an earlier batch made of one album is there already.
  await levelUp.set({ "Output format": "MP3", Workers: 1 });
  await levelUp.add([folder]);
  await page.getByRole("checkbox", { name: "Select 3.flac" }).check();
  await levelUp.press("Level these songs");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 1, failed: 0 });
  expect(await filesIn(path.join(folder, "Leveled"))).toEqual(["B/3.mp3", "B/cover.jpg"]);

  const begun = page.waitForEvent("console", (each) => /completed job 1\/2/.test(each.text()));
  await levelUp.press("Start");
  await begun;
  const next = new LevelUpPage(await context.newPage());
  await page.close();
  await next.open(appUrl());
  const unfinished = next.page.getByRole("region", { name: "Unfinished batch" });
  await unfinished.getByRole("button", { name: "Resume" }).click();
  expect(await next.finished(90_000)).toMatchObject({ done: 2, failed: 0 });
  const copied = ["A/cover.jpg", "A/list.m3u", "B/cover.jpg"];
  expect(await filesIn(path.join(folder, "Leveled"))).toEqual(
    ["A/1.mp3", "A/2.mp3", "B/3.mp3", ...copied].sort(),
  );
  const list = await readFile(path.join(folder, "Leveled/A/list.m3u"), "utf8");
  expect(list).toBe("1.mp3\n2.mp3\n");
  const { beside: told } = await next.report();
  expect(told.map((each) => each.path).sort()).toEqual(["A/cover.jpg", "A/list.m3u"]);
});
