import type { Clock } from "./clock";
import { Watchdog } from "./watchdog";

/** Why a worker is gone. */
export type Death = "crashed" | "hung" | "terminated";

/** Rejects every call of a worker that died. The platform's own calls may never settle. */
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

/**
 * A worker as a platform starts it. `Calls` is what can be asked of it, `Progress` what it tells
 * while it answers. Every listener is set once, before anything is asked.
 */
export interface PlatformWorker<Calls, Progress> {
  /** They need not settle when the worker ends. */
  readonly calls: Calls;
  /** Has it load what it needs; before any call. */
  prepare(): Promise<void>;
  /** Once prepared: resolves when the worker has ended, also where no error tells of it. */
  ended(): Promise<void>;
  onError(listener: (detail: string) => void): void;
  onProgress(listener: (progress: Progress) => void): void;
  /** Memory for it to use again; it is not ours any more then. */
  giveBack(buffers: readonly ArrayBuffer[]): void;
  terminate(): void;
}

/** What is used of an `AbortSignal`, which every platform has and ECMAScript does not know. */
interface AbortSource {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

interface CallOptions<Progress> {
  readonly onProgress?: (progress: Progress) => void;
  /** Aborted, the worker is terminated: nothing less would interrupt it. */
  readonly signal?: AbortSource;
}

/** A worker that is ready. Every call settles, whatever becomes of the worker: see `WorkerDied`. */
export interface WorkerHandle<Calls, Progress> {
  /** One call at a time. */
  call<T>(ask: (calls: Calls) => Promise<T>, options?: CallOptions<Progress>): Promise<T>;
  giveBack(buffers: readonly ArrayBuffer[]): void;
  terminate(): void;
}

/**
 * Makes a worker ready for calls. `patience`: the seconds without any sign of life after which it
 * counts as hung, by what it told last; null before it told anything. Rejects with `WorkerDied`.
 */
export async function readyWorker<Calls, Progress>(
  worker: PlatformWorker<Calls, Progress>,
  patience: (progress: Progress | null) => number,
  clock: Pick<Clock, "every">,
): Promise<WorkerHandle<Calls, Progress>> {
  const handle = new Handle(worker, patience, clock);
  await handle.prepare();
  return handle;
}

class Handle<Calls, Progress> implements WorkerHandle<Calls, Progress> {
  /** Held for as long as the handle is: a collected Comlink proxy would hang its calls. */
  readonly #worker: PlatformWorker<Calls, Progress>;
  readonly #patience: (progress: Progress | null) => number;
  readonly #watchdog: Watchdog;
  readonly #death: Promise<never>;
  #reject!: (died: WorkerDied) => void;
  #dead: WorkerDied | null = null;
  #onProgress: (progress: Progress) => void = () => undefined;

  constructor(
    worker: PlatformWorker<Calls, Progress>,
    patience: (progress: Progress | null) => number,
    clock: Pick<Clock, "every">,
  ) {
    this.#worker = worker;
    this.#patience = patience;
    this.#watchdog = new Watchdog(clock, () => this.#die("hung", "no progress"));
    this.#death = new Promise((_, reject) => (this.#reject = reject));
    // Nobody may be waiting when it dies; the next call hears of it.
    this.#death.catch(() => undefined);
    worker.onError((detail) => this.#die("crashed", detail));
    worker.onProgress((progress) => {
      this.#watchdog.feed(patience(progress));
      this.#onProgress(progress);
    });
  }

  async prepare(): Promise<void> {
    await this.call(() => this.#worker.prepare());
    void this.#worker.ended().then(() => this.#die("crashed", "the worker ended"));
  }

  async call<T>(
    ask: (calls: Calls) => Promise<T>,
    { onProgress, signal }: CallOptions<Progress> = {},
  ): Promise<T> {
    const abort = () => this.terminate();
    if (signal?.aborted) abort();
    if (this.#dead) throw this.#dead;
    signal?.addEventListener("abort", abort);
    this.#onProgress = onProgress ?? (() => undefined);
    this.#watchdog.start(this.#patience(null));
    try {
      return await Promise.race([ask(this.#worker.calls), this.#death]);
    } catch (error) {
      if (error instanceof WorkerDied) throw error;
      // An error that comes out of a call was foreseen by nobody: nothing in the worker is trusted.
      throw this.#die("crashed", error instanceof Error ? error.message : String(error));
    } finally {
      this.#watchdog.stop();
      this.#onProgress = () => undefined;
      signal?.removeEventListener("abort", abort);
    }
  }

  giveBack(buffers: readonly ArrayBuffer[]): void {
    this.#worker.giveBack(buffers);
  }

  terminate(): void {
    this.#die("terminated", "by the page");
  }

  /** The first cause stays. */
  #die(death: Death, detail: string): WorkerDied {
    if (this.#dead) return this.#dead;
    this.#dead = new WorkerDied(death, detail);
    this.#watchdog.stop();
    this.#worker.terminate();
    this.#reject(this.#dead);
    return this.#dead;
  }
}
