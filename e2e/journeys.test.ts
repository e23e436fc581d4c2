import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { LevelUpPage } from "../cli/in-browser/page";
import { makeSong, writeInto, writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { KeyboardHand } from "./support/keyboard-hand";
import { contents, expect, filesIn, test } from "./support/test";
import { readZip } from "./support/zip";

// Five people who use the page with keys alone. No pointer and no `focus()` in here.

/** Tab stops that may lie between the songs and Start, or what is to be done next. */
const A_FEW = 6;

const song = (seed: number, more: Partial<SongSpec> = {}): SongSpec => ({
  ...{ extension: "mp3", seconds: 4, lufs: -18 - seed, seed },
  ...more,
});

/** To the button by Tab, and through the picker, which no page has keys for. */
async function chooseFolder(hand: KeyboardHand): Promise<void> {
  await hand.tabTo("button", "Choose folder");
  await hand.press("Enter");
}

/** What was added is said in one sentence, and the focus lies beside Start. */
async function added(hand: KeyboardHand, levelUp: LevelUpPage, sentence: string): Promise<void> {
  await levelUp.lookedThrough();
  await hand.expectFocus("status", "");
  await expect(levelUp.status).toHaveText("Ready");
  expect(await hand.heard()).toEqual([sentence]);
}

/** The end is said in one sentence, and the focus rests on no button. */
async function ended(
  hand: KeyboardHand,
  levelUp: LevelUpPage,
  sentence: string,
): Promise<readonly string[]> {
  await levelUp.finished(90_000);
  await hand.expectFocus("status", "");
  const heard = await hand.heard();
  expect(heard.filter((words) => words.startsWith("Finished"))).toEqual([sentence]);
  expect(heard.at(-1)).toBe(sentence);
  return heard;
}

/** From wherever: the first stop of the page leads to the songs, and Start is near them. */
async function skipToSongs(hand: KeyboardHand): Promise<void> {
  const { page } = hand;
  await hand.backTo("link", "Skip to the songs");
  await expect(page.getByRole("link", { name: "Skip to the songs" })).toBeInViewport();
  await hand.press("Enter");
  await hand.expectFocus("region", "Songs");
}

test("a newcomer tries the sample songs, hears one, and takes them along", async ({
  levelUp,
  page,
}) => {
  const hand = await KeyboardHand.at(page);
  expect(await hand.tabTo("button", "Choose folder")).toBeLessThanOrEqual(A_FEW);
  expect(await hand.tabTo("button", "Try sample songs")).toBe(2);
  await hand.press("Enter");
  const heard = await ended(hand, levelUp, "Finished: 5 of 5 leveled, 0 skipped, 0 failed");
  expect(heard.filter((words) => words.startsWith("Added"))).toEqual([
    "Added 5 songs. The list holds 5 songs.",
  ]);

  await skipToSongs(hand);
  await hand.tabTo("button", "Details");
  await hand.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await hand.expectFocus("button", "Play");
  // Between the dialog's ends the focus stays inside it.
  for (let stop = 0; stop < 3; stop += 1) await hand.backTo("button", /./);
  await expect(page.getByRole("dialog").locator(":focus")).toHaveCount(1);
  await hand.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await hand.expectFocus("button", "Details");

  await hand.backTo("link", /^Download Leveled\.zip/);
  const download = await levelUp.download(() => page.keyboard.press("Enter"));
  expect(readZip(await readFile(await download.path())).size).toBe(5);
  expect(await hand.heard()).toEqual([]);
});

test("a DJ levels a folder in which one song is broken, finds it, mends it and tries again", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeSongs(folder, { "Set/a.mp3": song(1), "Set/b.mp3": song(2), "Set/d.mp3": song(3) });
  await writeInto(folder, "Set/c.mp3", "no song, whatever its name says".repeat(100));
  await levelUp.pickFolder(folder);
  const hand = await KeyboardHand.at(page);
  await chooseFolder(hand);
  await added(hand, levelUp, "Added 4 songs. The list holds 4 songs.");

  expect(await hand.tabTo("button", "Start")).toBe(1);
  await skipToSongs(hand);
  expect(await hand.backTo("button", "Start")).toBeLessThanOrEqual(A_FEW);
  await hand.press("Enter");
  await ended(hand, levelUp, "Finished: 3 of 4 leveled, 0 skipped, 1 failed");

  await hand.tabTo("button", "Show failed");
  await hand.press("Enter");
  await hand.expectFocus("button", "Show failed");
  await expect(page.getByRole("radio", { name: /^Failed/ })).toBeChecked();
  await expect(levelUp.songs.getByRole("row")).toHaveCount(2);
  await skipToSongs(hand);
  await hand.tabTo("button", "Details");
  await hand.press("Enter");
  const dialog = page.getByRole("dialog", { name: "c.mp3" });
  await expect(dialog).toContainText("Failed.");
  await hand.press("Escape");
  await hand.expectFocus("button", "Details");

  // The file is put right, from its copy on the other stick.
  await writeFile(path.join(folder, "Set/c.mp3"), await makeSong(song(4)));
  await hand.backTo("button", "Retry failed");
  await hand.press("Enter");
  await ended(hand, levelUp, "Finished: 1 of 1 leveled, 0 skipped, 0 failed");
  // Nothing has failed now; the way back to all songs is near.
  await hand.tabTo("button", "Show all songs");
  await hand.press("Enter");
  await expect(levelUp.songs.getByRole("row")).toHaveCount(5);
  expect(await filesIn(path.join(folder, "Leveled"))).toHaveLength(4);
  const report = await levelUpReport(hand, levelUp);
  expect(await expectAllDelivered(report, folder)).toBe(4);
});

