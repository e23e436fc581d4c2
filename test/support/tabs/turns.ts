/**
 * Whose turn it is: everything that waits for the disk goes on one at a time, in an order that
 * comes again with the same seed.
 */
export class Turns {
  readonly #random: () => number;
  #waiting: (() => void)[] = [];

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  next(): Promise<void> {
    return new Promise((go) => this.#waiting.push(go));
  }

  /** Gives turns until one of the promises settles. Throws where nobody waits for one any more. */
  async until<T>(...ends: readonly Promise<T>[]): Promise<T> {
    const end = Promise.race(ends);
    let ended = false;
    const note = () => {
      ended = true;
    };
    end.then(note, note);
    for (let idle = 0; idle < 20;) {
      // Everything that waits for nothing but promises comes first.
      await new Promise((resolve) => setImmediate(resolve));
      if (ended) return end;
      const [go] = this.#waiting.splice(Math.floor(this.#random() * this.#waiting.length), 1);
      idle = go ? 0 : idle + 1;
      go?.();
    }
    throw new Error("Nothing goes on any more, and nothing has ended.");
  }
}

/** Random numbers in 0…1 that come again with the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
