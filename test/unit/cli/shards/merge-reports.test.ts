import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { jsonReport, reportedAlbum, reportedSong } from "@/lib/batch/report";
import { dbtp, decibels, lufs } from "@/lib/loudness/units";
import { defaultSettings } from "@/lib/settings/settings";
import type { Song } from "@/lib/song/song";
import { runMergeReports } from "../../../../cli/shards/merge-command";
import { mergeReports, type NamedRun } from "../../../../cli/shards/merge-reports";
import { RunningReport } from "../../../../cli/shards/report-file";
import { linesOf, readReport, type ReportHead } from "../../../../cli/shards/report-lines";
import { songsOfShard } from "../../../../cli/shards/shard";
import { measurement, mp3, songRow } from "../../batch/fixtures";

const settings = { ...defaultSettings, targetLoudness: -14 };

/** A run's report as the engine writes it, in lines. */
function textOf(songs: readonly Song[], change: Record<string, unknown> = {}): string {
  const head = { app: "1.2.3", workers: 2, settings, beside: [], leftOut: [] };
  const times = { startedAt: "2026-01-02T03:00:00.000Z", finishedAt: "2026-01-02T04:00:00.000Z" };
  const whole = JSON.parse(jsonReport({ ...head, ...times }, songs)) as { files: object[] };
  return [...linesOf({ ...whole, ...change })].join("");
}

function runOf(name: string, text: string): NamedRun {
  const read = readReport(text);
  if (read.kind === "wrong") throw new Error(read.message);
  return { name, run: read.run };
}

const run = (songs: readonly Song[], change: Record<string, unknown> = {}) =>
  runOf(JSON.stringify(change), textOf(songs, change));
const shard = (number: number, count: number, more: Record<string, unknown> = {}) => ({
  ...{ shard: { number, count } },
  ...more,
});
const merged = (...runs: readonly NamedRun[]) => {
  const result = mergeReports(runs);
  if (result.kind === "refused") throw new Error(result.reason);
  return result;
};

const planOf = (integrated: number, most: number | null, heldBack: boolean): Song["planned"] => ({
  ...{ kind: "gain", integrated: lufs(integrated), truePeak: dbtp(-1), limited: decibels(0) },
  ...{ reason: null, way: null, heldBy: heldBack ? "peaks" : null, estimate: false },
  most: most === null ? null : lufs(most),
});

const anySong = fc.record({
  folder: fc.constantFrom("a", "a/CD1", "a/CD2", "b", "c/d", "e"),
  source: fc.double({ min: -40, max: -5, noNaN: true }),
  planned: fc.double({ min: -30, max: -10, noNaN: true }),
  most: fc.option(fc.double({ min: -30, max: -10, noNaN: true })),
  heldBack: fc.boolean(),
  status: fc.constantFrom("leveled", "skipped", "failed", "measured"),
});
const anyLibrary = fc.array(anySong, { maxLength: 30 }).map((given) =>
  given.map(({ folder, source, planned, most, heldBack, status }, index) =>
    songRow(index + 1, {
      ...{ path: `${folder}/${index}.mp3`, format: mp3, status: status as Song["status"] },
      source: measurement(source),
      planned: planOf(planned, most, heldBack),
    }),
  ),
);