test("a podcaster changes what the songs are for, and mono files come out at that", async ({
  levelUp,
  page,
  folder,
}) => {
  const mono = ["-c:a", "libmp3lame", "-b:a", "96k", "-ac", "1"];
  await writeSongs(folder, {
    "Episode 1.mp3": song(4, { options: mono }),
    "Episode 2.wav": song(5, { extension: "wav", options: ["-c:a", "pcm_s16le", "-ac", "1"] }),
  });
  await levelUp.pickFolder(folder);
  const hand = await KeyboardHand.at(page);
  await chooseFolder(hand);
  await added(hand, levelUp, "Added 2 songs. The list holds 2 songs.");

  await hand.backTo("button", "Change");
  await hand.press("Enter");
  await hand.tabTo("combobox", "Preset");
  await hand.type("Podcast, m");
  await expect(page.getByRole("spinbutton", { name: "Target loudness (LUFS)" })).toHaveValue("-19");
  await hand.backTo("button", "Change");
  await hand.press("Space");
  await expect(page.getByRole("combobox", { name: "Preset" })).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Settings" })).toContainText(
    "Podcast, mono · −19 LUFS · −1 dBTP",
  );
  await hand.tabTo("button", "Start");
  await hand.press("Space");
  await ended(hand, levelUp, "Finished: 2 of 2 leveled, 0 skipped, 0 failed");
  const report = await levelUpReport(hand, levelUp);
  expect(
    await expectAllDelivered(report, folder, { target: -19, ceiling: -1, accuracy: 0.2 }),
  ).toBe(2);
  expect(report.files.map(({ format }) => format?.channels)).toEqual([1, 1]);
});

test("the owner of albums sets their songs apart from others, and reads what each album got", async ({
  levelUp,
  page,
  folder,
}) => {
  await writeSongs(folder, {
    "Loud/1.flac": song(1, { extension: "flac", lufs: -16 }),
    "Loud/2.flac": song(2, { extension: "flac", lufs: -22 }),
    "Quiet/1.flac": song(3, { extension: "flac", lufs: -26 }),
  });
  await levelUp.pickFolder(folder);
  const hand = await KeyboardHand.at(page);
  // Before there are songs: the rarer settings are behind a disclosure after the usual ones.
  await hand.tabTo("DisclosureTriangle", "More settings");
  await hand.press("Enter");
  await hand.tabTo("combobox", "Level by");
  await hand.type("Album");
  await expect(page.getByRole("combobox", { name: "Level by" })).toHaveValue("album");
  await hand.backTo("button", "Choose folder");
  await hand.press("Enter");
  await added(hand, levelUp, "Added 3 songs. The list holds 3 songs.");
  await hand.tabTo("button", "Start");
  await hand.press("Enter");
  await ended(hand, levelUp, "Finished: 3 of 3 leveled, 0 skipped, 0 failed");
  await expect(page.getByText("3 of 3 songs are leveled by album.")).toBeVisible();

  await hand.tabTo("DisclosureTriangle", "Albums 2");
  await hand.press("Enter");
  await hand.press("Tab");
  await hand.expectFocus("list", "Albums");
  const { albums } = await levelUpReport(hand, levelUp);
  const shown = page.getByRole("list", { name: "Albums" }).getByRole("listitem");
  expect(albums.map(({ name }) => name.split("/").at(-1))).toEqual(["Loud", "Quiet"]);
  for (const { name, gainDb } of albums) {
    const gain = `${gainDb < 0 ? "−" : "+"}${Math.abs(gainDb).toFixed(1)} dB to −14.0`;
    await expect(shown.filter({ hasText: `${name} by folder` })).toContainText(gain);
  }
});

