import type { PickedFile } from "@/lib/files/picked-file";
import type { Sink } from "@/lib/files/sinks";
import type { Measurement } from "@/lib/loudness/measurement";
import type { Target } from "@/lib/loudness/plan";
import type { Settings } from "@/lib/settings/settings";
import type { LevelOutcome, Measured, MeasureOutcome } from "@/lib/song/outcome";
import type { LevelTask } from "@/lib/song/task";
import type { ProgressMessage } from "@/lib/workers/protocol";
import type { RefusalReason } from "@/lib/song/refusals";
import { buffersOf } from "@/lib/storage/song-bytes";
import { albumsOf } from "./album";
import type { BatchJournal } from "@/lib/journal/journal";
import { JobQueue } from "@/lib/pool/job-queue";
import { LaneLog } from "./lane-log";
import { batchLines, oneLine } from "./log";
import type { WorkerLane } from "@/lib/session/session-state";
import type { SongId } from "@/lib/song/song";
import { SongEnds } from "./song-ends";
import type { SongReading } from "./slow-source";
import { notBegun, type SongTable } from "./song-table";
import { hasEnded } from "./totals";
import { WorkerDied, type SongWorkerHandle } from "@/lib/pool/worker-handle";
import { WorkerPool, type PoolHost } from "@/lib/pool/worker-pool";

/** What a batch does with its songs. */
export type BatchMode = "measure" | "level" | "undo";

export interface BatchSetup {
  readonly mode: BatchMode;
  readonly ids: readonly SongId[];
  readonly settings: Settings;
  readonly target: Target;
  readonly table: SongTable;
  /** Number of workers to begin with. */
  readonly workers: number;
  readonly parallel: boolean;
  startWorker(): Promise<SongWorkerHandle>;
  /** Where a song's result goes; not asked for when measuring. */
  sinkFor(file: PickedFile): Sink;
  /** A saved result's scratch file is not needed any more. */
  releaseScratch(name: string): void;
  /** Ends what is written as a whole, once every song is done; gives what was lost in it. */
  finishSaving(): Promise<LostResults | null>;
  log(line: string): void;
  onLanes(lanes: readonly WorkerLane[]): void;
  /** Told of every song that was read to its end. */
  onRead(song: SongReading): void;
  /** Where the batch goes on from, when it was cut off before. */
  readonly resumed: { readonly ended: ReadonlySet<SongId> } | null;
  readonly journal: Pick<BatchJournal, "write"> | null;
}

/** Results that were taken but could not be kept: a download that could not be finished. */
export interface LostResults {
  readonly reason: RefusalReason;
  readonly detail: string;
  holds(file: PickedFile): boolean;
}

interface Job {
  readonly id: SongId;
  /** From 1, in the batch. */
  readonly number: number;
  readonly step: BatchMode;
  readonly album: Pick<Measurement, "integrated" | "truePeak"> | null;
}

/** One run over a number of songs. Whatever happens to one song stays with that song. */
export class Batch implements PoolHost<Job> {
  readonly #setup: BatchSetup;
  readonly #queue = new JobQueue<Job>();
  readonly #pool = new WorkerPool<Job>(this);
  readonly #inLane = new Map<number, SongId>();
  /** Measuring jobs of an album batch that have not ended. */
  #unmeasured = 0;
  /** How the worker of a song's first try ended. */
  readonly #deaths = new Map<SongId, string>();
  readonly #started = new Set<number>();
  readonly #log: LaneLog;
  readonly #ends: SongEnds;

  constructor(setup: BatchSetup) {
    this.#setup = setup;
    const { ids, settings, resumed } = setup;
    this.#log = new LaneLog((line) => setup.log(line));
    this.#ends = new SongEnds(
      { ...setup, total: ids.length, dualMono: settings.dualMono, log: this.#log },
      resumed?.ended.size ?? 0,
    );
  }

