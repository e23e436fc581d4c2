import { readFile } from "node:fs/promises";
import path from "node:path";
import { writeInto, writeSongs, type SongSpec } from "../test/support/songs";
import { expectParallelLog, sequentialLog } from "./support/batch-log";
import { expectAllDelivered } from "./support/judge";
import { expect, filesIn, test } from "./support/test";

const library: Readonly<Record<string, SongSpec>> = {
  "01 Opening.mp3": { extension: "mp3", seconds: 8, lufs: -20, seed: 1 },
  "Album A/02 Slow.flac": { extension: "flac", seconds: 8, lufs: -26, seed: 2 },
  "Album A/Disc 1/03 Night.ogg": { extension: "ogg", seconds: 8, lufs: -16, seed: 3 },
  "Album B/04 Master.wav": { extension: "wav", seconds: 6, lufs: -9, seed: 4, drive: 5 },
  "Album B/05 Radio.m4a": { extension: "m4a", seconds: 8, lufs: -23, seed: 5 },
  "Album B/06 Talk.opus": { extension: "opus", seconds: 8, lufs: -18, seed: 6 },
  "Album C/07 Hot.mp3": { extension: "mp3", seconds: 8, lufs: -8, seed: 7, drive: 4 },
  "Album C/08 Faint.aiff": { extension: "aiff", seconds: 6, lufs: -34, seed: 8 },
  "Album C/10 There.flac": { extension: "flac", seconds: 8, lufs: -14, seed: 10, drive: 4 },
};
const paths = Object.keys(library);

test("a dropped folder of nested songs comes out at one loudness under Leveled", async ({
  levelUp,
  folder,
}) => {
  await writeSongs(folder, library);
  await writeInto(folder, "Album A/cover.txt", "not a song");
  const sources = await Promise.all(paths.map((name) => readFile(path.join(folder, name))));

  await levelUp.set({ Workers: 4 });
  await levelUp.add([folder]);
  await expect(levelUp.page.getByText("9 added, 1 not audio")).toBeVisible();
  await levelUp.press("Start");
  const finish = await levelUp.finished(150_000);
  const report = await levelUp.report();
  const told = JSON.stringify(report.files, null, 1);

  expect(finish, told).toEqual({ done: 8, songs: 9, skipped: 1, failed: 0, stopped: 0 });
  expect(await filesIn(folder)).toEqual(
    [...paths, ...paths.map((name) => `Leveled/${name}`), "Album A/cover.txt"].sort(),
  );
  expect(await expectAllDelivered(report, folder)).toBe(8);
  expect(
    await Promise.all(paths.map((name) => readFile(path.join(folder, name)))),
    "the originals",
  ).toEqual(sources);
  expectParallelLog(await levelUp.logLines(), { files: 9, workers: 4, failed: 0 });

  // A song that needs nothing keeps its very bytes, so that the folder is complete.
  const skipped = report.files.find(({ status }) => status === "skipped");
  expect(skipped).toMatchObject({
    path: "Album C/10 There.flac",
    reason: "already-at-target",
    route: "none",
    output: "Leveled/Album C/10 There.flac",
  });
  expect(await readFile(path.join(folder, "Leveled/Album C/10 There.flac"))).toEqual(
    sources[paths.indexOf("Album C/10 There.flac")],
  );
});

