import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { expect, filesIn, test } from "./support/test";

const song = (seed: number): SongSpec => ({ extension: "flac", seconds: 3, lufs: -22, seed });

test("songs whose names a directory handle hides are leveled under the nearest allowed name", async ({
  levelUp,
  folder,
}) => {
  const names = {
    "Who?.flac": "Who_.flac",
    "AC|DC.flac": "AC_DC.flac",
    " lead.flac": "lead.flac",
    "CON.flac": "_CON.flac",
    "zw\u200bsp.flac": "zwsp.flac",
    "a:b/Who.flac": "a_b/Who.flac",
    "plain.flac": "plain.flac",
  };
  const specs = Object.keys(names).map((_, index) => [`made/${index}.flac`, song(index)] as const);
  await writeSongs(folder, Object.fromEntries(specs));
  await mkdir(path.join(folder, "a:b"));
  for (const [index, name] of Object.keys(names).entries()) {
    await rename(path.join(folder, `made/${index}.flac`), path.join(folder, name));
  }
  await levelUp.add([folder]);
  await levelUp.press("Start");
  expect(await levelUp.finished(90_000)).toMatchObject({ songs: 7, done: 7, failed: 0 });
  const leveled = (await filesIn(folder)).filter((name) => name.startsWith("Leveled/"));
  expect(leveled).toEqual(
    Object.values(names)
      .map((name) => `Leveled/${name}`)
      .sort(),
  );
});

test("a song whose name is hidden is not replaced, and stops no other", async ({
  levelUp,
  folder,
}) => {
  await writeSongs(folder, { "1.flac": song(1), "2.flac": song(2) });
  await rename(path.join(folder, "2.flac"), path.join(folder, "2?.flac"));
  const hidden = await readFile(path.join(folder, "2?.flac"));
  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  await levelUp.page.getByRole("dialog").getByRole("button", { name: "Replace originals" }).click();
  expect(await levelUp.finished(90_000)).toMatchObject({ songs: 2, done: 1, failed: 1 });
  expect((await levelUp.report()).files).toContainEqual(
    expect.objectContaining({ path: "2_.flac", status: "failed", reason: "name-refused" }),
  );
  expect(await readFile(path.join(folder, "2?.flac"))).toEqual(hidden);
});

test("after Choose folder one line says which names are hidden, and no number", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, { "1.flac": song(1), "2.flac": song(2) });
  await rename(path.join(folder, "2.flac"), path.join(folder, "2?.flac"));
  await levelUp.pickFolder(folder);
  await levelUp.press("Choose folder");
  await levelUp.lookedThrough();
  const line = page.getByText("Drop the folder on the page, and they are found too.");
  await expect(line).toBeVisible();
  await expect(line).not.toHaveText(/\d/);
  await levelUp.add([folder]);
  await expect(page.getByText("1 added, 1 already in the list")).toBeVisible();
  await expect(line).toHaveCount(0);
});

test("a file and a folder whose names are no UTF-8 are told, and stop nothing", async ({
  levelUp,
  folder,
}) => {
  await writeSongs(folder, { "1.flac": song(1), "sub/2.flac": song(2) });
  const bad = (name: string) =>
    Buffer.concat([Buffer.from(`${folder}/${name}`), Buffer.from([0xff, 0xfe])]);
  await writeFile(bad("file"), "x");
  await mkdir(bad("folder"));
  await levelUp.add([folder]);
  await expect(levelUp.page.locator(".notice-place")).toContainText("Could not read ?");
  const summary = levelUp.page.getByText("2 added, 2 left out");
  await summary.click();
  const why = "its name is no text that a browser can read";
  await expect(levelUp.page.getByText(`?: ${why}`)).toHaveCount(2);
  await levelUp.press("Start");
  expect(await levelUp.finished(90_000)).toMatchObject({ songs: 2, done: 2, failed: 0 });
});
