import { writeFile } from "node:fs/promises";
import path from "node:path";
import { makeSong, type SongSpec } from "../test/support/songs";
import { expectDelivered } from "./support/judge";
import { contents, expect, test } from "./support/test";

test("a hundred songs go through one page without a failure or a reload", async ({
  levelUp,
  folder,
}) => {
  const kinds = ["mp3", "flac", "ogg", "m4a", "wav", "opus", "mp3", "flac", "ogg", "m4a"] as const;
  const specs = kinds.map((extension, seed): SongSpec => ({
    extension,
    seed,
    seconds: 2,
    lufs: -18 - seed,
  }));
  for (let number = 1; number <= 100; number += 1) {
    const spec = specs[number % specs.length]!;
    const name = `Song${String(number).padStart(3, "0")}.${spec.extension}`;
    await writeFile(path.join(folder, name), await makeSong(spec));
  }
  await levelUp.set({ Workers: 2 });
  await levelUp.add([folder]);
  await levelUp.page.evaluate(() => Object.assign(window, { samePage: true }));
  await levelUp.press("Start");
  const finish = await levelUp.finished(170_000);

  const report = await levelUp.report();
  const failures = report.files.filter(({ status }) => status !== "leveled");
  expect(failures).toEqual([]);
  expect(finish).toEqual({ done: 100, songs: 100, skipped: 0, failed: 0, stopped: 0 });
  expect(await levelUp.page.evaluate(() => "samePage" in window)).toBe(true);
  const delivered = await contents(path.join(folder, "Leveled"));
  expect(delivered.size).toBe(100);
  // The same ten songs ten times: judging one of each is judging all, when all are alike.
  for (const file of report.files.slice(0, 10)) {
    const { bytes } = delivered.get(file.path)!;
    await expectDelivered(bytes, file);
    const number = Number(/\d+/.exec(file.path)?.[0]);
    for (let same = number + 10; same <= 100; same += 10) {
      const name = file.path.replace(/\d+/, String(same).padStart(3, "0"));
      expect(delivered.get(name)?.bytes.length, name).toBe(bytes.length);
    }
  }
});
