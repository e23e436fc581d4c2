import { mkdir, mkdtemp, open, readFile, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { chromium, type Browser } from "@playwright/test";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureBrowser, launchArguments } from "../../cli/in-browser/browser";
import { LevelUpPage } from "../../cli/in-browser/page";
import { serve } from "../../scripts/serve";
import { exportFolder } from "../../scripts/build/export";
import { nativeLoudness, runNative } from "../support/native-tools";
import { setSwapAge } from "../support/swap-age";

/** Disks that are full or read-only: small file systems of our own, which only root may mount. */
const isRoot = process.getuid?.() === 0;
const names = ["1.flac", "2.flac", "3.flac", "4.flac"];

let page: Awaited<ReturnType<typeof serve>>;
let browser: Browser;
let library = "";
beforeAll(async () => {
  page = await serve(exportFolder, 0);
  browser = await chromium.launch({ executablePath: await ensureBrowser(), args: launchArguments });
  library = await mkdtemp(path.join(os.tmpdir(), "levelup-songs-"));
  for (const name of names) {
    // Noise does not compress: each is about 1.4 MB, and stays it when it is turned down.
    const noise = ["-f", "lavfi", "-i", `anoisesrc=d=8:r=44100:a=0.5:seed=${name[0]}`, "-ac", "2"];
    await runNative("ffmpeg", ["-v", "error", ...noise, path.join(library, name)]);
  }
});
afterAll(async () => {
  await browser?.close();
  await page?.close();
  await rm(library, { recursive: true, force: true });
});

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "levelup-disk-"));
});
afterEach(async () => {
  await runNative("umount", [folder]).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

describe.runIf(isRoot)("a disk that fails", () => {
  test("in the middle of a song is told as that, and stops no other", async () => {
    const place = await mkdtemp(path.join(os.tmpdir(), "levelup-image-"));
    const image = path.join(place, "disk");
    try {
      await runNative("truncate", ["-s", "48M", image]);
      await runNative("mkfs.ext4", ["-q", "-b4096", "-O^extents,^64bit,^has_journal", image]);
      await runNative("mount", ["-o", "loop", image, folder]);
      await fill();
      await runNative("umount", [folder]);
      // One block of the song is said to lie where there is none: reading it gives EIO.
      const inode = await runNative("debugfs", ["-R", "stat 2.flac", image]);
      const pointers = Number(/\(IND\):(\d+)/.exec(inode)?.[1]);
      const disk = await open(image, "r+");
      await disk.write(Buffer.from("ffffff7f", "hex"), 0, 4, pointers * 4096 + 400);
      await disk.close();
      await runNative("mount", ["-o", "loop,ro", image, folder]);
      const levelUp = await start("Download");
      expect(await levelUp.finished(120_000)).toMatchObject({ done: 3, failed: 1 });
      const { files } = await levelUp.report();
      expect(files.filter(({ status }) => status === "failed")).toMatchObject([
        { path: "2.flac", reason: "drive-failed", message: "The drive could not read the file." },
      ]);
    } finally {
      await runNative("umount", [folder]).catch(() => undefined);
      await rm(place, { recursive: true, force: true });
    }
  });
});

describe.runIf(isRoot)("a small disk", () => {
  test.each(["Leveled folder", "Replace originals"])(
    "%s: when it is full the rest fails, nothing is harmed; with room again it is done",
    async (saveTo) => {
      await runNative("mount", ["-t", "tmpfs", "-o", await halfOfWhatIsNeeded(), "tmpfs", folder]);
      await fill();
      const levelUp = await start(saveTo);
      const { done, failed } = await levelUp.finished(120_000);
      expect(done + failed).toBe(4);
      expect(done).toBeGreaterThan(0);
      expect(failed).toBeGreaterThan(0);
      const { files } = await levelUp.report();
      const full = files.filter(({ status }) => status === "failed");
      expect(full.map(({ reason }) => reason)).toEqual(full.map(() => "disk-full"));
      await expectUnharmed(full.map((file) => file.path));

      await runNative("mount", ["-o", "remount,size=40m", folder]);
      await levelUp.press("Retry failed");
      expect(await levelUp.finished(120_000)).toMatchObject({ done: failed, failed: 0 });
      await expectAtTarget(levelUp);
    },
  );

  test("with one song that may not be written to, that one stays and the others are replaced", async () => {
    await runNative("mount", ["-t", "tmpfs", "-o", "size=40m", "tmpfs", folder]);
    await fill();
    // Root may write to any file whatever its mode says; to a mount that is read-only it may not.
    const locked = path.join(folder, "2.flac");
    await runNative("mount", ["--bind", locked, locked]);
    try {
      await runNative("mount", ["-o", "remount,bind,ro", locked]);
      const levelUp = await start("Replace originals");
      expect(await levelUp.finished(120_000)).toMatchObject({ done: 3, failed: 1 });
      const { files } = await levelUp.report();
      const refused = files.filter(({ status }) => status === "failed");
      expect(refused.map(({ path: name }) => name)).toEqual(["2.flac"]);
      expect(["write-failed", "permission-denied"]).toContain(refused[0]!.reason);
      await expectUnharmed(["2.flac"]);
      expect(await readdir(path.join(folder, "Originals"))).not.toContain("2.flac");

      await runNative("umount", [locked]);
      await levelUp.press("Retry failed");
      expect(await levelUp.finished(120_000)).toMatchObject({ done: 1, failed: 0 });
      await expectAtTarget(levelUp);
    } finally {
      await runNative("umount", [locked]).catch(() => undefined);
    }
  });

  test("made read-only in the middle, it fails the rest; writable again, it is done", async () => {
    await runNative("mount", ["-t", "tmpfs", "-o", "size=40m", "tmpfs", folder]);
    await fill();
    const levelUp = await start("Replace originals", async (first) => {
      await first;
      await runNative("mount", ["-o", "remount,ro", folder]);
    });
    const { done, failed } = await levelUp.finished(120_000);
    expect(done + failed).toBe(4);
    expect(failed).toBeGreaterThan(0);
    const { files } = await levelUp.report();
    const refused = files.filter(({ status }) => status === "failed");
    for (const { reason } of refused)
      expect(["write-failed", "permission-denied"]).toContain(reason);
    await expectUnharmed(refused.map((file) => file.path));

    await runNative("mount", ["-o", "remount,rw", folder]);
    await levelUp.press("Retry failed");
    expect(await levelUp.finished(120_000)).toMatchObject({ done: failed, failed: 0 });
    await expectAtTarget(levelUp);
  });
});

/** Room for the songs and for half of their results. */
async function halfOfWhatIsNeeded(): Promise<string> {
  const songs = await Promise.all(names.map((name) => readFile(path.join(library, name))));
  const bytes = songs.reduce((sum, { length }) => sum + length, 0);
  return `size=${Math.ceil((bytes * 1.5) / 1024)}k`;
}

const fill = async () => {
  await mkdir(folder, { recursive: true });
  for (const name of names) await runNative("cp", [path.join(library, name), folder]);
};

async function start(
  saveTo: string,
  meanwhile: (first: Promise<unknown>) => Promise<void> = () => Promise.resolve(),
): Promise<LevelUpPage> {
  const levelUp = new LevelUpPage(await browser.newPage());
  await levelUp.prepare();
  await setSwapAge(levelUp.page, 0);
  await levelUp.open(page.url);
  await levelUp.set({ "Save to": saveTo, Workers: 1 });
  await levelUp.add([folder]);
  const first = levelUp.page.waitForEvent("console", (line) =>
    line.text().includes("completed job"),
  );
  await levelUp.press("Start");
  if (saveTo === "Replace originals") {
    const question = levelUp.page.getByRole("dialog");
    await question.getByRole("button", { name: "Replace originals" }).click();
  }
  await meanwhile(first);
  await first;
  return levelUp;
}

/** Songs that failed are byte for byte what they were, and no half-written file is anywhere. */
async function expectUnharmed(failed: readonly string[]) {
  for (const name of failed) {
    const [now, before] = await Promise.all(
      [folder, library].map((place) => readFile(path.join(place, name))),
    );
    expect(now!.equals(before!), name).toBe(true);
  }
  const all = await readdir(folder, { recursive: true });
  expect(all.filter((name) => name.includes(".levelup-") || name.endsWith(".crswap"))).toEqual([]);
}

async function expectAtTarget(levelUp: LevelUpPage) {
  const { files } = await levelUp.report();
  for (const file of files) {
    const found = await nativeLoudness(path.join(folder, file.output ?? file.path));
    expect(Math.abs(found.integrated + 14), file.path).toBeLessThanOrEqual(0.2);
  }
}
