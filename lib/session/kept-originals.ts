import { destinationText, mayWrite } from "@/lib/batch/destinations";
import { notBegun, type SongTable } from "@/lib/batch/song-table";
import {
  countOriginals,
  discardOriginals,
  originalsOf,
  removeEmptyOriginals,
  restoreOriginal,
} from "@/lib/files/originals";
import { refusedFrom } from "@/lib/files/safe-write";
import { refusalText } from "@/lib/song/texts";
import type { Notices } from "./notices";
import type { Publish, Question } from "./session-state";

interface OriginalsSetup {
  readonly table: SongTable;
  readonly notices: Notices;
  readonly publish: Publish;
  ask(question: Question): Promise<boolean>;
}

/** The originals that were kept when songs were replaced, until the person decides. */
export class KeptOriginals {
  readonly #setup: OriginalsSetup;

  constructor(setup: OriginalsSetup) {
    this.#setup = setup;
  }

  /** Looks whether the picked folders hold any. */
  async look(): Promise<void> {
    const { table, publish } = this.#setup;
    const found = await Promise.all(table.roots.map(originalsOf));
    publish({ originalsKept: found.some((folder) => folder !== null) });
  }

  /** Puts back every kept original of the songs in the list. */
  restore(): Promise<void> {
    return this.#withPermission(async (roots) => {
      const { table, notices } = this.#setup;
      let restored = 0;
      for (const id of table.ids) {
        const record = table.record(id);
        if (!(await restoreOriginal(record.file))) continue;
        restored++;
        // It is another file now than the one that was measured.
        record.measured = null;
        const message = "The original is back.";
        table.update(id, { ...notBegun, source: null, curve: null, message });
      }
      for (const root of roots) await removeEmptyOriginals(root);
      notices.say(
        restored === 1
          ? "One original is back in its place."
          : `${restored} originals are back in their places.`,
        "Those of songs that are not in this list stay in the folder Originals.",
      );
    });
  }

  /** Asks first: they are gone for good. */
  discard(): Promise<void> {
    return this.#withPermission(async (roots) => {
      const counts = await Promise.all(roots.map(countOriginals));
      const songs = counts.reduce((sum, count) => sum + count, 0);
      if (!(await this.#setup.ask({ kind: "delete-originals", songs }))) return;
      for (const root of roots) await discardOriginals(root);
    });
  }

  async #withPermission(
    work: (roots: readonly FileSystemDirectoryHandle[]) => Promise<void>,
  ): Promise<void> {
    const { table, notices } = this.#setup;
    const { roots } = table;
    try {
      for (const root of roots) {
        if (await mayWrite(root)) continue;
        notices.say(...destinationText["permission-denied"]);
        return;
      }
      await work(roots);
    } catch (error) {
      const { reason, detail } = refusedFrom(error);
      notices.say(refusalText[reason].message, detail);
    } finally {
      await this.look();
      table.flush();
    }
  }
}
