/** A queue whose `take` waits while it is empty and open. */
export class JobQueue<Job> {
  readonly #jobs: Job[] = [];
  readonly #takers: ((job: Job | null) => void)[] = [];
  #closed = false;

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
    const job = this.#jobs.shift();
    if (job !== undefined || this.#closed) return Promise.resolve(job ?? null);
    return new Promise((resolve) => this.#takers.push(resolve));
  }
}
