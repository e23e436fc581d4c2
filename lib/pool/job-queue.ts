/** A queue whose `take` waits while it is empty and open; `choose` gives the index of the next. */
export class JobQueue<Job> {
  readonly #jobs: Job[] = [];
  readonly #takers: ((job: Job | null) => void)[] = [];
  readonly #choose: (waiting: readonly Job[]) => number;
  #closed = false;

  constructor(choose: (waiting: readonly Job[]) => number = () => 0) {
    this.#choose = choose;
  }

  push(...jobs: readonly Job[]): void {
    for (const job of jobs) {
      const taker = this.#takers.shift();
      if (taker) taker(job);
      else this.#jobs.push(job);
    }
  }

  /** No further job will come: whoever waits gets null. */
  close(): void {
    this.#closed = true;
    for (const taker of this.#takers.splice(0)) taker(null);
  }

  take(): Promise<Job | null> {
    if (this.#jobs.length > 0) {
      const [job] = this.#jobs.splice(this.#choose(this.#jobs), 1);
      return Promise.resolve(job!);
    }
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => this.#takers.push(resolve));
  }
}
