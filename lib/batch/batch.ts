import type { PickedFile } from "@/lib/files/picked-file";
import type { Sink } from "@/lib/files/sinks";
import type { SongSource } from "@/lib/files/source-of";
import { WorkerDied } from "@/lib/pool/worker-handle";
import { type PoolHost, type PoolLane, WorkerPool } from "@/lib/pool/worker-pool";
import type { Settings } from "@/lib/settings/settings";
import type { LevelOutcome, MeasureOutcome } from "@/lib/song/outcome";
import { ownSettings } from "@/lib/song/choice";
import type { SongId } from "@/lib/song/song";
import type { SongProgress } from "@/lib/song/task";
import { sourceText } from "@/lib/song/texts";
import { buffersOf } from "@/lib/storage/song-bytes";
import { Delivery } from "./delivery";
import type { LostResults } from "./destinations";
import { type BatchMode, type Job, Jobs } from "./jobs";
import { LaneLog } from "./lane-log";
import { levelTask } from "./level-task";
import { type BatchLog, batchLines, oneLine } from "./log";
import { OpenFailed, openSong, openSource, withCause } from "./open-song";
import { cancelledRow } from "./outcome-row";
import { rescore } from "./planned";
import type { EarlierRun, RunRecord } from "./run-record";
import type { SongReading } from "./slow-source";
import { notBegun, type SongTable } from "./song-table";
import type { SongWorkerHandle } from "./song-worker";
import { isDone, type SwapsWaiting } from "./totals";
import { isParallel } from "./worker-count";

/** A worker's lane and the song that it holds. */
export interface WorkerLane extends PoolLane {
  readonly song: SongId | null;
}

export interface BatchSetup {
  readonly mode: BatchMode;
  readonly ids: readonly SongId[];
  readonly settings: Settings;
  readonly table: SongTable;
  /** Number of workers to begin with. */
  readonly workers: number;
  startWorker(): Promise<SongWorkerHandle>;
  /** Where a song's result goes; not asked for when measuring. */
  sinkFor(file: PickedFile): Sink;
  /** A saved result's scratch file is not needed any more. */
  releaseScratch(name: string): void;
  /** Ends what is written as a whole, once every song is done; gives what was lost in it. */
  finishSaving(): Promise<LostResults | null>;
  readonly log: Pick<BatchLog, "begin" | "add">;
  onLanes(lanes: readonly WorkerLane[]): void;
  /** Told of every song that was read to its end. */
  onRead(song: SongReading): void;
  /** What was done of it before it was cut off; null when it begins anew. */
  readonly earlier: EarlierRun | null;
  /** Null where it could not be resumed. */
  readonly record: RunRecord | null;
}

/** One run over a number of songs. Whatever happens to one song stays with that song. */
export class Batch implements PoolHost<Job, SongWorkerHandle> {
  readonly #setup: BatchSetup;
  readonly #jobs: Jobs;
  readonly #pool = new WorkerPool<Job, SongWorkerHandle>(this);
  readonly #inLane = new Map<number, SongId>();
  /** How the worker of a song's first try ended. */
  readonly #deaths = new Map<SongId, string>();
  readonly #started = new Set<number>();
  readonly #log: LaneLog;
  readonly #delivery: Delivery;
  /** Lanes that are wanted. */
  #workers: number;
  /** Only swaps are left. */
  #waiting = false;

