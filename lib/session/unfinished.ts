import type { SessionContext } from "./session-context";
import {
  forgetBatch,
  summaryOf,
  unfinishedBatches,
  type JournalHead,
  type UnfinishedBatch,
} from "@/lib/journal/journal";
import { removeLeftovers } from "@/lib/journal/recovery";

/** The batch that was cut off and can be gone on with: the newest, where there are several. */
export class Unfinished {
  readonly #context: SessionContext;
  #batch: UnfinishedBatch | null = null;

  constructor(context: SessionContext) {
    this.#context = context;
  }

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
    const { songs, ended } = summaryOf(batch);
    // What is on disk stays. What is lost is the knowledge of which songs are done.
    if (ended > 0 && !(await this.#context.ask({ kind: "forget-batch", songs, ended }))) return;
    this.#set(null);
    await clearAway(batch.head);
    await forgetBatch(batch.head.batch).catch(() => undefined);
    await this.find();
  }

  #set(batch: UnfinishedBatch | null): void {
    this.#batch = batch;
    this.#context.store.setState({ unfinished: batch && summaryOf(batch) });
  }
}

/** Leftovers of interrupted writes go, as far as the browser allows without asking the person. */
async function clearAway(head: JournalHead): Promise<void> {
  const folders = [...head.roots, ...(head.target ? [head.target] : [])];
  const permissions = await Promise.all(
    folders.map((folder) => folder.queryPermission({ mode: "readwrite" })),
  );
  if (permissions.some((permission) => permission !== "granted")) return;
  await removeLeftovers(head).catch(() => undefined);
}
