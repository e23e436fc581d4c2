import type { Clock } from "@/lib/pool/clock";

/** A clock that moves when the test says so. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #ticks = new Set<{ readonly every: number; next: number; readonly tick: () => void }>();

  now(): number {
    return this.#now;
  }

  every(seconds: number, tick: () => void): () => void {
    const timer = { every: seconds, next: this.#now + seconds, tick };
    this.#ticks.add(timer);
    return () => this.#ticks.delete(timer);
  }

  /** Seconds pass; every tick that falls into them comes at its time. */
  pass(seconds: number): void {
    const end = this.#now + seconds;
    for (;;) {
      const due = [...this.#ticks].filter(({ next }) => next <= end);
      const first = due.toSorted((a, b) => a.next - b.next)[0];
      if (!first) break;
      this.#now = first.next;
      first.next += first.every;
      first.tick();
    }
    this.#now = end;
  }

  /** Seconds pass without any tick, as while a machine sleeps. */
  sleep(seconds: number): void {
    this.#now += seconds;
    for (const timer of this.#ticks) timer.next += seconds;
  }

  /** Whether anything waits for time to pass. */
  get isIdle(): boolean {
    return this.#ticks.size === 0;
  }
}
