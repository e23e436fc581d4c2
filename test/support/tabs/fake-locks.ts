import type { Locks } from "@/lib/journal/batch-lock";

interface Request {
  readonly name: string;
  readonly tab: object;
  readonly shared: boolean;
  granted(): void;
}

/** Web Locks of one profile (W3C Web Locks), as the tabs of a browser share them. */
export class FakeLocks {
  #held: Request[] = [];
  #waiting: Request[] = [];

  /** The locks as one tab sees them, and what its end does: it frees all that it holds. */
  tab(): Locks & { close(): void } {
    const tab = {};
    let closed = false;
    const request = (name: string, ...rest: unknown[]) => {
      // What a tab that is gone had still to do is never done.
      if (closed) return new Promise(() => undefined);
      const work = rest.at(-1) as (lock: { name: string } | null) => unknown;
      const { ifAvailable = false, mode = "exclusive" } = (
        rest.length > 1 ? rest[0] : {}
      ) as LockOptions;
      return this.#request({ name, tab, shared: mode === "shared" }, ifAvailable, work);
    };
    return {
      request: request,
      query: async () => ({ held: this.#held.map(({ name }) => ({ name })), pending: [] }),
      close: () => {
        closed = true;
        this.#waiting = this.#waiting.filter((each) => each.tab !== tab);
        this.#held = this.#held.filter((each) => each.tab !== tab);
        this.#grant();
      },
    };
  }

  async #request(
    asked: Omit<Request, "granted">,
    ifAvailable: boolean,
    work: (lock: { name: string } | null) => unknown,
  ): Promise<unknown> {
    if (ifAvailable && !this.#isFree(asked)) return work(null);
    let request!: Request;
    await new Promise<void>((granted) => {
      request = { ...asked, granted };
      this.#waiting.push(request);
      this.#grant();
    });
    try {
      return await work({ name: asked.name });
    } finally {
      this.#held = this.#held.filter((each) => each !== request);
      this.#grant();
    }
  }

  #isFree({ name, shared }: Pick<Request, "name" | "shared">): boolean {
    return this.#held.every((other) => other.name !== name || (shared && other.shared));
  }

  #grant(): void {
    for (const request of [...this.#waiting]) {
      if (!this.#isFree(request)) continue;
      this.#waiting = this.#waiting.filter((each) => each !== request);
      this.#held.push(request);
      request.granted();
    }
  }
}
