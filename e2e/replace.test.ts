import path from "node:path";
import { measureLoudness } from "../scripts/samples/loudness";
import { makeSong, writeInto, writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { contents, expect, test } from "./support/test";

const songs: Readonly<Record<string, SongSpec>> = {
  "a.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 },
  "sub/b.flac": { extension: "flac", seconds: 6, lufs: -25, seed: 2 },
  "sub/there.flac": { extension: "flac", seconds: 8, lufs: -14, seed: 10, drive: 4 },
};

test("Replace originals asks first, and changes only the songs that succeeded", async ({
  levelUp,
  folder,
}) => {
  await writeSongs(folder, songs);
  await writeInto(folder, "broken.mp3", "no music at all\n".repeat(200));
  const before = await contents(folder);
  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.add([folder]);

  const question = levelUp.page.getByRole("dialog");
  await levelUp.press("Start");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(levelUp.button("Start")).toBeEnabled();
  expect(await contents(folder), "after Cancel").toEqual(before);

  await levelUp.press("Start");
  await question.getByRole("button", { name: "Replace originals" }).click();
  expect(await levelUp.finished(90_000)).toEqual({
    ...{ done: 2, songs: 4, skipped: 1, failed: 1, stopped: 0 },
  });

  const after = await contents(folder);
  const replaced = ["a.mp3", "sub/b.flac"];
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(2);
  for (const [name, bytes] of before) {
    expect(after.get(name)?.equals(bytes), name).toBe(!replaced.includes(name));
  }
  // Their originals are kept beside, byte for byte, and nothing else is new.
  for (const name of replaced) expect(after.get(`Originals/${name}`)).toEqual(before.get(name));
  expect([...after.keys()].filter((name) => !before.has(name)).sort()).toEqual(
    ["Originals/About these originals.txt", ...replaced.map((name) => `Originals/${name}`)].sort(),
  );
});

test("one dialog says what replacing will change on disk, and can be answered with the keyboard", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, songs);
  await writeInto(folder, "broken.mp3", "no music at all\n".repeat(200));
  await writeInto(folder, "what?.flac", await makeSong({ ...songs["sub/b.flac"]!, seed: 3 }));
  const before = await contents(folder);
  await levelUp.set({ "Save to": "Replace originals", "Output format": "FLAC" });
  await levelUp.add([folder]);
  await levelUp.press("Measure");
  await levelUp.finished(90_000);

  await levelUp.button("Start").focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Write over 1 original?" });
  const lines = dialog.getByRole("listitem");
  await expect(lines).toContainText([
    `in a folder Originals that LevelUp makes in ${path.basename(folder)}`,
    "1 song becomes another kind",
    "1 song is at the target already and stays as it is.",
    /^2 songs stay as they are: broken\.mp3 \(.+\) and what\?\.flac \(.+\)\.$/,
    "read only, locked or damaged",
    "modification date",
    /^Space, estimated: [\d.]+ [kM]B for the kept originals, and up to /,
    /^Time, estimated: .+ about a minute more at the end/,
  ]);
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(levelUp.button("Start")).toBeFocused();
  expect(await contents(folder), "after Escape").toEqual(before);

  await levelUp.set({ "Keep originals": false });
  await levelUp.press("Start");
  await expect(dialog).toContainText("The originals cannot be brought back afterwards.");
  await expect(lines.first()).toHaveText("No copies of the originals are kept.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await levelUp.finished(90_000)).toMatchObject({
    done: 2,
    songs: 5,
    skipped: 1,
    failed: 2,
  });
  const summary = page.getByRole("region", { name: "Loudness of the songs" });
  await expect(summary).toContainText("1 original was replaced. No copies were kept.");
  await expect(summary).toContainText("lies beside its original, which stays");
});

for (const keep of [true, false]) {
  test(`a stop in the middle of replacing leaves every file whole, originals ${keep ? "" : "not "}kept`, async ({
    levelUp,
    folder,
  }) => {
    const names = Array.from({ length: 8 }, (_, index) => `song ${index + 1}.mp3`);
    const long: SongSpec = { extension: "mp3", seconds: 40, lufs: -20, seed: 1 };
    await writeSongs(folder, Object.fromEntries(names.map((name) => [name, long])));
    const before = await contents(folder);
    await levelUp.set({ "Save to": "Replace originals", "Keep originals": keep, Workers: 2 });
    await levelUp.add([folder]);
    await levelUp.press("Start");
    const firstDone = levelUp.page.waitForEvent("console", (line) =>
      / completed job /.test(line.text()),
    );
    const question = levelUp.page.getByRole("dialog");
    await question.getByRole("button", { name: "Replace originals" }).click();
    await firstDone;
    await levelUp.press("Stop");
    const { done, stopped, failed } = await levelUp.finished(30_000);

    expect(failed).toBe(0);
    expect(done).toBeGreaterThan(0);
    expect(stopped).toBeGreaterThan(0);
    expect(done + stopped).toBe(8);
    const after = await contents(folder);
    const replaced = names.filter((name) => !after.get(name)?.equals(before.get(name)!));
    expect(replaced).toHaveLength(done);
    for (const name of replaced) {
      expect((await measureLoudness(after.get(name)!.bytes)).integrated, name).toBeCloseTo(-14, 0);
    }
    const kept = replaced.map((name) => `Originals/${name}`);
    const added = keep ? ["Originals/About these originals.txt", ...kept] : [];
    expect([...after.keys()]).toEqual([...added, ...names]);
    for (const name of kept.filter(() => keep)) {
      expect(after.get(name)).toEqual(before.get(name.slice("Originals/".length)));
    }
  });
}

test("Restore originals puts every byte back and leaves nothing of ours behind", async ({
  levelUp,
  folder,
  page,
}) => {
  await writeSongs(folder, songs);
  const before = await contents(folder);
  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.add([folder]);
  const question = page.getByRole("dialog");
  await levelUp.press("Start");
  await question.getByRole("button", { name: "Replace originals" }).click();
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 2, skipped: 1, failed: 0 });
  expect((await contents(folder)).get("a.mp3")).not.toEqual(before.get("a.mp3"));

  await levelUp.press("Restore originals");
  await expect(page.locator(".notice-place")).toContainText(
    "2 originals are back in their places.",
  );
  await expect(levelUp.statusOf("a.mp3")).toContainText("The original is back.");
  await expect(page.getByRole("region", { name: "Kept originals" })).toHaveCount(0);
  expect(await contents(folder)).toEqual(before);

  // They are songs like any other again.
  await levelUp.press("Start");
  expect(await levelUp.finished(90_000)).toMatchObject({ done: 2, failed: 0 });
  expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(2);
});