describe("reports of shards", () => {
  it("joined are the report of one run, in any order and for any number of them", () => {
    fc.assert(
      fc.property(
        anyLibrary,
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (songs, count, turn) => {
          const parts = Array.from({ length: count }, (_, index) => index + 1).map((number) =>
            run(songsOfShard(songs, { number, count }), shard(number, count)),
          );
          const { report, missing } = merged(...(turn ? parts.toReversed() : parts));
          const whole = merged(run(songs)).report;
          expect(missing).toEqual([]);
          expect(report).toEqual({ ...whole, workers: 2 * count });
          // As the engine says it of all of them.
          const said = runOf("", textOf(songs)).run.head.target;
          expect(report.target).toMatchObject({
            reachable: said?.reachable,
            heldBack: said?.heldBack,
          });
        },
      ),
    );
  });

  it("count a song once that a shard did again, by its latest word", () => {
    const song = (status: Song["status"], change: Partial<Song> = {}) =>
      songRow(1, { path: "a/1.mp3", status, ...change });
    const at = (hour: number, songs: readonly Song[]) =>
      run(songs, shard(1, 1, { finishedAt: `2026-01-02T0${hour}:00:00.000Z` }));
    const statusAfter = (...runs: readonly NamedRun[]) =>
      merged(...runs).report.files.map(({ status }) => status);
    expect(statusAfter(at(5, [song("leveled")]), at(4, [song("failed")]))).toEqual(["leveled"]);
    expect(statusAfter(at(4, [song("leveled")]), at(5, [song("failed")]))).toEqual(["failed"]);
    expect(statusAfter(at(4, [song("leveled")]), at(5, [song("cancelled")]))).toEqual(["leveled"]);
    const before = song("skipped", { reason: "done-before" as Song["reason"] });
    expect(statusAfter(at(4, [song("leveled")]), at(5, [before]))).toEqual(["leveled"]);
  });

  it("say which shards are missing, and are not finished while one is on", () => {
    const { report, missing } = merged(
      run([songRow(1)], shard(1, 4)),
      run([songRow(2)], shard(3, 4, { finishedAt: null })),
    );
    expect(missing).toEqual([2, 4]);
    expect(report.finishedAt).toBeNull();
  });

  it.each([
    ["none at all", [], "no-reports"],
    ["different counts", [run([], shard(1, 2)), run([], shard(1, 3))], "counts-differ"],
    ["one over everything", [run([], shard(1, 2)), run([])], "not-a-shard"],
    [
      "other settings",
      [
        run([], shard(1, 2)),
        run([], shard(2, 2, { settings: { ...settings, targetLoudness: -16 } })),
      ],
      "settings-differ",
    ],
    [
      "one song in two shards",
      [run([songRow(1)], shard(1, 2)), run([songRow(1)], shard(2, 2))],
      "song-in-two-shards",
    ],
  ])("are refused: %s", (_, runs, reason) => {
    expect(mergeReports(runs)).toMatchObject({ kind: "refused", reason });
  });

  it("may come from machines with other numbers of cores", () => {
    const many = { settings: { ...settings, maxConcurrentJobs: 32, coreUse: "all" } };
    expect(merged(run([], shard(1, 2)), run([], shard(2, 2, many))).missing).toEqual([]);
  });

  it("keep their albums apart, each song with its own", () => {
    const album = (name: string) => ({ key: name, name, formedBy: "folder", songs: 1, gain: -1 });
    const songOf = (name: string, id: number) =>
      songRow(id, { path: `${name}/1.mp3`, album: album(name) as unknown as Song["album"] });
    const { report } = merged(
      run([songOf("b", 1)], shard(1, 2)),
      run([songOf("c", 2), songOf("a", 3)], shard(2, 2)),
    );
    expect(
      report.files.map(({ path: at, album: index }) => [at, report.albums[index!]?.["name"]]),
    ).toEqual([
      ["a/1.mp3", "a"],
      ["b/1.mp3", "b"],
      ["c/1.mp3", "c"],
    ]);
  });

  it("join an album that shards measured in parts, and foresee nothing of it", () => {
    const album = { key: "k", name: "Band: Same", formedBy: "tags", gain: -1, heldBack: true };
    const songOf = (id: number, songs: number, gain: number) =>
      songRow(id, {
        path: `${id}/1.mp3`,
        planned: planOf(-14, null, false),
        album: { ...album, songs, gain, source: -10, planned: -14 } as unknown as Song["album"],
      });
    const { report } = merged(
      run([songOf(1, 2, -1), songOf(2, 2, -1)], shard(1, 2)),
      run([songOf(3, 1, -2)], shard(2, 2)),
    );
    expect(report.albums).toEqual([
      {
        ...{ key: "k", name: "Band: Same", formedBy: "tags", songs: 3, heldBack: null },
        ...{ gainDb: null, sourceLufs: null, plannedLufs: null },
        ...{ integratedLufs: null, truePeakDbtp: null },
      },
    ]);
    expect(report.files.map((file) => [file.album, file.planned])).toEqual(
      Array.from({ length: 3 }, () => [0, null]),
    );
  });
});

describe("a report in lines", () => {
  it("is read as it was written, also as one object", () => {
    const songs = [songRow(1), songRow(2)];
    const text = textOf(songs);
    expect(text.trim().split("\n")).toHaveLength(3);
    const [head = "", ...files] = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    const whole = JSON.stringify({ ...(head as object), files });
    expect(readReport(whole)).toEqual(readReport(text));
    expect(readReport(JSON.stringify(JSON.parse(whole), null, 2))).toEqual(readReport(text));
  });

  it("of a run that was killed lacks the song that was being written, wherever it was cut", () => {
    const text = textOf([songRow(1), songRow(2)]);
    const headEnd = text.indexOf("\n") + 1;
    const firstEnd = text.indexOf("\n", headEnd) + 1;
    for (let length = headEnd; length < text.length; length++) {
      const read = readReport(text.slice(0, length));
      if (read.kind === "wrong") throw new Error(`${length}: ${read.message}`);
      expect(read.run.files).toHaveLength(length < firstEnd ? 0 : 1);
    }
  });

  it("is refused where a line is none of it, with its number", () => {
    const text = textOf([songRow(1)]);
    expect(readReport("")).toMatchObject({ kind: "wrong" });
    expect(readReport("{}\n")).toMatchObject({
      message: expect.stringContaining("line 1") as string,
    });
    expect(readReport(`${text}oops\n`)).toMatchObject({
      message: expect.stringContaining("line 3") as string,
    });
    expect(readReport(`${text}{"path":1}\n`)).toMatchObject({
      message: expect.stringContaining("line 3") as string,
    });
  });
});

