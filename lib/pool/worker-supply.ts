import type { Engine } from "@/lib/browser/engine";
import { startWorker, type ListeningHandle, type SongWorkerHandle } from "./worker-handle";

type Handle = SongWorkerHandle & ListeningHandle;

/**
 * Gives workers, one of which may wait, started while a person still looks at the list: it loads
 * and compiles the engine's JavaScript, a fifth of a second before the first song.
 */
export class WorkerSupply {
  readonly #loadEngine: () => Promise<Engine>;
  readonly #start: (engine: Engine) => Promise<Handle>;
  #waiting: Promise<Handle> | null = null;

  constructor(
    loadEngine: () => Promise<Engine>,
    start: (engine: Engine) => Promise<Handle> = startWorker,
  ) {
    this.#loadEngine = loadEngine;
    this.#start = start;
  }

  /** Has one wait, unless one does. A failure is told to whoever takes the next. */
  prepare(): void {
    if (this.#waiting) return;
    const worker = this.#startNew();
    this.#waiting = worker;
    worker.catch(() => {
      if (this.#waiting === worker) this.#waiting = null;
    });
  }

  /** Rejects with `EngineUnavailable`, or as starting a worker does. */
  take(): Promise<Handle> {
    const waiting = this.#waiting ?? this.#startNew();
    this.#waiting = null;
    return waiting;
  }

  /** Nothing waits any more. */
  dismiss(): void {
    this.#waiting?.then(
      (worker) => worker.terminate(),
      () => undefined,
    );
    this.#waiting = null;
  }

  async #startNew(): Promise<Handle> {
    return this.#start(await this.#loadEngine());
  }
}