test("who presses the wrong key after the end loses nothing", async ({ levelUp, page, folder }) => {
  await writeSongs(folder, { "a.mp3": song(1), "b.mp3": song(2) });
  await levelUp.pickFolder(folder);
  const hand = await KeyboardHand.at(page);
  await chooseFolder(hand);
  await added(hand, levelUp, "Added 2 songs. The list holds 2 songs.");
  await hand.tabTo("button", "Start");
  await hand.press("Enter");
  const sentence = "Finished: 2 of 2 leveled, 0 skipped, 0 failed";
  await ended(hand, levelUp, sentence);
  const delivered = await contents(folder);

  // Where the focus rests, keys do nothing; those of a running batch find none.
  await hand.press("Enter", "Space", "Delete", "Backspace", "Escape", "p", "x");
  await hand.expectFocus("status", "");
  await expect(levelUp.status).toHaveText(sentence);
  // Those that would throw the end away ask, and Enter takes the harmless answer.
  for (const [key, asks] of [
    ["s", "Level all 2 songs again?"],
    ["m", "Measure all 2 songs again?"],
  ] as const) {
    for (const answer of ["Enter", "Escape"]) {
      await hand.press(key);
      await expect(page.getByRole("dialog", { name: asks })).toBeVisible();
      await hand.expectFocus("button", "Cancel");
      await hand.press(answer);
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await hand.expectFocus("status", "");
    }
  }
  await expect(levelUp.status).toHaveText(sentence);
  expect(await hand.heard()).toEqual([]);

  // Delete in the table takes a song off the list, and one key brings it back.
  await skipToSongs(hand);
  await hand.tabTo("button", "Details");
  await hand.press("Delete");
  await expect(levelUp.songs.getByRole("row")).toHaveCount(2);
  await hand.backTo("button", "Put back");
  await hand.press("Enter");
  await expect(levelUp.songs.getByRole("row")).toHaveCount(3);

  await hand.tabTo("button", "Clear list");
  await hand.press("Enter");
  await expect(levelUp.songs).toHaveCount(0);
  await hand.backTo("button", "Undo");
  await hand.press("Enter");
  await expect(levelUp.songs.getByRole("row")).toHaveCount(3);
  await expect(levelUp.status).toHaveText(sentence);
  await expect(levelUp.statusOf("a.mp3")).toContainText("Leveled");
  const untouched = "taken off the list. Nothing on disk was touched.";
  expect(await hand.heard()).toEqual([
    `1 song was ${untouched}Put backDismiss`,
    "Finished: 1 of 1 leveled, 0 skipped, 0 failed",
    sentence,
    `2 songs were ${untouched}UndoDismiss`,
  ]);
  // The songs and their results are as they were, on disk and in the report.
  const after = await contents(folder);
  expect([...after.keys()]).toEqual([...delivered.keys()]);
  for (const [name, bytes] of delivered) expect(after.get(name)?.equals(bytes), name).toBe(true);
  const report = await levelUpReport(hand, levelUp);
  expect(await expectAllDelivered(report, folder)).toBe(2);
});

/** *Save report*, by keys too. */
async function levelUpReport(hand: KeyboardHand, levelUp: LevelUpPage) {
  await hand.tabTo("button", "Save report").catch(() => hand.backTo("button", "Save report"));
  const download = await levelUp.download(() => hand.press("Enter"));
  return JSON.parse(await readFile(await download.path(), "utf8")) as Awaited<
    ReturnType<LevelUpPage["report"]>
  > & { readonly albums: readonly { readonly name: string; readonly gainDb: number }[] };
}