describe("on disk", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "levelup-reports-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => path.join(folder, name);
  const read = (name: string) => runOf(name, readFileSync(at(name), "utf8")).run;
  const head = (number: number, change: Partial<ReportHead> = {}): ReportHead => ({
    ...runOf("", textOf([], shard(number, 2))).run.head,
    finishedAt: null,
    ...change,
  });
  const album = (name: string) =>
    ({ key: name, name, formedBy: "folder", songs: 1, gain: -1 }) as unknown as Song["album"];
  const leveled = (at: string, name: string) =>
    songRow(1, { path: at, status: "leveled", album: album(name) });

  it("a killed run's songs are in the report of the next run of the same shard", () => {
    const first = new RunningReport(at("1.jsonl"), head(1));
    first.end(run([leveled("a.mp3", "A")], shard(1, 2)).run);
    const killed = new RunningReport(at("1.jsonl"), head(1));
    killed.add(reportedSong(leveled("b.mp3", "B")));
    expect(read("1.jsonl").files).toHaveLength(2);

    const next = new RunningReport(at("1.jsonl"), head(1));
    next.add(reportedSong(leveled("c.mp3", "C")));
    expect(read("1.jsonl").files).toHaveLength(3);
    const finishedAt = "2026-01-02T05:00:00.000Z";
    next.end(run([leveled("c.mp3", "C")], shard(1, 2, { finishedAt })).run);
    const { files, head: told } = read("1.jsonl");
    expect(
      files.map(({ path: song, status, album }) => [song, status, told.albums[album!]?.["name"]]),
    ).toEqual([
      ["a.mp3", "leveled", "A"],
      ["b.mp3", "leveled", undefined],
      ["c.mp3", "leveled", "C"],
    ]);
    expect(told).toMatchObject({ finishedAt, shard: { number: 1, count: 2 }, workers: 2 });
    expect(readFileSync(at("1.jsonl"), "utf8").trim().split("\n")).toHaveLength(4);
  });

  it("a song that ended brings its album along, which the head does not list yet", () => {
    const killed = new RunningReport(at("1.jsonl"), head(1));
    for (const [path, album] of Object.entries({ "a.mp3": "A", "b.mp3": "B", "c.mp3": "B" })) {
      const song = leveled(path, album);
      killed.add(reportedSong(song), reportedAlbum(song));
    }
    const { files, head: told } = read("1.jsonl");
    expect(files.map(({ album }) => told.albums[album!]?.["name"])).toEqual(["A", "B", "B"]);
    expect(told.albums).toHaveLength(2);
    expect(files.some((file) => "ofAlbum" in file)).toBe(false);
  });

  it("songs of a run with other settings, or of another shard, are none of this one's", () => {
    for (const other of [head(2), head(1, { settings: { ...settings, targetLoudness: -16 } })]) {
      new RunningReport(at("1.jsonl"), other).add(reportedSong(songRow(1)));
      new RunningReport(at("1.jsonl"), head(1));
      expect(read("1.jsonl").files).toEqual([]);
    }
  });

  it("merge-reports joins a folder into a file, and says by its exit code whether all is well", () => {
    const lines: string[] = [];
    const log = vi
      .spyOn(console, "log")
      .mockImplementation((line: string) => void lines.push(line));
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    try {
      writeFileSync(at("1.jsonl"), textOf([songRow(1, { status: "leveled" })], shard(1, 2)));
      expect(runMergeReports([folder, "--report", at("all.jsonl")], "/")).toBe(1);
      expect(lines).toEqual(["Shard 2 has no report.", "1 reports, 1 songs: 1 leveled"]);

      writeFileSync(at("2.jsonl"), textOf([songRow(2, { status: "leveled" })], shard(2, 2)));
      expect(runMergeReports([folder, "--report", "all.jsonl"], folder)).toBe(0);
      expect(read("all.jsonl").files).toHaveLength(2);
      expect(runMergeReports([folder, "--report", at("all.json")], "/")).toBe(1);
      rmSync(at("all.jsonl"));
      expect(runMergeReports([folder, "--report", at("all.json")], "/")).toBe(0);
      const whole = JSON.parse(readFileSync(at("all.json"), "utf8")) as { files: unknown[] };
      expect(whole.files).toHaveLength(2);

      for (const args of [[], [folder], [folder, "--what"], [folder, "b", "--report", "c"]]) {
        expect(runMergeReports(args, "/")).toBe(2);
      }
      writeFileSync(at("3.jsonl"), "oops\n");
      expect(runMergeReports([folder, "--report", at("all.json")], "/")).toBe(1);
      expect(error).toHaveBeenLastCalledWith(expect.stringContaining("3.jsonl: line 1"));
      expect(runMergeReports([at("nowhere"), "--report", at("all.json")], "/")).toBe(1);
    } finally {
      log.mockRestore();
      error.mockRestore();
    }
  });
});
