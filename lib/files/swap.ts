import { SEGMENT_MILLISECONDS } from "./manifest/manifest";

/**
 * How long written bytes lie before they take a file's place, in milliseconds. A page cannot make a
 * system write to the disk (fsync), but what has lain for long enough was written: on Linux after
 * 45 s as it is by default (docs/decisions/0010). The rest is for the record in the manifest.
 */
const SWAP_AGE = 45_000 + SEGMENT_MILLISECONDS;

/** Swaps that wait at one time: each holds a file open in the browser. */
const MOST_WAITING = 256;

export interface SwapClock {
  now(): number;
  /** Rejects with the signal's reason when that comes first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

const systemClock: SwapClock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const stop = () => {
        clearTimeout(timer);
        reject(signal!.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, milliseconds);
      signal?.addEventListener("abort", stop, { once: true });
    }),
};

/** Lets no more than a number of swaps wait, each until its bytes are old enough. */
export class AgedSwaps {
  readonly #age: number;
  readonly #clock: SwapClock;
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(age = SWAP_AGE, most = MOST_WAITING, clock: SwapClock = systemClock) {
    this.#age = age;
    this.#free = most;
    this.#clock = clock;
  }

  /** Waits for a place and holds it until `work` ends. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#free++;
    }
  }

  /** Comes back when everything that was written before the call is old enough. */
  async age(onWaiting?: (until: number) => void, signal?: AbortSignal): Promise<void> {
    if (this.#age === 0) return;
    onWaiting?.(this.#clock.now() + this.#age);
    await this.#clock.sleep(this.#age, signal);
  }
}