  constructor(setup: BatchSetup) {
    this.#setup = setup;
    const { ids, earlier } = setup;
    this.#workers = setup.workers;
    this.#jobs = new Jobs({ ...setup, lanes: () => this.#workers });
    this.#log = new LaneLog((line) => setup.log.add(line));
    this.#delivery = new Delivery({
      ...setup,
      total: ids.length,
      endedBefore: earlier?.done.size ?? 0,
      log: this.#log,
      sinkFor: (file) => setup.sinkFor(file),
      releaseScratch: (name) => setup.releaseScratch(name),
    });
  }

  async run(): Promise<void> {
    const { ids, table, workers, earlier, settings } = this.#setup;
    const done = earlier?.done ?? new Set();
    for (const id of ids) {
      if (done.has(id)) continue;
      const { source } = table.get(id);
      table.update(id, { ...notBegun, status: source ? "measured" : "waiting" });
    }
    rescore(table, settings);
    this.#logStart();
    this.#jobs.fill(done);
    try {
      await this.#pool.run(workers);
    } finally {
      await this.#waitForSwaps();
    }
    const measuring = this.#setup.mode === "measure";
    for (const id of ids) {
      if (table.has(id) && !isDone(table.get(id), measuring))
        table.update(id, cancelledRow(table.get(id)));
    }
    this.#delivery.lose(ids, await this.#setup.finishSaving());
    this.#logSummary();
  }

  resize(workers: number): void {
    this.#workers = workers;
    this.#pool.resize(workers);
  }

  pause(): void {
    this.#pool.pause();
  }

  resume(): void {
    this.#pool.resume();
  }

  stop(now: boolean): void {
    this.#jobs.close();
    this.#pool.stop(now);
    if (now) this.#delivery.stop();
  }

  /** Seconds that swaps wait for their bytes; `left` once nothing else is left to do. */
  get swaps(): SwapsWaiting {
    const { age, left } = this.#delivery.swaps;
    return { age, left: this.#waiting ? left : null };
  }

  async #waitForSwaps(): Promise<void> {
    this.#waiting = true;
    const countDown = setInterval(() => this.#setup.table.schedule(), 1000);
    try {
      await this.#delivery.inPlace();
    } finally {
      clearInterval(countDown);
      this.#waiting = false;
    }
  }

  #logStart(): void {
    const { ids, log, settings, workers, earlier } = this.#setup;
    const start = batchLines.start(ids.length, workers, isParallel(ids.length, settings));
    log.begin(earlier ? [...start, ...earlier.lines] : []);
    const now = earlier ? [batchLines.resumed(earlier.done.size, ids.length)] : start;
    now.forEach((line) => log.add(line));
  }

  #logSummary(): void {
    const { ids, table, mode, log } = this.#setup;
    const count = (...statuses: readonly string[]) =>
      ids.filter((id) => table.has(id) && statuses.includes(table.get(id).status)).length;
    batchLines
      .summary({
        total: ids.length,
        completed: count(
          "leveled",
          "tagged",
          "skipped",
          ...(mode === "measure" ? ["measured"] : []),
        ),
        failed: count("failed"),
        cancelled: count("cancelled"),
      })
      .forEach((line) => log.add(line));
  }

  // What the pool asks for.

  startWorker(): Promise<SongWorkerHandle> {
    return this.#setup.startWorker();
  }

  take(): Promise<Job | null> {
    return this.#jobs.take();
  }

  onWorkerStarted(lane: number): void {
    // Workers are replaced every now and then; the lane goes on as the same worker.
    if (this.#started.has(lane)) return;
    this.#started.add(lane);
    this.#setup.log.add(batchLines.workerStarted(lane));
  }

  onLanesChanged(lanes: readonly PoolLane[]): void {
    this.#setup.onLanes(
      lanes.map((lane) => ({ ...lane, song: this.#inLane.get(lane.number) ?? null })),
    );
  }

  async perform(job: Job, worker: SongWorkerHandle, lane: number): Promise<() => Promise<void>> {
    try {
      if (this.#wasMeasured(job) && (await this.#isAsMeasured(job))) {
        this.#jobs.ended(job);
        return () => Promise.resolve();
      }
      this.#announce(job, lane);
      return job.step === "measure"
        ? await this.#measure(job, worker, lane)
        : await this.#level(job, worker, lane);
    } catch (error) {
      if (error instanceof WorkerDied) {
        if (error.death === "hung") this.#deaths.set(job.id, "stopped responding");
        if (error.death === "crashed") this.#deaths.set(job.id, "crashed");
        throw error;
      }
      const reason = error instanceof OpenFailed ? error.reason : "unexpected";
      this.#inLane.delete(lane);
      this.#delivery.fail(job, lane, reason, String(error));
      this.#jobs.ended(job);
      return () => Promise.resolve();
    } finally {
      this.#inLane.delete(lane);
    }
  }

  abandon(job: Job, lane: number, { death, detail }: WorkerDied): void {
    // Stopped by the person: the batch marks it cancelled at its end.
    if (death === "terminated") return;
    this.#delivery.fail(job, lane, death === "hung" ? "worker-hung" : "worker-crashed", detail);
    this.#jobs.ended(job);
  }

  /** Songs of albums are all measured before the first is leveled. */
  #wasMeasured({ id, step }: Job): boolean {
    const { table, mode } = this.#setup;
    return mode === "level" && step === "measure" && table.record(id).measured !== null;
  }

  async #isAsMeasured({ id }: Job): Promise<boolean> {
    const { table, settings } = this.#setup;
    const { file } = await this.#open(table.record(id).file);
    return table.measuredOf(id, file, settings.dualMono) !== null;
  }

  #announce({ id, number, step }: Job, lane: number): void {
    const { table, ids, mode } = this.#setup;
    this.#inLane.set(lane, id);
    const retried = this.#deaths.get(id);
    this.#deaths.delete(id);
    const name = oneLine(table.get(id).name);
    const measuresFirst = step === "measure" && mode === "level";
    const line =
      retried !== undefined
        ? batchLines.retrying(lane, number, ids.length, retried)
        : batchLines[measuresFirst ? "measuring" : "processing"](lane, number, ids.length, name);
    this.#log.add(id, lane, line);
    table.update(id, { status: "measuring", progress: 0, worker: lane });
  }

  async #measure(job: Job, worker: SongWorkerHandle, lane: number): Promise<() => Promise<void>> {
    const { table, settings, mode } = this.#setup;
    const picked = table.record(job.id).file;
    const { file, onDisk } = await this.#open(picked);
    const told = await worker.call(
      (calls) => calls.measure({ file, dualMono: settings.dualMono }),
      {
        onProgress: (progress) => this.#showProgress(job.id, progress),
      },
    );
    const outcome = await withCause(told, picked, onDisk);
    this.#tellReading(file, outcome);
    if (outcome.kind === "refused") this.#delivery.refuse(job, lane, outcome);
    else {
      this.#delivery.keepMeasured(job.id, outcome.measured, file);
      const message = sourceText(outcome.measured);
      table.update(job.id, { status: "measured", progress: 0, message, seconds: outcome.seconds });
      if (mode === "measure") this.#delivery.complete(job, lane);
    }
    this.#jobs.ended(job);
    return () => Promise.resolve();
  }

  /** Levels a song or takes that back. */
  async #level(job: Job, worker: SongWorkerHandle, lane: number): Promise<() => Promise<void>> {
    const { table, settings } = this.#setup;
    const { id, step, album } = job;
    const { dualMono } = settings;
    const own = ownSettings(settings, table.get(id).choice);
    const picked = table.record(id).file;
    const source = await this.#open(picked);
    const { file } = source;
    const known = table.measuredOf(id, file, dualMono);
    const told = await worker.call(
      (calls) =>
        step === "undo"
          ? calls.undo({ file, dualMono })
          : calls.level(levelTask(own, { file, known, album })),
      { onProgress: (progress) => this.#showProgress(id, progress) },
    );
    const outcome = await withCause(told, picked, source.onDisk);
    this.#tellReading(file, outcome);
    return async () => {
      await this.#delivery.deliver(job, lane, outcome, source);
      if (outcome.kind === "leveled") worker.giveBack(buffersOf(outcome.bytes));
    };
  }

  /** The file on disk itself, where that is what is taken back, or what keeps its sound. */
  async #open(picked: PickedFile): Promise<SongSource> {
    const { mode, settings } = this.#setup;
    return mode === "undo" || settings.loudnessTags === "only"
      ? asIs(await openSong(picked))
      : await openSource(picked);
  }

  #showProgress(id: SongId, { phase, fraction, duration }: SongProgress): void {
    const { table } = this.#setup;
    const song = table.get(id);
    const progress = song.status === phase ? Math.max(song.progress, fraction) : fraction;
    table.update(id, { status: phase, progress, duration: song.duration ?? duration });
  }

  #tellReading({ size }: File, outcome: MeasureOutcome | LevelOutcome): void {
    if (outcome.kind === "refused") return;
    const { reading, total } = outcome.seconds;
    this.#setup.onRead({ bytes: size, reading, total });
  }
}

const asIs = (file: File): SongSource => ({ from: "song", file, onDisk: file });
