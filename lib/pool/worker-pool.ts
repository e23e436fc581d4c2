import { WorkerDied } from "./worker-handle";

/** One lane as others see it. */
export interface PoolLane {
  /** From 1. */
  readonly number: number;
  readonly status: "starting" | "working" | "idle";
}

/** What a pool needs of a worker; the rest is between its host and the worker. */
interface PoolWorker {
  terminate(): void;
}

/** What a pool needs from its owner. `Job` is opaque to it. */
export interface PoolHost<Job, Worker extends PoolWorker> {
  startWorker(): Promise<Worker>;
  /**
   * The next job: waits while there is none yet but may be one later; null when there is none and
   * none will come.
   */
  take(): Promise<Job | null>;
  /**
   * Does a job's work on the worker. Rejects with `WorkerDied` when the worker died under it. Ends
   * with a function that finishes the job without the worker (saving), so that the worker can
   * begin the next job meanwhile.
   */
  perform(job: Job, worker: Worker, lane: number): Promise<() => Promise<void>>;
  /** The worker died twice under this job, or none could be started, or the pool was stopped. */
  abandon(job: Job, lane: number, reason: WorkerDied): void;
  onWorkerStarted(lane: number): void;
  onLanesChanged(lanes: readonly PoolLane[]): void;
}

/**
 * Workers of a pool are replaced after this many jobs. What jobs leave behind in a worker waits
 * for its garbage collector; the memory of a terminated worker is free at once. A new worker costs
 * a tenth of a second.
 */
const JOBS_PER_WORKER = 25;

/**
 * A number of lanes that each hold one worker and take jobs from one queue. The number may change
 * at any time: a surplus lane ends after its job.
 */
export class WorkerPool<Job, Worker extends PoolWorker> {
  readonly #host: PoolHost<Job, Worker>;
  readonly #lanes = new Map<number, Lane<Worker>>();
  #size = 0;
  #stopped = false;
  #exhausted = false;
  #paused: { promise: Promise<void>; resume: () => void } | null = null;
  /** The first error of the host's own; its lane has ended. */
  #failure: { readonly error: unknown } | null = null;
  #allDone: () => void = () => undefined;

  constructor(host: PoolHost<Job, Worker>) {
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
        const lane: Lane<Worker> = { status: "starting", worker: null };
        this.#lanes.set(number, lane);
        void this.#work(number, lane);
      }
    }
  }

  /** Running jobs are finished, none is started. */
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

  /** No further job is started; `now` ends the running ones too. */
  stop(now: boolean): void {
    this.#stopped = true;
    this.resume();
    if (now) for (const { worker } of this.#lanes.values()) worker?.terminate();
  }

  async #work(number: number, lane: Lane<Worker>): Promise<void> {
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

  async #takeJobs(number: number, lane: Lane<Worker>): Promise<void> {
    let finishing: Promise<void> = Promise.resolve();
    let jobs = 0;
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
      if (jobs === JOBS_PER_WORKER) jobs = this.#retire(lane);
      const finish = await this.#perform(job, number, lane);
      jobs++;
      // One job may be finishing while the next is worked on, never two: results would pile up.
      await finishing;
      finishing = finish();
      // Whoever awaits it hears of a failure; it must not count as unhandled before.
      finishing.catch(() => undefined);
    }
    this.#retire(lane);
    await finishing;
  }

  /** It may be paused again by the time that a lane hears of the resuming. */
  async #whilePaused(): Promise<void> {
    while (this.#paused) await this.#paused.promise;
  }

  /** A worker that dies under a job is replaced and the job tried once more. */
  async #perform(job: Job, number: number, lane: Lane<Worker>): Promise<() => Promise<void>> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (!lane.worker) {
          this.#show(lane, "starting");
          lane.worker = await this.#startWorker();
          this.#host.onWorkerStarted(number);
        }
        // Begun first: the host then knows which job the lane holds.
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

  async #startWorker(): Promise<Worker> {
    let worker: Worker;
    try {
      worker = await this.#host.startWorker();
    } catch (error) {
      throw error instanceof WorkerDied ? error : new WorkerDied("crashed", String(error));
    }
    if (!this.#stopped) return worker;
    // Stopped meanwhile: `stop` could not know of this worker, and its job has not begun.
    worker.terminate();
    throw new WorkerDied("terminated", "stopped while it started");
  }

  #mayGoOn(number: number): boolean {
    return !this.#stopped && number <= this.#size;
  }

  #retire(lane: Lane<Worker>): 0 {
    lane.worker?.terminate();
    lane.worker = null;
    return 0;
  }

  #show(lane: Lane<Worker>, status: PoolLane["status"]): void {
    lane.status = status;
    this.#showAll();
  }

  #showAll(): void {
    const lanes = [...this.#lanes].toSorted(([a], [b]) => a - b);
    this.#host.onLanesChanged(lanes.map(([number, { status }]) => ({ number, status })));
  }
}

interface Lane<Worker> {
  status: PoolLane["status"];
  worker: Worker | null;
}
