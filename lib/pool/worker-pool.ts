import { type SongWorkerHandle, WorkerDied } from "./worker-handle";
import type { WorkerLane } from "@/lib/session/session-state";

/** What a pool needs from its owner. `Job` is opaque to it. */
export interface PoolHost<Job> {
  startWorker(): Promise<SongWorkerHandle>;
  /**
   * The next job: waits while there is none yet but may be one later; null when there is none and
   * none will come.
   */
  take(): Promise<Job | null>;
  /**
   * Does a job's work on the worker. Rejects with `WorkerDied` when the worker died under it. Ends
   * with a function that finishes the job without the worker (saving), so that the worker can
   * begin the next song meanwhile.
   */
  perform(job: Job, worker: SongWorkerHandle, lane: number): Promise<() => Promise<void>>;
  /** The worker died twice under this job, or none could be started, or the batch was stopped. */
  abandon(job: Job, lane: number, reason: WorkerDied): void;
  onWorkerStarted(lane: number): void;
  onLanesChanged(lanes: readonly Pick<WorkerLane, "number" | "status">[]): void;
}

/**
 * Workers of a pool are replaced after this many songs. What songs leave behind in a worker waits
 * for its garbage collector; the memory of a terminated worker is free at once. A new worker costs
 * a tenth of a second.
 */
const SONGS_PER_WORKER = 25;

/**
 * A number of lanes that each hold one worker and take jobs from one queue. The number may change
 * at any time: a surplus lane ends after its song.
 */
export class WorkerPool<Job> {
  readonly #host: PoolHost<Job>;
  readonly #lanes = new Map<number, Lane>();
  #size = 0;
  #stopped = false;
  #exhausted = false;
  #paused: { promise: Promise<void>; resume: () => void } | null = null;
  /** The first error of the host's own; its lane has ended. */
  #failure: { readonly error: unknown } | null = null;
  #allDone: () => void = () => undefined;

  constructor(host: PoolHost<Job>) {
    this.#host = host;
  }

  /**
   * Runs until `take` gives null to every lane, or until stopped. Rejects, once every lane has
   * ended, when the host threw something other than `WorkerDied`.
   */
  async run(size: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#allDone = resolve;
      this.resize(size);
    });
    if (this.#failure) throw this.#failure.error;
  }

  resize(size: number): void {
    this.#size = size;
    for (let number = 1; number <= size; number++) {
      if (!this.#lanes.has(number) && !this.#stopped) {
        const lane: Lane = { status: "starting", worker: null };
        this.#lanes.set(number, lane);
        void this.#work(number, lane);
      }
    }
  }

  /** Running songs are finished, none is started. */
  pause(): void {
    if (this.#paused) return;
    let resume: () => void = () => undefined;
    const promise = new Promise<void>((resolve) => (resume = resolve));
    this.#paused = { promise, resume };
  }

  resume(): void {
    this.#paused?.resume();
    this.#paused = null;
  }

  /** No further song is started; `now` ends the running ones too. */
  stop(now: boolean): void {
    this.#stopped = true;
    this.resume();
    if (now) for (const { worker } of this.#lanes.values()) worker?.terminate();
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  async #work(number: number, lane: Lane): Promise<void> {
    try {
      await this.#takeJobs(number, lane);
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#retire(lane);
    this.#lanes.delete(number);
    this.#showAll();
    if (this.#lanes.size === 0) this.#allDone();
    // The size may have been raised again while this lane was ending.
    else if (!this.#exhausted && !this.#stopped) this.resize(this.#size);
  }

  async #takeJobs(number: number, lane: Lane): Promise<void> {
    let saving: Promise<void> = Promise.resolve();
    let songs = 0;
    while (this.#mayGoOn(number)) {
      this.#show(lane, "idle");
      await this.#whilePaused();
      if (!this.#mayGoOn(number)) break;
      const job = await this.#host.take();
      if (job === null) {
        this.#exhausted = true;
        break;
      }
      // Paused or stopped while it waited for the job: not begun, it stays waiting.
      await this.#whilePaused();
      if (this.#stopped) break;
      if (songs === SONGS_PER_WORKER) songs = this.#retire(lane);
      const finish = await this.#perform(job, number, lane);
      songs++;
      // One song may be saving while the next is worked on, never two: results would pile up.
      await saving;
      saving = finish();
      // Whoever awaits it hears of a failure; it must not count as unhandled before.
      saving.catch(() => undefined);
    }
    this.#retire(lane);
    await saving;
  }

  /** It may be paused again by the time that a lane hears of the resuming. */
  async #whilePaused(): Promise<void> {
    while (this.#paused) await this.#paused.promise;
  }

  /** A worker that dies under a song is replaced and the song tried once more. */
  async #perform(job: Job, number: number, lane: Lane): Promise<() => Promise<void>> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (!lane.worker) {
          this.#show(lane, "starting");
          lane.worker = await this.#startWorker();
          this.#host.onWorkerStarted(number);
        }
        // Begun first: the host then knows which song the lane holds.
        const performing = this.#host.perform(job, lane.worker, number);
        this.#show(lane, "working");
        return await performing;
      } catch (error) {
        if (!(error instanceof WorkerDied)) throw error;
        lane.worker = null;
        if (attempt === 2 || error.death === "terminated") {
          this.#host.abandon(job, number, error);
          return () => Promise.resolve();
        }
      }
    }
  }

  async #startWorker(): Promise<SongWorkerHandle> {
    let worker: SongWorkerHandle;
    try {
      worker = await this.#host.startWorker();
    } catch (error) {
      throw error instanceof WorkerDied ? error : new WorkerDied("crashed", String(error));
    }
    if (!this.#stopped) return worker;
    // Stopped meanwhile: `stop` could not know of this worker, and its song has not begun.
    worker.terminate();
    throw new WorkerDied("terminated", "stopped while it started");
  }

  #mayGoOn(number: number): boolean {
    return !this.#stopped && number <= this.#size;
  }

  #retire(lane: Lane): 0 {
    lane.worker?.terminate();
    lane.worker = null;
    return 0;
  }

  #show(lane: Lane, status: WorkerLane["status"]): void {
    lane.status = status;
    this.#showAll();
  }

  #showAll(): void {
    const lanes = [...this.#lanes].toSorted(([a], [b]) => a - b);
    this.#host.onLanesChanged(lanes.map(([number, { status }]) => ({ number, status })));
  }
}

interface Lane {
  status: WorkerLane["status"];
  worker: SongWorkerHandle | null;
}
