import type { Clock } from "./clock";

/** Seconds between looks. Time that the machine slept through counts as one look at most. */
const TICK = 1;

/**
 * Barks after a time without a sign of life. It counts its own ticks instead of reading a clock: a
 * machine that was asleep, or a tab whose timers were held back, does not make a worker look hung.
 */
export class Watchdog {
  readonly #clock: Pick<Clock, "every">;
  readonly #onHung: () => void;
  #end: () => void = () => undefined;
  #patience = 0;
  #waited = 0;

  constructor(clock: Pick<Clock, "every">, onHung: () => void) {
    this.#clock = clock;
    this.#onHung = onHung;
  }

  /** `patience` in seconds. */
  start(patience: number): void {
    this.stop();
    this.feed(patience);
    this.#end = this.#clock.every(TICK, () => {
      this.#waited += TICK;
      if (this.#waited < this.#patience) return;
      this.stop();
      this.#onHung();
    });
  }

  feed(patience: number): void {
    this.#patience = patience;
    this.#waited = 0;
  }

  stop(): void {
    this.#end();
    this.#end = () => undefined;
  }
}
