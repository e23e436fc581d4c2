/** Web Locks, as far as they are used here. Of one origin and profile, so between its tabs. */
export type Locks = Pick<LockManager, "request" | "query">;

/** The lock of a batch is held by the tab that works on it; the browser frees it when that ends. */
const lockName = (batch: string): string => `levelup-batch-${batch}`;

/** The batches that this tab holds. */
export class BatchLocks {
  readonly #locks: Locks;
  readonly #held = new Map<string, () => void>();

  constructor(locks: Locks) {
    this.#locks = locks;
  }

  /** False where another tab holds it. Of tabs that ask at the same time one gets it. */
  async hold(batch: string): Promise<boolean> {
    if (this.#held.has(batch)) return true;
    return new Promise((resolve, reject) => {
      const held = (lock: Lock | null) => {
        resolve(lock !== null);
        return lock && new Promise<void>((release) => this.#held.set(batch, release));
      };
      this.#locks.request(lockName(batch), { ifAvailable: true }, held).catch(reject);
    });
  }

  release(batch: string): void {
    this.#held.get(batch)?.();
    this.#held.delete(batch);
  }

  /** By any tab, this one too. */
  async isHeld(batch: string): Promise<boolean> {
    const { held = [] } = await this.#locks.query();
    return held.some(({ name }) => name === lockName(batch));
  }

  /** One tab after another: between looking who is at work and being at work nobody begins. */
  oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    return this.#locks.request("levelup-journal", work);
  }
}
