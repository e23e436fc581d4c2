import * as Comlink from "comlink";
import type { Seconds } from "@/lib/loudness/units";
import type { LevelOutcome, ListenOutcome, MeasureOutcome } from "@/lib/song/outcome";
import type { LevelTask, ListenTask, SongTask } from "@/lib/song/task";
import type { ProgressMessage, SongWorker, Spare } from "@/lib/workers/protocol";
import type { Engine } from "@/lib/browser/engine";
import { Watchdog } from "./watchdog";

/** Why a worker is gone. */
export type Death = "crashed" | "hung" | "terminated";

/** Rejects every call of a worker that died. Comlink's own calls would never settle. */
export class WorkerDied extends Error {
  readonly death: Death;
  readonly detail: string;
  override name = "WorkerDied";

  constructor(death: Death, detail: string) {
    super(`The worker ${death}: ${detail}`);
    this.death = death;
    this.detail = detail;
  }
}

export type ProgressListener = (progress: ProgressMessage) => void;

/** One worker as the scheduler sees it. Every promise settles, whatever becomes of the worker. */
export interface SongWorkerHandle {
  measure(task: SongTask, onProgress: ProgressListener): Promise<MeasureOutcome>;
  level(task: LevelTask, onProgress: ProgressListener): Promise<LevelOutcome>;
  undo(task: SongTask, onProgress: ProgressListener): Promise<LevelOutcome>;
  /** Memory of a song that is saved, to be used for the next. Its bytes are gone then. */
  giveBack(buffers: Spare): void;
  terminate(): void;
}

/** One that decodes for a person's ears. */
export interface ListeningHandle {
  listen(task: ListenTask): Promise<ListenOutcome>;
  terminate(): void;
}

/** Seconds without any sign of life: a floor, and a share of the song's length on top of it. */
const LEAST_PATIENCE = 25;
const PATIENCE_PER_SECOND = 0.05;

export const patienceFor = (duration: Seconds | null): number =>
  LEAST_PATIENCE + PATIENCE_PER_SECOND * (duration ?? 600);

/** Starts a worker and waits until it holds the engine. */
export async function startWorker(engine: Engine): Promise<SongWorkerHandle & ListeningHandle> {
  const worker = new Worker(new URL("../workers/song.worker.ts", import.meta.url), {
    type: "module",
  });
  const handle = new Handle(worker);
  try {
    await handle.prepare(engine);
  } catch (error) {
    handle.terminate();
    throw error;
  }
  return handle;
}

class Handle implements SongWorkerHandle, ListeningHandle {
  readonly #worker: Worker;
  /** Held for as long as the worker lives: a collected proxy would hang its calls. */
  readonly #remote: Comlink.Remote<SongWorker>;
  readonly #progress = new MessageChannel();
  readonly #death: Promise<never>;
  #die: (death: Death, detail: string) => void = () => undefined;
  #onProgress: ProgressListener = () => undefined;
  readonly #watchdog = new Watchdog(() => this.#die("hung", "no progress"));

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#remote = Comlink.wrap<SongWorker>(worker);
    this.#death = new Promise((_, reject) => {
      this.#die = (death, detail) => {
        this.#watchdog.stop();
        worker.terminate();
        reject(new WorkerDied(death, detail));
      };
    });
    // Nobody may be waiting when it dies; the next call hears of it.
    this.#death.catch(() => undefined);
    worker.onerror = (event) => this.#die("crashed", event.message);
    worker.onmessageerror = () => this.#die("crashed", "a message could not be read");
    this.#progress.port1.onmessage = ({ data }: MessageEvent<ProgressMessage>) => {
      this.#watchdog.feed(patienceFor(data.duration));
      this.#onProgress(data);
    };
  }

  async prepare(engine: Engine): Promise<void> {
    const lifeline = `levelup-worker-${crypto.randomUUID()}`;
    const { port2 } = this.#progress;
    await this.#guarded(
      this.#remote.prepare(Comlink.transfer({ ...engine, progress: port2, lifeline }, [port2])),
      () => undefined,
    );
    // The worker holds this lock for life. Whatever ends it, even the browser for want of memory,
    // releases the lock, and no other event would tell.
    void navigator.locks?.request(lifeline, () => this.#die("crashed", "the worker ended"));
  }

  measure(task: SongTask, onProgress: ProgressListener): Promise<MeasureOutcome> {
    return this.#guarded<MeasureOutcome>(this.#remote.measure(task), onProgress);
  }

  level(task: LevelTask, onProgress: ProgressListener): Promise<LevelOutcome> {
    return this.#guarded<LevelOutcome>(this.#remote.level(task), onProgress);
  }

  undo(task: SongTask, onProgress: ProgressListener): Promise<LevelOutcome> {
    return this.#guarded<LevelOutcome>(this.#remote.undo(task), onProgress);
  }

  giveBack(buffers: Spare): void {
    this.#progress.port1.postMessage(buffers, [...buffers]);
  }

  listen(task: ListenTask): Promise<ListenOutcome> {
    return this.#guarded<ListenOutcome>(this.#remote.listen(task), () => undefined);
  }

  terminate(): void {
    this.#die("terminated", "by the page");
    this.#progress.port1.close();
  }

  async #guarded<T>(call: Promise<T>, onProgress: ProgressListener): Promise<T> {
    this.#onProgress = onProgress;
    this.#watchdog.start(patienceFor(null));
    try {
      return await Promise.race([call, this.#death]);
    } catch (error) {
      if (error instanceof WorkerDied) throw error;
      // Whatever a song's path lets through is a crash of its engine: nothing in it is trusted.
      const crash = new WorkerDied(
        "crashed",
        error instanceof Error ? error.message : String(error),
      );
      this.#die("crashed", crash.detail);
      throw crash;
    } finally {
      this.#watchdog.stop();
      this.#onProgress = () => undefined;
    }
  }
}
