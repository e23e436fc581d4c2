import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ReportedFile } from "../cli/in-browser/report";
import { measureLoudness } from "../scripts/samples/loudness";
import { writeSongs, type SongSpec } from "../test/support/songs";
import { contents, expect, test } from "./support/test";

/** dB that the gain of MP3 and AAC moves by. */
const STEP = 5 * Math.log10(2);
const loud = { seconds: 6, lufs: -12, seed: 1, drive: 4 } as const;
const songs: Readonly<Record<string, SongSpec>> = {
  "on.mp3": { ...loud, extension: "mp3" },
  // Half a step quieter.
  "off.mp3": { ...loud, extension: "mp3", lufs: loud.lufs - 0.75 },
  "a.m4a": { ...loud, extension: "m4a" },
  "v.ogg": { ...loud, extension: "ogg" },
  "o.opus": { ...loud, extension: "opus" },
  "f.flac": { ...loud, extension: "flac" },
};
const names = Object.keys(songs);

test("songs are encoded only where the choice says so; plan, row and report tell why", async ({
  levelUp,
  folder,
}) => {
  await writeSongs(folder, songs);
  const before = await contents(folder);
  const byName = async () => {
    const { files } = await levelUp.report();
    return Object.fromEntries(files.map((file) => [file.path, file]));
  };
  await levelUp.add([folder]);
  await levelUp.press("Measure");
  await levelUp.finished(60_000);
  const loudnessOf = (file: ReportedFile | undefined) => file!.source!.integratedLufs!;
  const target = Number((loudnessOf((await byName())["on.mp3"]) - 4 * STEP).toFixed(2));
  await levelUp.set({ "Target loudness (LUFS)": target });

  /** LU that the nearest step leaves a song off the target. */
  const off = (file: ReportedFile | undefined) => {
    const steps = (loudnessOf(file) - target) / STEP;
    return Math.abs(steps - Math.round(steps)) * STEP;
  };
  expect(off((await byName())["off.mp3"])).toBeGreaterThan(0.5);

  for (const choice of ["Best sound", "Never encode lossy files", "Always encode"]) {
    await levelUp.set({ "Re-encoding": choice });
    const aacIsNear = off((await byName())["a.m4a"]) <= 0.2;
    const encoded = new Set(
      {
        "Best sound": ["off.mp3", "f.flac", ...(aacIsNear ? [] : ["a.m4a"])],
        "Never encode lossy files": ["f.flac"],
        "Always encode": names,
      }[choice],
    );
    const planned = await byName();
    for (const name of names) {
      const route = encoded.has(name) ? "encode" : "lossless";
      expect(planned[name]?.planned, `${choice}: ${name}`).toMatchObject({ route });
      const said =
        name === "f.flac" ? /^Measured$/ : encoded.has(name) ? /Will be enc/ : /Will not be enc/;
      await expect(levelUp.statusOf(name)).toHaveText(said);
    }
    await levelUp.press("Start");
    expect(await levelUp.finished(90_000)).toMatchObject({ songs: 6, done: 6, failed: 0 });

    const done = await byName();
    for (const name of names) {
      const { route, routeReason, gainDb, result, output } = done[name]!;
      const plan = planned[name]!.planned!;
      expect({ route, routeReason }, name).toEqual({
        route: plan.route,
        routeReason: plan.routeReason,
      });
      const bytes = await readFile(path.join(folder, output!));
      const heard = await measureLoudness(bytes);
      expect(Math.abs(heard.integrated - plan.integratedLufs!), name).toBeLessThan(0.1);
      expect(Math.abs(result!.integratedLufs! - heard.integrated), name).toBeLessThan(0.1);
      if (route === "encode") continue;
      expect(Math.abs(gainDb! - plan.gainDb!), name).toBeLessThan(0.02);
      // A few bytes of the file, or of its headers and tags, are all that is new.
      expect(Math.abs(bytes.length - before.get(name)!.bytes.length), name).toBeLessThan(2000);
    }
    if (choice.startsWith("Never")) {
      const missed = `${off(done["off.mp3"]).toFixed(1)} LU `;
      expect(done["off.mp3"]).toMatchObject({ reason: "lossless-step" });
      await expect(levelUp.statusOf("off.mp3")).toContainText(missed);
    }
    if (choice.startsWith("Always")) {
      await expect(levelUp.statusOf("v.ogg")).toContainText("again is");
    }
    await levelUp.press("Clear list");
    await levelUp.add([folder]);
    await levelUp.press("Measure");
    await levelUp.finished(60_000);
  }
});
