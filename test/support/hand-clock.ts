import type { SwapClock } from "@/lib/files/swap";
import { settled } from "./deferred";

/** Time that passes only when told. */
export class HandClock implements SwapClock {
  #now = 0;
  #sleeping: { until: number; wake: () => void }[] = [];

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake, fail) => {
      if (signal?.aborted) return fail(signal.reason as Error);
      const sleeper = { until: this.#now + milliseconds, wake };
      this.#sleeping.push(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleeping = this.#sleeping.filter((each) => each !== sleeper);
        fail(signal.reason as Error);
      });
    });
  }

  get sleeping(): number {
    return this.#sleeping.length;
  }

  async pass(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    const due = this.#sleeping.filter(({ until }) => until <= this.#now);
    this.#sleeping = this.#sleeping.filter(({ until }) => until > this.#now);
    for (const { wake } of due) wake();
    await idle();
  }

  /** Until so many wait. */
  async until(sleeping: number): Promise<void> {
    while (this.#sleeping.length < sleeping) await idle();
  }
}

/** Blobs are read in turns of the event loop. */
export async function idle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await settled();
}
