import { describe, expect, it } from "vitest";
import { asBlob } from "@/lib/storage/song-bytes";
import { albumOf } from "@/lib/batch/albums/grouping";
import { Batch, type BatchSetup, type WorkerLane } from "@/lib/batch/batch";
import type { RunRecord } from "@/lib/batch/run-record";
import type { SongReading } from "@/lib/batch/slow-source";
import { asTheBatch } from "@/lib/song/choice";
import type { Song } from "@/lib/song/song";
import { deliveredRow } from "@/lib/batch/outcome-row";
import { SongTable } from "@/lib/batch/song-table";
import type { SongWorkerHandle } from "@/lib/batch/song-worker";
import { WorkerDied, type Death } from "@/lib/pool/worker-handle";
import type { PickedFile } from "@/lib/files/picked-file";
import { WriteRefused } from "@/lib/files/safe-write";
import { ReplaceSink, type Sink } from "@/lib/files/sinks";
import { AgedSwaps } from "@/lib/files/swap";
import { decibels, lufs, seconds } from "@/lib/loudness/units";
import { defaultSettings, type Settings } from "@/lib/settings/settings";
import type { Damage } from "@/lib/song/damage";
import { writtenTags } from "@/lib/song/loudness-tags";
import type { LevelOutcome, MeasureOutcome, Refused } from "@/lib/song/outcome";
import type { LevelTask, SongCalls, SongProgress, SongTask } from "@/lib/song/task";
import { deferred, settled } from "../../support/deferred";
import { HandClock } from "../../support/hand-clock";
import { FakeDisk } from "../files/fake-disk";
import { leveled, measured, measurement, phaseSeconds, picked, pickedFolder } from "./fixtures";

type ProgressListener = (progress: SongProgress) => void;

/** What the fake workers answer for a song, by its file's name; a function may die or wait. */
type Answer<Outcome> = Outcome | ((call: Call) => Promise<Outcome>);
interface Call {
  readonly task: SongTask;
  readonly report: ProgressListener;
  readonly attempt: number;
  readonly died: Promise<never>;
}
interface Script {
  readonly level?: Readonly<Record<string, Answer<LevelOutcome>>>;
  readonly undo?: Readonly<Record<string, Answer<LevelOutcome>>>;
  readonly measure?: Readonly<Record<string, Answer<MeasureOutcome>>>;
}

const refused = (reason: Refused["reason"], detail = ""): Refused => ({
  kind: "refused",
  reason,
  detail,
  format: null,
  measured: null,
});

const die = (death: Death) => () => Promise.reject(new WorkerDied(death, "in a test"));

const notThere = () => Promise.reject(new Error("Nothing is read back here."));

class Desk {
  readonly #script: Script;
  readonly log: string[] = [];
  readonly levelTasks: LevelTask[] = [];
  readonly measureTasks: SongTask[] = [];
  readonly undoTasks: SongTask[] = [];
  readonly saved: { path: string; text: string; extension: string }[] = [];
  readonly unchanged: string[] = [];
  readonly released: string[] = [];
  readonly givenBack: ArrayBuffer[] = [];
  readonly read: SongReading[] = [];
  lanes: readonly WorkerLane[] = [];
  save: (song: PickedFile) => Promise<void> = () => Promise.resolve();
  readonly table = new SongTable(() => undefined);
  readonly #attempts = new Map<string, number>();

  constructor(files: readonly (string | PickedFile)[], script: Script = {}) {
    this.#script = script;
    this.table.add(files.map((file) => (typeof file === "string" ? picked(file) : file)));
  }

