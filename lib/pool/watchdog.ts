/** Seconds between looks. Time that the machine slept through counts as one look at most. */
const TICK = 1;

/**
 * Barks after a time without a sign of life. It counts its own ticks instead of reading a clock: a
 * machine that was asleep, or a tab whose timers were held back, does not make a worker look hung.
 */
export class Watchdog {
  readonly #onHung: () => void;
  #timer: ReturnType<typeof setInterval> | null = null;
  #patience = 0;
  #waited = 0;

  constructor(onHung: () => void) {
    this.#onHung = onHung;
  }

  /** `patience` in seconds. */
  start(patience: number): void {
    this.stop();
    this.feed(patience);
    this.#timer = setInterval(() => {
      this.#waited += TICK;
      if (this.#waited < this.#patience) return;
      this.stop();
      this.#onHung();
    }, TICK * 1000);
  }

  feed(patience: number): void {
    this.#patience = patience;
    this.#waited = 0;
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
