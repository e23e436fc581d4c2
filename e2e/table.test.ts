import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeSong, writeSongs } from "../test/support/songs";
import { readPdf } from "./support/pdf";
import { expect, filesIn, test } from "./support/test";

test("of a long list only what is near stands in the page, and nothing is lost by it", async ({
  levelUp,
  page,
  folder,
}) => {
  const bytes = await makeSong({ extension: "flac", seconds: 1, lufs: -20, seed: 1 });
  await mkdir(path.join(folder, "Many"));
  const names = Array.from({ length: 600 }, (_, index) => `Song ${index + 1}.flac`);
  for (const name of names) await writeFile(path.join(folder, "Many", name), bytes);
  await levelUp.add([path.join(folder, "Many")]);

  await expect(levelUp.songs).toHaveAttribute("aria-rowcount", "601");
  const rows = levelUp.songs.getByRole("row");
  await expect(levelUp.row("Song 1.flac")).toHaveAttribute("aria-rowindex", "2");
  expect(await rows.count()).toBeLessThan(300);

  // The keyboard reaches the other end, and the focus survives that its row is scrolled away.
  await levelUp.row("Song 1.flac").getByRole("button", { name: "Details" }).focus();
  await page.keyboard.press("End");
  const last = levelUp.row("Song 600.flac");
  await expect(last).toHaveAttribute("aria-rowindex", "601");
  await expect(last.getByRole("button", { name: "Details" })).toBeFocused();
  await expect(last).toBeInViewport();
  await page.locator(".song-scroller").evaluate((element) => element.scrollTo(0, 0));
  await expect(levelUp.row("Song 1.flac")).toBeInViewport();
  await expect(last.getByRole("button", { name: "Details" })).toBeFocused();

  await page.getByRole("searchbox").fill("song 599");
  await expect(rows).toHaveCount(2);
  await expect(levelUp.songs).toHaveAttribute("aria-rowcount", "2");
  await page.getByRole("searchbox").fill("");
  await expect(levelUp.songs).toHaveAttribute("aria-rowcount", "601");
});

test("selected songs are leveled alone, or taken off the list without touching their files", async ({
  levelUp,
  page,
  folder,
}) => {
  const spec = { extension: "mp3", seconds: 6, lufs: -20, seed: 1 } as const;
  await writeSongs(folder, { "1.mp3": spec, "2.mp3": spec, "3.mp3": spec, "4.mp3": spec });
  await levelUp.add([folder]);
  await page.getByRole("checkbox", { name: "Select 2.mp3" }).press("Space");
  await expect(page.getByText("1 song selected")).toBeVisible();
  await page.keyboard.press("Shift+ArrowDown");
  await expect(page.getByText("2 songs selected")).toBeVisible();
  await levelUp.press("Level these songs");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, songs: 2, failed: 0 });
  expect((await filesIn(folder)).filter((name) => name.startsWith("Leveled/"))).toEqual([
    "Leveled/2.mp3",
    "Leveled/3.mp3",
  ]);
  await expect(levelUp.statusOf("1.mp3")).toHaveText(/^Waiting/);

  await levelUp.press("Take off the list");
  await expect(levelUp.songs.getByRole("row")).toHaveCount(3);
  await expect(page.getByText("songs selected")).toHaveCount(0);
  await page.getByRole("checkbox", { name: "Select all that are shown" }).check();
  await expect(page.getByText("2 songs selected")).toBeVisible();
  expect(await filesIn(folder)).toHaveLength(6);
});