  batch(
    change: Partial<BatchSetup> & { settings?: Settings } = {},
    settings: Partial<Settings> = {},
  ): Batch {
    const all = { ...defaultSettings, ...settings };
    return new Batch({
      mode: "level",
      ids: this.table.ids,
      settings: all,
      table: this.table,
      workers: 1,
      startWorker: () => Promise.resolve(this.#worker()),
      sinkFor: () => ({
        save: async (song, bytes, extension) => {
          await this.save(song);
          this.saved.push({ path: song.path, text: await asBlob(bytes).text(), extension });
          return `Leveled/${song.path}`;
        },
        saveUnchanged: async (song) => {
          await this.save(song);
          this.unchanged.push(song.path);
          return `Leveled/${song.path}`;
        },
        reopen: notThere,
      }),
      finishSaving: () => Promise.resolve(null),
      releaseScratch: (name) => this.released.push(name),
      log: {
        begin: (lines) => this.log.splice(0, Infinity, ...lines),
        add: (line) => this.log.push(line),
      },
      onLanes: (lanes) => (this.lanes = lanes),
      onRead: (song) => this.read.push(song),
      earlier: null,
      record: null,
      ...change,
    });
  }

  song(path: string): Song {
    const song = this.table.ids.map((id) => this.table.get(id)).find((each) => each.path === path);
    if (!song) throw new Error(`no song ${path}`);
    return song;
  }

  get statuses(): string[] {
    return this.table.ids.map((id) => this.table.get(id).status);
  }

  #worker(): SongWorkerHandle {
    const death = deferred<never>();
    death.promise.catch(() => undefined);
    const answer = <Outcome>(
      given: Answer<Outcome> | undefined,
      otherwise: Outcome,
      task: SongTask,
      report: ProgressListener,
    ): Promise<Outcome> => {
      const attempt = (this.#attempts.get(task.file.name) ?? 0) + 1;
      this.#attempts.set(task.file.name, attempt);
      const call = { task, report, attempt, died: death.promise };
      const outcome =
        typeof given === "function"
          ? (given as (call: Call) => Promise<Outcome>)(call)
          : Promise.resolve(given ?? otherwise);
      return Promise.race([outcome, death.promise]);
    };
    const calls = (report: ProgressListener): SongCalls => ({
      level: (task) => {
        this.levelTasks.push(task);
        return answer(this.#script.level?.[task.file.name], leveled(), task, report);
      },
      measure: (task) => {
        this.measureTasks.push(task);
        const found: MeasureOutcome = {
          kind: "measured",
          measured: measured(),
          seconds: phaseSeconds,
        };
        return answer(this.#script.measure?.[task.file.name], found, task, report);
      },
      undo: (task) => {
        this.undoTasks.push(task);
        return answer(this.#script.undo?.[task.file.name], leveled(), task, report);
      },
      listen: () => Promise.reject(new Error("A batch listens to nothing.")),
    });
    return {
      call: (ask, { onProgress } = {}) => ask(calls(onProgress ?? (() => undefined))),
      giveBack: (buffers) => this.givenBack.push(...buffers),
      terminate: () => death.reject(new WorkerDied("terminated", "by the page")),
    };
  }
}

describe("a batch", () => {
  it("tells what reading cost of every song that was read to its end", async () => {
    const desk = new Desk(["a.mp3", "b.mp3"], { level: { "a.mp3": refused("damaged") } });
    await desk.batch().run();
    const { reading, total } = phaseSeconds;
    expect(desk.read).toEqual([{ bytes: 1000, reading, total }]);
  });

  it("tells damage in the row, and why an original was left alone", async () => {
    const damage: Damage = { kind: "undecodable", at: seconds(192), places: 1, lost: seconds(0.4) };
    const broken = { ...measured(), damage };
    const told = "Damaged at 3:12: 0.4 s could not be decoded.";
    const refusal = { ...refused("damaged-original"), measured: broken };
    const desk = new Desk(["a.mp3", "b.mp3", "c.mp3"], {
      measure: { "a.mp3": { kind: "measured", measured: broken, seconds: phaseSeconds } },
      level: {
        "a.mp3": leveled({ measured: broken }),
        "b.mp3": refusal,
        "c.mp3": { kind: "skipped", reason: "silent", measured: broken, seconds: phaseSeconds },
      },
    });
    const rows = () => desk.table.ids.map((id) => desk.table.get(id));
    await desk.batch({ mode: "measure" }).run();
    expect(rows()[0]).toMatchObject({ damage, message: told });
    await desk.batch().run();
    expect(rows().map(({ message }) => message)).toEqual([
      told,
      `${told} Its original was left alone.`,
      `${told} Silent: there is nothing to measure.`,
    ]);
    expect(rows().map((row) => row.damage)).toEqual([damage, damage, damage]);
  });

  it("logs a parallel run line for line", async () => {
    const desk = new Desk(["Song001.mp3", "b/Song002.mp3", "c.mp3", "d.mp3"], {
      level: { "c.mp3": refused("not-audio") },
    });
    await desk.batch({ workers: 2 }).run();
    expect(desk.log.slice(0, 5)).toEqual([
      "=== BATCH PROCESSING START ===",
      "Files to process: 4",
      "Parallel processing: ENABLED",
      "Max concurrent jobs: 2",
      "Using parallel processing with 2 workers...",
    ]);
    expect(desk.log.slice(-6)).toEqual([
      "=== PARALLEL PROCESSING SUMMARY ===",
      "Total files: 4",
      "Completed: 3",
      "Failed: 1",
      "Success rate: 75.0%",
      "=== BATCH PROCESSING COMPLETE ===",
    ]);
    const between = desk.log.slice(5, -6);
    expect(between.filter((line) => / started$/.test(line))).toEqual([
      "Worker 1 started",
      "Worker 2 started",
    ]);
    expect(between).toContain("Worker 1 processing job 1/4: Song001.mp3");
    expect(between).toContain("Worker 2 processing job 2/4: Song002.mp3");
    const lines = between.join("\n");
    expect(lines).toMatch(/Worker 1 completed job 1\/4 \(1\/4 total completed\)/);
    expect(lines).toMatch(
      /Worker \d processing job 3\/4: c.mp3\n(.*\n)*Worker \d failed job 3\/4: This is not an audio file, whatever its name says\./,
    );
    // Counted as they end, the failed one too: the last number is the batch's.
    expect(lines.match(/completed job .*$/gm)).toHaveLength(3);
    expect(lines).toContain("(4/4 total completed)");
    expect(between).toHaveLength(2 + 4 + 4);
    expect(desk.statuses).toEqual(["leveled", "leveled", "failed", "leveled"]);
  });

  it("logs a sequential run line for line", async () => {
    const desk = new Desk(["one.mp3"]);
    await desk.batch().run();
    expect(desk.log).toEqual([
      "=== BATCH PROCESSING START ===",
      "Files to process: 1",
      "Parallel processing: DISABLED",
      "Max concurrent jobs: 1",
      "Using sequential processing with 1 worker...",
      "Worker 1 started",
      "Worker 1 processing job 1/1: one.mp3",
      "Worker 1 completed job 1/1 (1/1 total completed)",
      "=== PARALLEL PROCESSING SUMMARY ===",
      "Total files: 1",
      "Completed: 1",
      "Failed: 0",
      "Success rate: 100.0%",
      "=== BATCH PROCESSING COMPLETE ===",
    ]);
  });

  it("keeps a name with line breaks on its own log line", async () => {
    const desk = new Desk(["a\nWorker 9 started\u2028.mp3"]);
    await desk.batch().run();
    expect(desk.log.join("\n").split(/[\n\u2028]/)).toHaveLength(desk.log.length);
  });

  it("tells a leveled song's whole story in its row", async () => {
    const desk = new Desk(["a/one.wav"], {
      level: {
        "one.wav": leveled({
          shortfall: "held-back-by-peaks",
          notes: [{ savedAs: "flac", why: "no-encoder", codec: "x" }],
          scratch: "scratch-1",
          extension: "flac",
          passes: 2,
        }),
      },
    });
    await desk.batch().run();
    expect(desk.song("a/one.wav")).toMatchObject({
      status: "leveled",
      progress: 1,
      gain: -5,
      limited: 0,
      route: "encode",
      passes: 2,
      source: { integrated: -9 },
      result: { integrated: -14 },
      output: "Leveled/a/one.wav",
      reason: "held-back-by-peaks",
      message:
        "Held back by its peaks: quieter than the target. Saved as FLAC: x can be read here but not written.",
      worker: 1,
      duration: 180,
      seconds: phaseSeconds,
    });
    expect(desk.saved).toEqual([{ path: "a/one.wav", text: "leveled", extension: "flac" }]);
    expect(desk.released).toEqual(["scratch-1"]);
  });

  it("gives a song's memory back to the worker once it is saved, or cannot be", async () => {
    const part = (text: string) => new TextEncoder().encode(text);
    const first = part("first");
    // Two parts of one block, as sections of an encoded song are.
    const block = part("second, third");
    const bytes = [first, block.subarray(0, 6), block.subarray(8)];
    const desk = new Desk(["a.mp3", "b.mp3"], {
      level: {
        "a.mp3": () => Promise.resolve(leveled({ bytes })),
        "b.mp3": () => Promise.resolve(leveled({ bytes: [part("lost")] })),
      },
    });
    const before: number[] = [];
    desk.save = async (song) => {
      before.push(desk.givenBack.length);
      if (song.path === "b.mp3") return Promise.reject(new WriteRefused("disk-full", "no room"));
    };
    await desk.batch().run();
    expect(desk.saved.map(({ text }) => text)).toEqual(["firstsecondthird"]);
    expect(desk.statuses).toEqual(["leveled", "failed"]);
    expect(before).toEqual([0, 2]);
    expect(desk.givenBack.slice(0, 2)).toEqual([first.buffer, block.buffer]);
    expect(desk.givenBack).toHaveLength(3);
  });

  it("tells which song its only lane holds while it works on it", async () => {
    const held: (readonly WorkerLane[])[] = [];
    const desk = new Desk(["a.mp3", "b.mp3"], {
      level: Object.fromEntries(
        ["a.mp3", "b.mp3"].map((name) => [
          name,
          async () => {
            await settled();
            held.push(desk.lanes);
            return leveled();
          },
        ]),
      ),
    });
    await desk.batch().run();
    const [a, b] = desk.table.ids;
    expect(held).toEqual([a, b].map((song) => [{ number: 1, status: "working", song }]));
  });

  it("copies a song that needs nothing, and says why", async () => {
    const desk = new Desk(["at.mp3"], {
      level: {
        "at.mp3": {
          kind: "skipped",
          reason: "already-at-target",
          measured: measured(-14, -2),
          seconds: phaseSeconds,
        },
      },
    });
    await desk.batch().run();
    expect(desk.unchanged).toEqual(["at.mp3"]);
    expect(desk.song("at.mp3")).toMatchObject({
      status: "skipped",
      gain: 0,
      route: "none",
      reason: "already-at-target",
      message: "Already at the target loudness.",
      output: "Leveled/at.mp3",
    });
    expect(desk.log).toContain("Completed: 1");
  });

  it.each<[string, Script["level"], Partial<Song>]>([
    [
      "a refusal",
      { "bad.mp3": refused("empty-file", "0 bytes") },
      { reason: "empty-file", message: "The file is empty.", detail: "0 bytes" },
    ],
    ["two crashes", { "bad.mp3": die("crashed") }, { reason: "worker-crashed" }],
    ["two hangs", { "bad.mp3": die("hung") }, { reason: "worker-hung" }],
    [
      "an error that nobody foresaw",
      { "bad.mp3": () => Promise.reject(new RangeError("a bug")) },
      { reason: "unexpected", detail: "RangeError: a bug" },
    ],
  ])("keeps %s with its song and goes on", async (_, level, row) => {
    const desk = new Desk(["bad.mp3", "good.mp3"], { level: level! });
    await desk.batch().run();
    expect(desk.song("bad.mp3")).toMatchObject({ ...row, status: "failed", output: null });
    expect(desk.song("bad.mp3").hint).toBeTruthy();
    expect(desk.song("good.mp3").status).toBe("leveled");
    expect(desk.log).toContain("Failed: 1");
    expect(desk.saved).toHaveLength(1);
  });

  it.each([
    [new DOMException("gone", "NotFoundError"), "file-gone"],
    [new DOMException("changed", "NotReadableError"), "file-changed"],
    [new DOMException("no", "NotAllowedError"), "file-unreadable"],
  ])("says why a file cannot be opened any more: %s", async (error, reason) => {
    const bad = picked("bad.mp3", { open: () => Promise.reject(error) });
    const desk = new Desk([bad, "good.mp3"]);
    await desk.batch().run();
    expect(desk.song("bad.mp3")).toMatchObject({ status: "failed", reason });
    expect(desk.song("good.mp3").status).toBe("leveled");
  });

  it.each([
    ["leveled", "From the leveled file: its original is not kept."],
    ["changed", "From the file as it is, which was changed since it was leveled."],
    ["retagged", "From the kept original, with the tags of the file on disk."],
    ["song", null],
    ["original", null],
  ] as const)("says what a song leveled before is made from: %s", (from, message) => {
    expect(deliveredRow(leveled(), from).message).toBe(message);
  });

  it("tells a drive that cannot read a file from a file that changed", async () => {
    const opened = (lastModified: number) =>
      Promise.resolve(new File([new Uint8Array(1000)], "changed.mp3", { lastModified }));
    let date = 1;
    const changed = picked("changed.mp3", { open: () => opened(date++) });
    const unread = refused("file-changed", "NotReadableError");
    const desk = new Desk([changed, "failed.mp3"], {
      level: { "changed.mp3": unread, "failed.mp3": unread },
    });
    await desk.batch().run();
    expect(desk.song("changed.mp3")).toMatchObject({ status: "failed", reason: "file-changed" });
    expect(desk.song("failed.mp3")).toMatchObject({ status: "failed", reason: "drive-failed" });
  });

  it("says why a result could not be written", async () => {
    const desk = new Desk(["bad.mp3", "odd.mp3", "good.mp3"]);
    desk.save = ({ path }) => {
      if (path === "bad.mp3") return Promise.reject(new WriteRefused("disk-full", "no room"));
      if (path === "odd.mp3") return Promise.reject(new Error("what?"));
      return Promise.resolve();
    };
    await desk.batch().run();
    expect(desk.song("bad.mp3")).toMatchObject({ status: "failed", reason: "disk-full" });
    expect(desk.song("odd.mp3")).toMatchObject({ status: "failed", reason: "write-failed" });
    expect(desk.song("good.mp3").status).toBe("leveled");
  });

  it("fails the songs of a download that cannot be finished, in row, log and counts", async () => {
    const loose = picked("loose.mp3");
    const beside = picked("beside.mp3", { folder: pickedFolder("Music") });
    const desk = new Desk([loose, "bad.mp3", beside], {
      level: { "bad.mp3": refused("not-audio") },
    });
    await desk
      .batch({
        finishSaving: () =>
          Promise.resolve({
            reason: "disk-full",
            detail: "no room",
            holds: ({ folder }) => folder === null,
          }),
      })
      .run();
    expect(desk.statuses).toEqual(["failed", "failed", "leveled"]);
    expect(desk.song("loose.mp3")).toMatchObject({ reason: "disk-full", output: null });
    expect(desk.song("bad.mp3")).toMatchObject({ reason: "not-audio" });
    expect(desk.log).toContain("Worker 1 failed job 1/3: The disk is full.");
    expect(desk.log).toContain("Failed: 2");
    expect(desk.log).toContain("Completed: 1");
  });

  it("writes down what it is about to write and where, and what has ended", async () => {
    const written: string[] = [];
    const skipped = {
      kind: "skipped",
      reason: "already-at-target",
      measured: measured(-14, -2),
      seconds: phaseSeconds,
    } as const;
    const desk = new Desk(["a.mp3", "b.mp3", "bad.mp3"], {
      level: { "b.mp3": skipped, "bad.mp3": refused("damaged") },
    });
    const sink = (path: string): Sink => ({
      save: async (song, bytes, _, { source, announce }) => {
        expect(source).toMatchObject({ size: 1000, lastModified: 1 });
        await announce(path, bytes);
        written.push(`write ${path}`);
        return path;
      },
      saveUnchanged: async (song, { announce }) => {
        await announce(path, new Blob(["the song itself"]));
        written.push(`write ${path}`);
        return path;
      },
      reopen: notThere,
    });
    await desk
      .batch({
        sinkFor: ({ path }) => sink(`Leveled/${path}`),
        record: {
          record: (index, { state, row }) => {
            written.push(`${index} ${state} ${row.status} ${row.output}`);
            return Promise.resolve();
          },
        },
      })
      .run();
    expect(written).toEqual([
      "0 saving leveled Leveled/a.mp3",
      "write Leveled/a.mp3",
      "0 ended leveled Leveled/a.mp3",
      "1 saving skipped Leveled/b.mp3",
      "write Leveled/b.mp3",
      "1 ended skipped Leveled/b.mp3",
    ]);
  });

  it("levels a replaced song from its kept original, and takes back what stands on disk", async () => {
    const disk = new FakeDisk({ "a.mp3": "original" });
    const result = ({ attempt }: Call) =>
      Promise.resolve(leveled({ bytes: new Blob([`result ${attempt}`]) }));
    const desk = new Desk([disk.song("a.mp3", disk.picked())], { level: { "a.mp3": result } });
    const sink = new ReplaceSink(true, new AgedSwaps(0));
    await desk.batch({ sinkFor: () => sink }).run();
    await desk.batch({ sinkFor: () => sink }, { targetLoudness: -18 }).run();
    const texts = (tasks: readonly SongTask[]) => Promise.all(tasks.map(({ file }) => file.text()));
    expect(desk.statuses).toEqual(["leveled"]);
    expect(await texts(desk.levelTasks)).toEqual(["original", "original"]);
    expect(await disk.text("a.mp3")).toBe("result 2");
    expect(await disk.text("Originals/a.mp3")).toBe("original");

    await desk.batch({ mode: "undo", sinkFor: () => sink }).run();
    expect(await texts(desk.undoTasks)).toEqual(["result 2"]);
  });

  describe("whose swaps wait for their bytes", () => {
    function replacing(names: readonly string[]) {
      const disk = new FakeDisk(Object.fromEntries(names.map((name) => [name, "original"])));
      const folder = disk.picked();
      const desk = new Desk(names.map((name) => disk.song(name, folder)));
      const clock = new HandClock();
      const sink = new ReplaceSink(true, new AgedSwaps(55_000, 9, clock));
      const written: string[] = [];
      const record: RunRecord = {
        record: async (index, { state }) => void written.push(`${index} ${state}`),
      };
      return { disk, desk, clock, written, batch: desk.batch({ sinkFor: () => sink, record }) };
    }

    it("goes on with other songs, and calls none done before it is in its place", async () => {
      const { disk, desk, clock, written, batch } = replacing(["a.mp3", "b.mp3"]);
      const run = batch.run();
      await clock.until(2);
      await settled();
      expect(desk.statuses).toEqual(["written", "written"]);
      expect(desk.log.slice(5)).toEqual([
        "Worker 1 started",
        "Worker 1 processing job 1/2: a.mp3",
        "Worker 1 processing job 2/2: b.mp3",
      ]);
      expect(written).toEqual(["0 saving", "1 saving"]);
      expect(batch.swaps.age).toBe(55);
      expect(batch.swaps.left).toBeGreaterThan(54);
      await clock.pass(55_000);
      await run;
      expect(desk.statuses).toEqual(["leveled", "leveled"]);
      expect(desk.log.slice(8, 10).sort()).toEqual([
        expect.stringMatching(/^Worker 1 completed job 1\/2 \([12]\/2 total completed\)$/),
        expect.stringMatching(/^Worker 1 completed job 2\/2 \([12]\/2 total completed\)$/),
      ]);
      expect(desk.log.at(-1)).toBe("=== BATCH PROCESSING COMPLETE ===");
      expect(written.slice(2).sort()).toEqual(["0 ended", "1 ended"]);
      expect(await disk.text("b.mp3")).toBe("leveled");
      expect(batch.swaps.left).toBeNull();
    });

    it("leaves a song that was stopped meanwhile as it was, and says so", async () => {
      const { disk, desk, clock, batch } = replacing(["a.mp3"]);
      const run = batch.run();
      await clock.until(1);
      batch.stop(true);
      await run;
      expect(desk.song("a.mp3")).toMatchObject({
        ...{ status: "cancelled", message: "The song on disk is as it was.", result: null },
      });
      expect(desk.log).toContain("Cancelled: 1");
      expect([...disk.files.keys()]).toEqual(["a.mp3"]);
      expect(await disk.text("a.mp3")).toBe("original");
    });

    it("lets a swap that cannot be made be the failure of its song alone", async () => {
      const { disk, desk, clock, batch } = replacing(["a.mp3", "b.mp3"]);
      const run = batch.run();
      await clock.until(2);
      disk.put("a.mp3", "edited meanwhile");
      disk.modified.set("a.mp3", 2);
      await clock.pass(55_000);
      await run;
      expect(desk.song("a.mp3")).toMatchObject({ status: "failed", reason: "file-changed" });
      expect(desk.song("b.mp3").status).toBe("leveled");
      expect(await disk.text("a.mp3")).toBe("edited meanwhile");
      expect(desk.log).toContain("Failed: 1");
    });
  });

  it("goes on where it was cut off: what is done stays, in row, log and count", async () => {
    const desk = new Desk(["a.mp3", "b.mp3"]);
    const [a] = desk.table.ids;
    desk.table.update(a!, { status: "leveled", output: "Leveled/a.mp3" });
    await desk.batch({ earlier: { done: new Set([a!]), lines: ["about a"] } }).run();
    expect(desk.levelTasks.map(({ file }) => file.name)).toEqual(["b.mp3"]);
    expect(desk.song("a.mp3")).toMatchObject({ status: "leveled", output: "Leveled/a.mp3" });
    expect(desk.log.slice(5, -6)).toEqual([
      "about a",
      "Resuming after 1 of 2 files, which were finished before",
      "Worker 1 started",
      "Worker 1 processing job 2/2: b.mp3",
      "Worker 1 completed job 2/2 (2/2 total completed)",
    ]);
  });

  it("tries a song again after a crash and says so", async () => {
    const desk = new Desk(["a.mp3", "b.mp3"], {
      level: {
        "a.mp3": ({ attempt }) =>
          attempt === 1 ? die("hung")() : Promise.resolve(leveled({ passes: 2 })),
      },
    });
    await desk.batch().run();
    expect(desk.log).toContain("Worker 1 stopped responding, retrying job 1/2 on a fresh worker");
    expect(desk.statuses).toEqual(["leveled", "leveled"]);
    expect(desk.log).toContain("Success rate: 100.0%");
  });

  it("shows a phase's progress, which never goes back within it", async () => {
    const phases: [string, number][] = [];
    const desk = new Desk(["a.mp3"], {
      level: {
        "a.mp3": ({ report }) => {
          for (const [phase, fraction] of [
            ["measuring", 0.5],
            ["measuring", 0.4],
            ["rendering", 0.2],
            ["verifying", 0.9],
            ["rendering", 0.1],
          ] as const) {
            report({ phase, fraction, duration: seconds(200) });
            const { status, progress } = desk.song("a.mp3");
            phases.push([status, progress]);
          }
          expect(desk.song("a.mp3").duration).toBe(200);
          return Promise.resolve(leveled());
        },
      },
    });
    await desk.batch().run();
    expect(phases).toEqual([
      ["measuring", 0.5],
      ["measuring", 0.5],
      ["rendering", 0.2],
      ["verifying", 0.9],
      ["rendering", 0.1],
    ]);
  });

  it("stops at once: running and waiting songs are cancelled, what ended stays", async () => {
    const running = deferred();
    const desk = new Desk(["a.mp3", "b.mp3", "c.mp3"], {
      level: {
        "b.mp3": ({ died }) => {
          running.resolve();
          return died;
        },
      },
    });
    const batch = desk.batch();
    const run = batch.run();
    await running.promise;
    await settled();
    batch.stop(true);
    await run;
    expect(desk.statuses).toEqual(["leveled", "cancelled", "cancelled"]);
    expect(desk.log.slice(-7)).toEqual([
      "=== PARALLEL PROCESSING SUMMARY ===",
      "Total files: 3",
      "Completed: 1",
      "Failed: 0",
      "Cancelled: 2",
      "Success rate: 33.3%",
      "=== BATCH PROCESSING COMPLETE ===",
    ]);
    expect(desk.song("b.mp3")).toMatchObject({ progress: 0, worker: null, output: null });
  });

  it("hands the worker exactly what the settings ask for", async () => {
    const desk = new Desk(["a.mp3"]);
    await desk
      .batch(
        {},
        {
          twoPassNormalization: false,
          maxPasses: 4,
          dualMono: true,
          outputFormat: "opus",
          saveTo: "replace",
          targetLoudness: -16,
        },
      )
      .run();
    expect(desk.levelTasks[0]).toMatchObject({
      verify: false,
      maxPasses: 1,
      dualMono: true,
      outputFormat: "opus",
      replacesOriginal: true,
      target: { loudness: -16, ceiling: -1, accuracy: 0.2 },
      known: null,
      album: null,
    });
  });

  it("levels a song by what is wanted of it apart from the rest, and notes that", async () => {
    const desk = new Desk(["a.mp3", "b.mp3"]);
    const choice = { ...asTheBatch, nudge: decibels(0.5), peaks: "quieter" } as const;
    const [, second] = desk.table.ids;
    desk.table.update(second!, { choice });
    await desk.batch().run();
    expect(desk.levelTasks.map(({ target }) => target)).toMatchObject([
      { loudness: -14, whenPeaksTooHigh: "limit" },
      { loudness: -13.5, whenPeaksTooHigh: "quieter" },
    ]);
    expect(desk.table.ids.map((id) => desk.table.get(id).applied)).toEqual([asTheBatch, choice]);
  });

  it("measures without writing, and remembers it as long as the file is the same", async () => {
    let file = new File(["x"], "a.mp3", { lastModified: 5 });
    const desk = new Desk([picked("a.mp3", { open: () => Promise.resolve(file) })]);
    await desk.batch({ mode: "measure" }).run();
    expect(desk.statuses).toEqual(["measured"]);
    expect(desk.log).toContain("Completed: 1");
    expect(desk.saved).toEqual([]);
    await desk.batch().run();
    expect(desk.levelTasks[0]!.known).toEqual(measured());
    file = new File(["x"], "a.mp3", { lastModified: 6 });
    await desk.batch().run();
    expect(desk.levelTasks[1]!.known).toBeNull();
  });
});

describe("a batch by album", () => {
  const found = (integrated: number, truePeak: number, blocks: readonly number[]) => ({
    kind: "measured" as const,
    measured: measured(integrated, truePeak, {}, blocks),
    seconds: phaseSeconds,
  });

  it("levels nothing before every song is measured, then gives an album one loudness", async () => {
    const last = deferred();
    const desk = new Desk(["A/1.mp3", "A/2.mp3", "B/3.mp3"], {
      measure: {
        "1.mp3": found(-10, -1, [-10]),
        "2.mp3": found(-16, 0.5, [-16]),
        "3.mp3": () => last.promise.then(() => found(-20, -6, [-20])),
      },
    });
    const run = desk.batch({ workers: 2 }, { levelBy: "album" }).run();
    await settled();
    expect(desk.measureTasks).toHaveLength(3);
    expect(desk.levelTasks).toHaveLength(0);
    expect(desk.log).toContain("Worker 1 measuring job 1/3: 1.mp3");
    last.resolve();
    await run;
    const [first, second, third] = ["1.mp3", "2.mp3", "3.mp3"].map(
      (name) => desk.levelTasks.find(({ file }) => file.name === name)!.album,
    );
    // Both blocks together: 10·log10 of the mean of their powers, well within the relative gate.
    const mean = 10 * Math.log10((10 ** -1 + 10 ** -1.6) / 2);
    const gainOf = (share: LevelTask["album"]) =>
      share?.plan.kind === "gain" || share?.plan.kind === "limit" ? share.plan.gain : NaN;
    expect(gainOf(first!)).toBeCloseTo(-14 - mean, 3);
    expect(gainOf(second!)).toBe(gainOf(first!));
    // 5 dB of headroom, and its peaks limited by one.
    expect(gainOf(third!)).toBeCloseTo(6, 3);
    expect(desk.song("A/1.mp3").album).toMatchObject({ name: "A", songs: 2, formedBy: "folder" });
    expect(desk.song("A/2.mp3").album).toBe(desk.song("A/1.mp3").album);
    expect(desk.song("B/3.mp3").planned).toMatchObject({ kind: "limit", heldBy: null });
    expect(desk.statuses).toEqual(["leveled", "leveled", "leveled"]);
    expect(desk.log).toContain("Success rate: 100.0%");
  });

  it("goes on without a song that cannot be measured or whose worker dies twice", async () => {
    const desk = new Desk(["A/1.mp3", "A/2.mp3", "A/3.mp3"], {
      measure: { "1.mp3": refused("damaged"), "2.mp3": die("crashed") },
    });
    await desk.batch({}, { levelBy: "album" }).run();
    expect(desk.statuses).toEqual(["failed", "failed", "leveled"]);
    expect(desk.levelTasks).toHaveLength(1);
  });

  it("stops while it measures", async () => {
    const desk = new Desk(["A/1.mp3", "A/2.mp3"], { measure: { "1.mp3": ({ died }) => died } });
    const batch = desk.batch({ workers: 2 }, { levelBy: "album" });
    const run = batch.run();
    await settled();
    batch.stop(true);
    await run;
    expect(desk.statuses).toEqual(["cancelled", "cancelled"]);
    expect(desk.saved).toEqual([]);
  });

  it("plans an album with all its songs, also where only some of them are leveled again", async () => {
    const desk = new Desk(["A/1.mp3", "A/2.mp3"], {
      measure: { "1.mp3": found(-10, -9, [-10]), "2.mp3": found(-16, -9, [-16]) },
      level: {
        "1.mp3": refused("damaged"),
        "2.mp3": leveled({ measured: measured(-16, -9, {}, [-16]) }),
      },
    });
    const { table } = desk;
    await desk.batch({}, { levelBy: "album" }).run();
    await desk.batch({ ids: table.ids.slice(0, 1) }, { levelBy: "album" }).run();
    const [once, , again] = desk.levelTasks;
    expect(again!.file.name).toBe("1.mp3");
    expect(again!.album!.plan).toEqual(once!.album!.plan);
  });

  it("goes on with the gain of an album that was cut off in its midst", async () => {
    const desk = new Desk(["A/1.mp3", "A/2.mp3"], {
      measure: { "2.mp3": found(-16, -9, [-16]) },
    });
    const [first] = desk.table.ids;
    const { key } = albumOf({ path: "A/1.mp3", root: "", tags: measured().tags });
    const album = {
      ...({ key, name: "A", formedBy: "folder", songs: 2 } as const),
      gain: decibels(-3.5),
      source: lufs(-12),
      planned: lufs(-14),
      heldBack: false,
    };
    desk.table.update(first!, { status: "leveled", album });
    const earlier = { done: new Set([first!]), lines: [] };
    await desk.batch({ earlier }, { levelBy: "album" }).run();
    expect(desk.levelTasks.map(({ album }) => album!.plan)).toMatchObject([{ gain: -3.5 }]);
  });

  it("writes the values of an album into the tags of its songs, also after it was cut off", async () => {
    const tagged = leveled({
      ...{ route: "tags", gain: decibels(0), passes: 0 },
      tags: writtenTags("mp3", measurement(-10), measurement(-13)),
    });
    const desk = new Desk(["A/1.mp3", "A/2.mp3"], {
      measure: { "1.mp3": found(-10, -1, [-10]), "2.mp3": found(-16, -3, [-16]) },
      level: { "1.mp3": tagged, "2.mp3": tagged },
    });
    const settings = { levelBy: "album", loudnessTags: "only" } as const;
    await desk.batch({}, settings).run();
    const [first, second] = desk.levelTasks.map(({ album }) => album!.loudness);
    expect(first).toEqual(second);
    expect(first!.integrated).toBeCloseTo(10 * Math.log10((10 ** -1 + 10 ** -1.6) / 2), 6);
    expect(first!.truePeak).toBe(-1);
    expect(desk.statuses).toEqual(["tagged", "tagged"]);
    expect(desk.log).toContain("Completed: 2");
    expect(desk.song("A/1.mp3")).toMatchObject({
      ...{ route: "tags", gain: 0, plannedGain: 0, planned: { kind: "tags", integrated: -10 } },
      album: { gain: 0, heldBack: false },
      tags: { track: { gain: -8 }, album: { gain: -5 } },
      message:
        "Track gain −8.00 dB, peak 0.50 dBTP; album gain −5.00 dB, peak 0.50 dBTP (towards −18 LUFS). The sound is as it was.",
    });

    const [one, two] = desk.table.ids;
    const earlier = { done: new Set([one!]), lines: [] };
    desk.table.record(one!).measured = null;
    await desk.batch({ earlier }, settings).run();
    expect(desk.levelTasks.at(-1)!.album!.loudness).toEqual(first);
    expect(desk.table.get(two!).status).toBe("tagged");
  });

  it("measures anew what is another file than the one that was measured", async () => {
    let file = new File(["x"], "1.mp3", { lastModified: 5 });
    const desk = new Desk([picked("A/1.mp3", { open: () => Promise.resolve(file) })]);
    await desk.batch({ mode: "measure" }).run();
    file = new File(["x"], "1.mp3", { lastModified: 6 });
    await desk.batch({}, { levelBy: "album" }).run();
    expect(desk.measureTasks).toHaveLength(2);
    expect(desk.statuses).toEqual(["leveled"]);
  });

  it("levels at once what was measured before", async () => {
    const desk = new Desk(["A/1.mp3", "A/2.mp3"]);
    await desk.batch({ mode: "measure" }).run();
    const before = desk.measureTasks.length;
    await desk.batch({}, { levelBy: "album" }).run();
    expect(desk.measureTasks).toHaveLength(before);
    expect(desk.statuses).toEqual(["leveled", "leveled"]);
    expect(desk.song("A/1.mp3").result).toEqual(measurement(-14, -4.5));
  });
});