  async run(): Promise<void> {
    const { ids, table, log, workers, parallel } = this.#setup;
    const { resumed } = this.#setup;
    for (const id of ids) {
      if (resumed?.ended.has(id)) continue;
      const { source } = table.get(id);
      table.update(id, { ...notBegun, status: source ? "measured" : "waiting" });
    }
    if (resumed) log(batchLines.resumed(resumed.ended.size, ids.length));
    else batchLines.start(ids.length, workers, parallel).forEach(log);
    this.#fillQueue();
    await this.#pool.run(workers);
    for (const id of ids) {
      if (table.has(id) && !this.#isDone(id))
        table.update(id, { ...notBegun, status: "cancelled" });
    }
    this.#ends.lose(ids, await this.#setup.finishSaving());
    const count = (...statuses: readonly string[]) =>
      ids.filter((id) => table.has(id) && statuses.includes(table.get(id).status)).length;
    const measured = this.#setup.mode === "measure" ? ["measured"] : [];
    batchLines
      .summary({
        total: ids.length,
        completed: count("leveled", "skipped", ...measured),
        failed: count("failed"),
        cancelled: count("cancelled"),
      })
      .forEach(log);
  }

  resize(workers: number): void {
    this.#pool.resize(workers);
  }

  pause(): void {
    this.#pool.pause();
  }

  resume(): void {
    this.#pool.resume();
  }

  stop(now: boolean): void {
    this.#queue.close();
    this.#pool.stop(now);
  }

  // What the pool asks for.

  startWorker(): Promise<SongWorkerHandle> {
    return this.#setup.startWorker();
  }

  take(): Promise<Job | null> {
    return this.#queue.take();
  }

  onWorkerStarted(lane: number): void {
    // Workers are replaced every now and then; the lane goes on as the same worker.
    if (this.#started.has(lane)) return;
    this.#started.add(lane);
    this.#setup.log(batchLines.workerStarted(lane));
  }

  onLanesChanged(lanes: readonly Pick<WorkerLane, "number" | "status">[]): void {
    this.#setup.onLanes(
      lanes.map((lane) => ({ ...lane, song: this.#inLane.get(lane.number) ?? null })),
    );
  }

  async perform(job: Job, worker: SongWorkerHandle, lane: number): Promise<() => Promise<void>> {
    try {
      this.#announce(job, lane);
      return await this.#work(job, worker, lane);
    } catch (error) {
      if (error instanceof WorkerDied) {
        if (error.death === "hung") this.#deaths.set(job.id, "stopped responding");
        if (error.death === "crashed") this.#deaths.set(job.id, "crashed");
        throw error;
      }
      const reason = error instanceof OpenFailed ? error.reason : "unexpected";
      this.#inLane.delete(lane);
      this.#ends.fail(job, lane, reason, String(error));
      this.#measuringEnded(job);
      return () => Promise.resolve();
    } finally {
      this.#inLane.delete(lane);
    }
  }

  async #work(job: Job, worker: SongWorkerHandle, lane: number): Promise<() => Promise<void>> {
    const { table, settings } = this.#setup;
    const { id } = job;
    const file = await openFile(table.record(id).file);
    const onProgress = ({ phase, fraction, duration }: ProgressMessage) => {
      const song = table.get(id);
      const progress = song.status === phase ? Math.max(song.progress, fraction) : fraction;
      table.update(id, { status: phase, progress, duration: song.duration ?? duration });
    };
    const { dualMono } = settings;
    if (job.step !== "measure") {
      const outcome =
        job.step === "undo"
          ? await worker.undo({ file, dualMono }, onProgress)
          : await worker.level(this.#levelTask(job, file, this.#known(id, file)), onProgress);
      this.#tellReading(file, outcome);
      return async () => {
        await this.#ends.deliver(job, lane, outcome, file);
        if (outcome.kind === "leveled") worker.giveBack(buffersOf(outcome.bytes));
      };
    }
    const outcome = await worker.measure({ file, dualMono }, onProgress);
    this.#tellReading(file, outcome);
    if (outcome.kind === "refused") this.#ends.refuse(job, lane, outcome);
    else {
      this.#ends.learn(id, outcome.measured, file);
      table.update(id, { status: "measured", progress: 0, seconds: outcome.seconds });
      if (this.#setup.mode === "measure") this.#ends.complete(job, lane);
    }
    this.#measuringEnded(job);
    return () => Promise.resolve();
  }

  #tellReading({ size }: File, outcome: MeasureOutcome | LevelOutcome): void {
    if (outcome.kind === "refused") return;
    const { reading, total } = outcome.seconds;
    this.#setup.onRead({ bytes: size, reading, total });
  }

  abandon(job: Job, lane: number, { death, detail }: WorkerDied): void {
    // Stopped by the person: the batch marks it cancelled at its end.
    if (death === "terminated") return;
    this.#ends.fail(job, lane, death === "hung" ? "worker-hung" : "worker-crashed", detail);
    this.#measuringEnded(job);
  }

  // Jobs.

  #fillQueue(): void {
    const { ids, mode, settings, table } = this.#setup;
    const jobs = ids
      .map((id, index): Job => ({ id, number: index + 1, step: mode, album: null }))
      .filter(({ id }) => !this.#setup.resumed?.ended.has(id));
    if (mode !== "level" || settings.levelBy === "track") {
      this.#queue.push(...jobs);
      this.#queue.close();
      return;
    }
    // Albums: everything is measured before the first album is known whole, because its songs may
    // lie anywhere. Measuring never waits for anything; only leveling waits for it.
    const unknown = jobs.filter(({ id }) => table.record(id).measured === null);
    this.#unmeasured = unknown.length;
    this.#queue.push(...unknown.map((job): Job => ({ ...job, step: "measure" })));
    if (this.#unmeasured === 0) this.#queueAlbums();
  }

  #measuringEnded({ step }: Job): void {
    if (step !== "measure" || this.#unmeasured === 0) return;
    this.#unmeasured--;
    if (this.#unmeasured === 0) this.#queueAlbums();
  }

  #queueAlbums(): void {
    const { ids, table } = this.#setup;
    const members = ids.flatMap((id, index) => {
      const { measured, file } = table.record(id);
      if (!measured || this.#isDone(id)) return [];
      const root = file.folder?.name ?? "";
      return [{ id, number: index + 1, path: file.path, root, measured: measured.is }];
    });
    const albums = albumsOf(members);
    this.#queue.push(
      ...members.map((member): Job => {
        const { id, number } = member;
        return { id, number, step: "level", album: albums.get(member)! };
      }),
    );
    this.#queue.close();
  }

  #levelTask(job: Job, file: File, known: Measured | null): LevelTask {
    const { settings, target } = this.#setup;
    return {
      file,
      target,
      known,
      album: job.album,
      dualMono: settings.dualMono,
      outputFormat: settings.outputFormat,
      verify: settings.twoPassNormalization,
      maxPasses: settings.twoPassNormalization ? settings.maxPasses : 1,
      losslessWherePossible: settings.losslessWherePossible,
      writeLoudnessTags: settings.writeLoudnessTags,
      replacesOriginal: settings.saveTo === "replace",
    };
  }

  /** A measurement counts only for the very file that was measured. */
  #known(id: SongId, file: File): Measured | null {
    const { measured } = this.#setup.table.record(id);
    const same =
      measured?.size === file.size &&
      measured.lastModified === file.lastModified &&
      measured.dualMono === this.#setup.settings.dualMono;
    return same ? measured.is : null;
  }

  #announce(job: Job, lane: number): void {
    const { id, number, step } = job;
    const { table, ids } = this.#setup;
    this.#inLane.set(lane, id);
    const retried = this.#deaths.get(id);
    this.#deaths.delete(id);
    if (retried !== undefined)
      this.#log.add(id, lane, batchLines.retrying(lane, number, ids.length, retried));
    else if (step === "measure" && this.#setup.mode === "level") {
      this.#log.add(
        id,
        lane,
        `Worker ${lane} measuring job ${number}/${ids.length}: ${oneLine(table.get(id).name)}`,
      );
    } else
      this.#log.add(
        id,
        lane,
        batchLines.processing(lane, number, ids.length, oneLine(table.get(id).name)),
      );
    table.update(id, { status: "measuring", progress: 0, worker: lane });
  }

  #isDone(id: SongId): boolean {
    const song = this.#setup.table.get(id);
    return hasEnded(song) && (this.#setup.mode === "measure" || song.status !== "measured");
  }
}

/** A file that was picked cannot be opened any more. */
class OpenFailed extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, cause: unknown) {
    super(String(cause));
    this.reason = reason;
  }
}

async function openFile(file: PickedFile): Promise<File> {
  try {
    return await file.open();
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    const reasons: Partial<Record<string, RefusalReason>> = {
      NotFoundError: "file-gone",
      NotReadableError: "file-changed",
    };
    throw new OpenFailed(reasons[name] ?? "file-unreadable", error);
  }
}
