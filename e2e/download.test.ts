import { readFile } from "node:fs/promises";
import path from "node:path";
import type { LevelUpPage } from "../cli/in-browser/page";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { expectDelivered } from "./support/judge";
import { appUrl, expect, filesIn, test } from "./support/test";
import { readZip } from "./support/zip";

const songs: Readonly<Record<string, SongSpec>> = {
  "one.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 },
  "more/two.flac": { extension: "flac", seconds: 6, lufs: -25, seed: 2 },
  "more/drei – ünï.ogg": { extension: "ogg", seconds: 6, lufs: -10, seed: 3, drive: 4 },
};

const fetchResult = (levelUp: LevelUpPage) =>
  levelUp.download(() => levelUp.page.getByRole("link", { name: /^Download / }).click());

test("Download gives a single song as it is", async ({ levelUp, folder }) => {
  await writeSongs(folder, { "one.mp3": songs["one.mp3"]! });
  await levelUp.set({ "Save to": "Download" });
  await levelUp.add([path.join(folder, "one.mp3")]);
  // It comes by itself, and once more at a click.
  const download = await levelUp.download(() => levelUp.press("Start"));
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 1, failed: 0 });
  expect((await fetchResult(levelUp)).suggestedFilename()).toBe("one.mp3");
  expect(download.suggestedFilename()).toBe("one.mp3");
  const [file] = (await levelUp.report()).files;
  await expectDelivered(await readFile(await download.path()), file!);
  expect(await filesIn(folder)).toEqual(["one.mp3"]);
});

test("Download gives several songs as one zip with their folders", async ({ levelUp, folder }) => {
  await writeSongs(folder, songs);
  await levelUp.set({ "Save to": "Download" });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 3, failed: 0 });

  const files = readZip(await readFile(await (await fetchResult(levelUp)).path()));
  expect([...files.keys()].sort()).toEqual(Object.keys(songs).sort());
  for (const file of (await levelUp.report()).files) {
    await expectDelivered(files.get(file.output ?? "")!, file);
  }
  expect(await filesIn(folder), "nothing is written to the folder").toEqual(
    Object.keys(songs).sort(),
  );
});

test("a browser that cannot write folders takes one by its file input and gives a zip", async ({
  page,
  folder,
  levelUp,
}) => {
  await writeSongs(folder, songs);
  await page.addInitScript(() => {
    for (const name of ["showDirectoryPicker", "showOpenFilePicker", "showSaveFilePicker"]) {
      Reflect.deleteProperty(window, name);
    }
    Reflect.deleteProperty(DataTransferItem.prototype, "getAsFileSystemHandle");
  });
  await levelUp.open(appUrl());
  const words = page.getByText("This browser cannot write into folders");
  await expect(words.filter({ visible: true }).first()).toBeVisible();
  expect(
    await page.getByLabel("Save to", { exact: true }).locator("option").allInnerTexts(),
  ).toEqual(["Download"]);

  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    levelUp.press("Choose folder"),
  ]);
  await chooser.setFiles(folder);
  await levelUp.lookedThrough();
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 3, failed: 0 });

  const files = readZip(await readFile(await (await fetchResult(levelUp)).path()));
  expect([...files.keys()].sort()).toEqual(Object.keys(songs).sort());
  for (const file of (await levelUp.report()).files) {
    await expectDelivered(files.get(file.output ?? "")!, file);
  }
});

test("Another folder gets the same tree, and nothing that is there is written over", async ({
  levelUp,
  folder,
}) => {
  const [source, elsewhere] = [path.join(folder, "in"), path.join(folder, "out")];
  await writeSongs(source, songs);
  await writeSongs(elsewhere, { "one.mp3": { extension: "mp3", seconds: 3, lufs: -30 } });
  const there = await readFile(path.join(elsewhere, "one.mp3"));
  await levelUp.pickFolder(elsewhere);
  await levelUp.set({ "Save to": "Another folder" });
  await levelUp.add([source]);
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 3, failed: 0 });

  expect(await filesIn(elsewhere)).toEqual([
    "more/drei – ünï.ogg",
    "more/two.flac",
    "one (2).mp3",
    "one.mp3",
  ]);
  expect(await readFile(path.join(elsewhere, "one.mp3"))).toEqual(there);
  for (const file of (await levelUp.report()).files) {
    await expectDelivered(await readFile(path.join(elsewhere, file.output ?? "")), file);
  }
  expect(await filesIn(source)).toEqual(Object.keys(songs).sort());
});