test("the saved report says what others may rely on", async ({ levelUp, folder }) => {
  await writeSongs(folder, {
    "Album/01 Opening.mp3": { extension: "mp3", seconds: 8, lufs: -20, seed: 1 },
  });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  await levelUp.finished(60_000);
  const report = await levelUp.report();

  expect(report).toMatchObject({
    schema: "levelup-report/1",
    app: expect.stringMatching(/^\d+\.\d+\.\d+/),
    workers: 1,
    settings: { targetLoudness: -14, truePeakCeiling: -1, maxPasses: 2 },
  });
  expect(Date.parse(report.finishedAt)).toBeGreaterThan(Date.parse(report.startedAt));
  const number = expect.any(Number);
  const loudness = { integratedLufs: number, loudnessRangeLu: number, truePeakDbtp: number };
  expect(report.files).toEqual([
    expect.objectContaining({
      path: "Album/01 Opening.mp3",
      status: "leveled",
      reason: null,
      message: null,
      format: {
        container: "mp3",
        codec: "mp3",
        sampleRate: 44_100,
        channels: 2,
        bitRate: 192_000,
        bitDepth: null,
      },
      source: expect.objectContaining(loudness),
      result: expect.objectContaining(loudness),
      gainDb: number,
      limitedDb: number,
      route: "encode",
      passes: number,
      output: "Leveled/Album/01 Opening.mp3",
      seconds: { measure: number, render: number, verify: number, total: number },
      worker: 1,
    }),
  ]);
  expect(report.files[0]?.durationSeconds).toBeCloseTo(8, 1);

  const csv = await levelUp.download(() => levelUp.press("Report as CSV"));
  const rows = (await readFile(await csv.path(), "utf8")).trim().split("\r\n");
  expect(rows).toHaveLength(2);
  expect(rows[1]).toContain("Album/01 Opening.mp3,leveled");
});

test("three files go through one worker, in order, whatever number is asked for", async ({
  levelUp,
  folder,
}) => {
  const three: Record<string, SongSpec> = {
    "2.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 },
    "10.ogg": { extension: "ogg", seconds: 6, lufs: -10, seed: 2, drive: 4 },
    "1.flac": { extension: "flac", seconds: 6, lufs: -24, seed: 3 },
  };
  await writeSongs(folder, three);
  await levelUp.set({ Workers: 4 });
  await levelUp.add([folder]);
  await levelUp.press("Start");

  expect(await levelUp.finished(60_000)).toMatchObject({ done: 3, songs: 3, failed: 0 });
  const report = await levelUp.report();
  expect(report.workers).toBe(1);
  expect(await expectAllDelivered(report, folder)).toBe(3);
  expect(await levelUp.logLines()).toEqual(sequentialLog(["1.flac", "2.mp3", "10.ogg"]));
});

test("leveling again replaces what an earlier run wrote, and takes none of it as a source", async ({
  levelUp,
  folder,
}) => {
  await writeSongs(folder, {
    "song.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 },
  });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  await levelUp.finished(60_000);
  const first = await readFile(path.join(folder, "Leveled/song.mp3"));

  await levelUp.press("Clear list");
  await levelUp.set({ "Target loudness (LUFS)": -17 });
  await levelUp.add([folder]);
  await levelUp.press("Start");
  expect(await levelUp.finished(60_000)).toMatchObject({ done: 1, songs: 1, failed: 0 });

  expect(await filesIn(folder)).toEqual(["Leveled/song.mp3", "song.mp3"]);
  expect(await readFile(path.join(folder, "Leveled/song.mp3"))).not.toEqual(first);
  const asked = { target: -17, ceiling: -1, accuracy: 0.2 };
  expect(await expectAllDelivered(await levelUp.report(), folder, asked)).toBe(1);
});

test("measuring alone writes nothing", async ({ levelUp, folder }) => {
  await writeSongs(folder, {
    "a.mp3": { extension: "mp3", seconds: 6, lufs: -20, seed: 1 },
    "b.flac": { extension: "flac", seconds: 6, lufs: -24, seed: 3 },
  });
  await levelUp.add([folder]);
  await levelUp.press("Measure");

  expect(await levelUp.finished(60_000)).toMatchObject({ done: 2, songs: 2, failed: 0 });
  const report = await levelUp.report();
  expect(report.files.map(({ status, result, output }) => [status, result, output])).toEqual([
    ["measured", null, null],
    ["measured", null, null],
  ]);
  expect(report.files[1]?.source?.integratedLufs).toBeCloseTo(-24, 0);
  expect(await filesIn(folder)).toEqual(["a.mp3", "b.flac"]);
});
