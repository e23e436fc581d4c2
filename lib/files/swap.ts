import { SEGMENT_MILLISECONDS } from "./manifest/manifest";
import { WriteRefused } from "./safe-write";

/**
 * How long written bytes lie before they take a file's place, in milliseconds. A page cannot make a
 * system write to the disk (fsync), but what has lain for long enough was written: on Linux after
 * 45 s as it is by default (docs/decisions/0012). The rest is for the record in the manifest.
 */
const SWAP_AGE = 45_000 + SEGMENT_MILLISECONDS;

/** Another age for tests, which nothing but code in the page can set: no link, no stored setting. */
const scope = globalThis as { swapAge?: unknown };

/** Where a system is made to write to the disk before each swap (fsync), nothing has to lie. */
export const writesAreDurable = (): void => void (scope.swapAge = 0);

/** Swaps that wait at one time: each is an open stream of the browser (docs/decisions/0012). */
const MOST_WAITING = 1024;

export interface SwapClock {
  /** Rejects with the signal's reason when that comes first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

const systemClock: SwapClock = {
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

/**
 * Lets no more than a number of swaps wait, each until its bytes are old enough. `age` is how long
 * they lie before they take a file's place, in milliseconds.
 */
export class AgedSwaps {
  readonly #age: number;
  readonly #clock: SwapClock;
  #free: number;
  readonly #queue: (() => void)[] = [];
  /** Swaps that hold a place and have all their bytes on the file system. */
  #written = 0;
  /** Whoever waits for one of those to end. */
  readonly #full: (() => void)[] = [];

  constructor(age: number, most = MOST_WAITING, clock: SwapClock = systemClock) {
    this.#age = age;
    this.#free = most;
    this.#clock = clock;
  }

  /** With the age that was measured to be enough. */
  static ofThisPage(): AgedSwaps {
    return new AgedSwaps(typeof scope.swapAge === "number" ? scope.swapAge : SWAP_AGE);
  }

  /** Waits for a place and holds it until `work` ends, which calls `age` once its bytes are written. */
  async hold<T>(work: (age: AgedSwaps["age"]) => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    let written = 0;
    try {
      return await work((...given) => {
        if (!written) this.#written++;
        written = 1;
        return this.age(...given);
      });
    } finally {
      this.#written -= written;
      if (written) for (const tryAgain of this.#full.splice(0)) tryAgain();
      const next = this.#queue.shift();
      if (next) next();
      else this.#free++;
    }
  }

  /**
   * Does what needs room on the disk. While that is full and swaps wait, it is tried again after each
   * of them: a swap makes room for as much as it puts in place.
   */
  async withRoom<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const full = error instanceof WriteRefused && error.reason === "disk-full";
        if (!full || this.#written === 0) throw error;
        await new Promise<void>((resolve) => this.#full.push(resolve));
      }
    }
  }

  /**
   * Comes back when everything that was written before the call is old enough. `onWaiting` hears how
   * many milliseconds that takes.
   */
  async age(onWaiting?: (milliseconds: number) => void, signal?: AbortSignal): Promise<void> {
    if (this.#age === 0) return;
    onWaiting?.(this.#age);
    await this.#clock.sleep(this.#age, signal);
  }
}
