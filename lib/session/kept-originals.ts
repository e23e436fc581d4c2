import { countOriginals, originalsFoldersFor } from "@/lib/files/originals";
import { discardOriginals } from "@/lib/files/restore";
import { refusedFrom } from "@/lib/files/safe-write";
import { destinationText, mayWrite } from "@/lib/batch/destinations";
import { refusalText } from "@/lib/song/refusals";
import { restoreAll } from "./restoring";
import type { SessionContext } from "./session-context";

/** The originals that were kept when songs were replaced, until the person decides. */
export class KeptOriginals {
  readonly #context: SessionContext;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** Looks whether the picked folders hold any. */
  async look(): Promise<void> {
    const found = await originalsFoldersFor(this.#context.table.files);
    this.#context.store.setState({ originalsKept: found.length > 0 });
  }

  restore(): Promise<void> {
    return this.#with(async () => {
      const restored = await restoreAll(this.#context.table);
      const message =
        restored === 1
          ? "One original is back in its place."
          : `${restored} originals are back in their places.`;
      this.#context.notify(
        message,
        "Those of songs that are not in this list stay in the folder Originals.",
      );
    });
  }

  discard(): Promise<void> {
    return this.#with(async () => {
      const folders = await originalsFoldersFor(this.#context.table.files);
      const songs = await countOriginals(folders);
      if (!(await this.#context.ask({ kind: "delete-originals", songs }))) return;
      await discardOriginals(folders);
    });
  }

  #with(work: () => Promise<void>): Promise<void> {
    return this.#context.exclusively(async () => {
      const { roots } = this.#context;
      try {
        for (const root of roots) {
          if (await mayWrite(root)) continue;
          this.#context.notify(...destinationText["permission-denied"]);
          return;
        }
        await work();
      } catch (error) {
        const { reason, detail } = refusedFrom(error);
        this.#context.notify(refusalText[reason].message, detail);
      } finally {
        await this.look();
        this.#context.table.flush();
      }
    });
  }
}
