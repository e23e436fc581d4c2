import type { SessionContext } from "./session-context";
import { forgetBatch, summaryOf, unfinishedBatches } from "./journal";
import type { UnfinishedBatch } from "./journal";

/** The batch that was cut off and can be gone on with: the newest, where there are several. */
export class Unfinished {
  #batch: UnfinishedBatch | null = null;

  constructor(private readonly context: SessionContext) {}

  get batch(): UnfinishedBatch | null {
    return this.#batch;
  }

  async find(): Promise<void> {
    // Without storage there is nothing to resume, and nothing to say about it.
    const [newest] = await unfinishedBatches().catch(() => []);
    this.#set(newest ?? null);
  }

  /** It is being gone on with. */
  taken(): void {
    this.#set(null);
  }

  async forget(): Promise<void> {
    const batch = this.#batch;
    if (!batch) return;
    this.#set(null);
    await forgetBatch(batch.head.batch).catch(() => undefined);
    await this.find();
  }

  #set(batch: UnfinishedBatch | null): void {
    this.#batch = batch;
    this.context.store.setState({ unfinished: batch && summaryOf(batch) });
  }
}
