/**
 * Gives workers, one of which may wait, started while a person still looks at the list: it loads
 * and compiles the engine's JavaScript, a fifth of a second before the first song.
 */
export class WorkerSupply<Worker extends { terminate(): void }> {
  readonly #start: () => Promise<Worker>;
  #waiting: Promise<Worker> | null = null;

  constructor(start: () => Promise<Worker>) {
    this.#start = start;
  }

  /** Has one wait, unless one does. A failure is told to whoever takes the next. */
  prepare(): void {
    if (this.#waiting) return;
    const worker = this.#start();
    this.#waiting = worker;
    worker.catch(() => {
      if (this.#waiting === worker) this.#waiting = null;
    });
  }

  /** Rejects as starting a worker does. */
  take(): Promise<Worker> {
    const waiting = this.#waiting ?? this.#start();
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
}
