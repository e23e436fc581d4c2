import { readdir } from "node:fs/promises";
import path from "node:path";
import { LevelUpPage } from "../cli/in-browser/page";
import { KillableBrowser } from "../test/support/killable-browser";
import { setSwapAge } from "../test/support/swap-age";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { expectAllDelivered } from "./support/judge";
import { appUrl, contents, expect, test } from "./support/test";

const songs: Readonly<Record<string, SongSpec>> = {
  "a.mp3": { extension: "mp3", seconds: 4, lufs: -20, seed: 1 },
  "sub/b.flac": { extension: "flac", seconds: 4, lufs: -25, seed: 2 },
};
const WAITING = "Waiting for the system to write it";

/** Levels all songs of a folder in their places, up to the moment when only swaps are left. */
async function replaceUpToTheWait(levelUp: LevelUpPage, folder: string): Promise<void> {
  await levelUp.set({ "Save to": "Replace originals" });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  const question = levelUp.page.getByRole("dialog");
  await question.getByRole("button", { name: "Replace originals" }).click();
  await expect(levelUp.status).toContainText("Waiting for the system to write everything: ");
}

test.describe("for a moment", () => {
  test.use({ swapAge: 10_000 });

  test("a song waits for its swap, and is not called done before", async ({ levelUp, folder }) => {
    await writeSongs(folder, songs);
    const before = await contents(folder);
    await replaceUpToTheWait(levelUp, folder);
    await expect(levelUp.statusOf("a.mp3")).toHaveText(WAITING);
    await expect(levelUp.status).toHaveText(
      /^Waiting for the system to write everything: 0:(0\d|10)$/,
    );
    await expect(levelUp.button("Pause")).toBeDisabled();
    for (const [name, bytes] of before) {
      const now = await contents(folder);
      expect(now.get(name)?.equals(bytes), name).toBe(true);
      expect(now.get(`Originals/${name}`)?.equals(bytes), name).toBe(true);
    }
    expect((await levelUp.logLines()).filter((line) => line.includes("completed"))).toEqual([]);
    const { files } = await levelUp.report();
    expect(files.map(({ status }) => status)).toEqual(["waiting", "waiting"]);

    expect(await levelUp.finished(30_000)).toMatchObject({ done: 2, failed: 0, stopped: 0 });
    await expect(levelUp.statusOf("a.mp3")).toContainText("Leveled");
    expect(await expectAllDelivered(await levelUp.report(), folder)).toBe(2);
  });
});

test.describe("for long", () => {
  test.use({ swapAge: 600_000 });

  test("Stop leaves the songs that wait as they were, and nothing of ours beside them", async ({
    levelUp,
    folder,
  }) => {
    await writeSongs(folder, songs);
    const before = await contents(folder);
    await replaceUpToTheWait(levelUp, folder);
    await levelUp.press("Stop");
    expect(await levelUp.finished(30_000)).toMatchObject({ done: 0, failed: 0, stopped: 2 });
    await expect(levelUp.statusOf("a.mp3")).toHaveText(
      "Stopped before it was finished. The song on disk is as it was.",
    );
    expect(await contents(folder)).toEqual(before);
    expect((await readdir(folder)).sort()).toEqual(["a.mp3", "sub"]);
    expect(await readdir(path.join(folder, "sub"))).toEqual(["b.flac"]);
  });
});

test("a browser that is killed while songs wait harms none; Resume does them again", async ({
  folder,
}) => {
  const [music, profile] = [path.join(folder, "Music"), path.join(folder, "profile")];
  await writeSongs(music, songs);
  const before = await contents(music);
  const open = async (swapAge: number) => {
    const browser = await KillableBrowser.start(profile);
    const levelUp = new LevelUpPage(browser.page);
    await setSwapAge(browser.page, swapAge);
    await levelUp.open(appUrl());
    return { browser, levelUp };
  };
  const first = await open(600_000);
  await replaceUpToTheWait(first.levelUp, music);
  await first.browser.kill();
  const cutOff = await contents(music);
  for (const [name, bytes] of before) expect(cutOff.get(name)?.equals(bytes), name).toBe(true);
  expect([...cutOff.keys()].filter((name) => name.endsWith(".crswap"))).toHaveLength(2);

  const { browser, levelUp } = await open(0);
  try {
    await levelUp.press("Resume");
    expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, failed: 0, stopped: 0 });
    expect(await expectAllDelivered(await levelUp.report(), music)).toBe(2);
    const kept = [...before.keys()].map((name) => `Originals/${name}`);
    expect([...(await contents(music)).keys()]).toEqual(
      [...before.keys(), "Originals/About these originals.txt", ...kept].sort(),
    );
    for (const [name, bytes] of before) {
      expect((await contents(music)).get(`Originals/${name}`)?.equals(bytes), name).toBe(true);
    }
  } finally {
    await browser.kill();
  }
});