test("a song is excluded, another nudged, and the batch, its plan and its report follow", async ({
  levelUp,
  page,
  folder,
}) => {
  const spec = { extension: "flac", seconds: 6, lufs: -26, seed: 1 } as const;
  await writeSongs(folder, { "1.flac": spec, "2.flac": spec, "3.flac": spec });
  await levelUp.add([folder]);
  await levelUp.row("1.flac").getByRole("button", { name: "Details" }).click();
  const dialog = page.getByRole("dialog", { name: "1.flac" });
  await dialog.getByRole("button", { name: "Exclude" }).press("Enter");
  await expect(dialog.getByRole("button", { name: "Include" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(levelUp.statusOf("1.flac")).toHaveText(/^Excluded/);

  await page.getByRole("checkbox", { name: "Select 3.flac" }).check();
  const selection = page.getByRole("group", { name: "Selection" });
  for (let i = 0; i < 2; i++)
    await selection.getByRole("button", { name: "0.5 dB louder" }).click();
  await expect(selection.getByText("+1.0 dB")).toBeVisible();
  await levelUp.press("Deselect");
  await levelUp.press("Measure");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, songs: 2, failed: 0 });
  const planned = (await levelUp.report()).files.map(
    (file) => file.planned?.integratedLufs ?? null,
  );
  expect(planned[0]).toBeNull();
  expect(planned[1]).toBeCloseTo(-14, 1);
  expect(planned[2]).toBeCloseTo(-13, 1);

  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, songs: 2, failed: 0 });
  const { files } = await levelUp.report();
  expect(files).toMatchObject([
    { status: "skipped", reason: "excluded", excluded: true, output: null },
    { status: "leveled", excluded: false, nudgeDb: 0 },
    { status: "leveled", excluded: false, nudgeDb: 1 },
  ]);
  expect(files[1]!.result!.integratedLufs).toBeCloseTo(-14, 1);
  expect(files[2]!.result!.integratedLufs).toBeCloseTo(-13, 1);
  expect((await filesIn(folder)).filter((name) => name.startsWith("Leveled/"))).toEqual([
    "Leveled/2.flac",
    "Leveled/3.flac",
  ]);

  // Included again it is what is left to do, and its row shows first who asks for what was left out.
  await levelUp.press("Show left out");
  await expect(levelUp.songs.getByRole("row")).toHaveCount(2);
  await page.getByRole("checkbox", { name: "Select 1.flac" }).check();
  await levelUp.press("Include");
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 1, songs: 1, failed: 0 });
});

test("any change of the target scores all measured rows again, at once", async ({
  levelUp,
  folder,
}) => {
  await writeSongs(folder, { "1.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 } });
  await levelUp.add([folder]);
  await levelUp.press("Measure");
  await levelUp.finished(60_000);
  const gain = levelUp.row("1.mp3").getByRole("cell").nth(6);
  const planned = async () =>
    Number(/[+−]?[\d.]+/.exec((await gain.textContent()) ?? "")?.[0].replace("−", "-"));
  const before = await planned();
  await levelUp.set({ Preset: "EBU R 128" });
  await expect.poll(planned).toBeCloseTo(before - 9, 1);
});

test("the report on paper holds every song, whatever the table shows", async ({
  levelUp,
  page,
  folder,
}) => {
  const spec = { extension: "mp3", seconds: 6, lufs: -20, seed: 1 } as const;
  await writeSongs(folder, { "1.mp3": spec, "2.mp3": spec });
  await levelUp.add([folder]);
  await levelUp.press("Measure");
  await levelUp.finished(60_000);
  await page.getByRole("searchbox").fill("nothing of that name");
  // What a browser does around printing; a headless one has no dialog to wait in.
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  const article = page.getByRole("article");
  await expect(article.getByRole("heading")).toHaveText(/^LevelUp report/);
  await expect(article.getByRole("row")).toHaveCount(3);
  await expect(article.getByRole("row", { name: /^2\.mp3/ })).toContainText("Measured");
  await expect(page.getByRole("region", { name: "Songs" })).toHaveCount(0);
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await page.emulateMedia({ media: "screen" });
  await expect(article).toHaveCount(0);
});

test("printed as a PDF, the report names every song on pages of its own", async ({
  levelUp,
  page,
  folder,
}) => {
  const bytes = await makeSong({ extension: "flac", seconds: 2, lufs: -20, seed: 1 });
  const names = Array.from({ length: 60 }, (_, index) => `Song number ${index + 1}.flac`);
  for (const name of names) await writeFile(path.join(folder, name), bytes);
  await levelUp.add([folder]);
  await levelUp.press("Measure");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 60, failed: 0 });
  await page.getByRole("searchbox").fill("nothing of that name");

  // The browser prints, and tells the page before and after it.
  const pdf = await page.pdf({ format: "A4" });
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  const { pages, text } = await readPdf(pdf);
  expect(pages).toBeGreaterThan(1);
  for (const name of names) expect(text).toContain(name.replaceAll(" ", ""));
  expect(text).toContain("Finished:60of60measured");
  expect(text, "of the page itself nothing").not.toContain("Choosefolder");
  await expect(page.getByRole("article")).toHaveCount(0);
});
