import { describe, expect, it } from "vitest";
import { Batch } from "@/lib/batch/batch";
import type { BatchSetup } from "@/lib/batch/batch";
import { targetOf } from "@/lib/batch/planned";
import type { WorkerLane } from "@/lib/batch/session-state";
import type { Song } from "@/lib/batch/song";
import { SongTable } from "@/lib/batch/song-table";
import { WorkerDied } from "@/lib/batch/worker-handle";
import type { Death, ProgressListener, SongWorkerHandle } from "@/lib/batch/worker-handle";
import type { PickedFile } from "@/lib/files/picked-file";
import { WriteRefused } from "@/lib/files/safe-write";
import { seconds } from "@/lib/loudness/units";
import { defaultSettings } from "@/lib/settings/settings";
import type { Settings } from "@/lib/settings/settings";
import type {
  LevelOutcome,
  LevelTask,
  MeasureOutcome,
  Refused,
  SongTask,
} from "@/lib/workers/protocol";
import { deferred, settled } from "./deferred";
import { leveled, measured, measurement, phaseSeconds, picked } from "./fixtures";

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

class Desk {
  readonly log: string[] = [];
  readonly levelTasks: LevelTask[] = [];
  readonly measureTasks: SongTask[] = [];
  readonly saved: { path: string; text: string; extension: string }[] = [];
  readonly unchanged: string[] = [];
  readonly released: string[] = [];
  lanes: readonly WorkerLane[] = [];
  save: (song: PickedFile) => Promise<void> = () => Promise.resolve();
  readonly table = new SongTable(() => undefined);
  readonly #attempts = new Map<string, number>();

  constructor(
    files: readonly (string | PickedFile)[],
    private readonly script: Script = {},
  ) {
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
      target: targetOf(all),
      table: this.table,
      workers: 1,
      parallel: false,
      startWorker: () => Promise.resolve(this.#worker()),
      sinkFor: () => ({
        save: async (song, bytes, extension) => {
          await this.save(song);
          this.saved.push({ path: song.path, text: await bytes.text(), extension });
          return `Leveled/${song.path}`;
        },
        saveUnchanged: async (song) => {
          await this.save(song);
          this.unchanged.push(song.path);
          return `Leveled/${song.path}`;
        },
      }),
      releaseScratch: (name) => this.released.push(name),
      log: (line) => this.log.push(line),
      onLanes: (lanes) => (this.lanes = lanes),
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
    return {
      level: (task, report) => {
        this.levelTasks.push(task);
        return answer(this.script.level?.[task.file.name], leveled(), task, report);
      },
      measure: (task, report) => {
        this.measureTasks.push(task);
        const found: MeasureOutcome = {
          kind: "measured",
          measured: measured(),
          seconds: phaseSeconds,
        };
        return answer(this.script.measure?.[task.file.name], found, task, report);
      },
      terminate: () => death.reject(new WorkerDied("terminated", "by the page")),
    };
  }
}

describe("a batch", () => {
  it("levels every song and logs it line for line", async () => {
    const desk = new Desk(["Song001.mp3", "b/Song002.mp3", "c.mp3", "d.mp3"], {
      level: { "c.mp3": refused("not-audio") },
    });
    await desk.batch({ workers: 1, parallel: true }).run();
    expect(desk.log).toEqual(
      [
        "=== BATCH PROCESSING START ===",
        "Files to process: 4",
        "Parallel processing: ENABLED",
        "Max concurrent jobs: 1",
        "Using parallel processing with 1 workers...",
        "Worker 1 started",
        "Worker 1 processing job 1/4: Song001.mp3",
        "Worker 1 processing job 2/4: Song002.mp3",
        "Worker 1 completed job 1/4 (1/4 total completed)",
        "Worker 1 processing job 3/4: c.mp3",
        "Worker 1 completed job 2/4 (2/4 total completed)",
        "Worker 1 processing job 4/4: d.mp3",
        "Worker 1 failed job 3/4: This is not an audio file, whatever its name says.",
        "Worker 1 completed job 4/4 (4/4 total completed)",
        "=== PARALLEL PROCESSING SUMMARY ===",
        "Total files: 4",
        "Completed: 3",
        "Failed: 1",
        "Success rate: 75.0%",
        "=== BATCH PROCESSING COMPLETE ===",
      ]
        .map(
          (line) => expect.stringMatching(line.replace(/[()./*+]/g, "\\$&")) as unknown as string,
        )
        .map((line) => line),
    );
    expect(desk.statuses).toEqual(["leveled", "leveled", "failed", "leveled"]);
    expect(desk.saved.map(({ path }) => path)).toEqual(["Song001.mp3", "b/Song002.mp3", "d.mp3"]);
  });
});
