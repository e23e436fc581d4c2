import { destinationText, mayWrite } from "@/lib/batch/destinations";
import { notBegun, type SongTable } from "@/lib/batch/song-table";
import { countOriginals, originalsOf } from "@/lib/files/originals";
import { discardOriginals, type RestoreDoubt, restoreOriginals } from "@/lib/files/restore";
import { refusedFrom } from "@/lib/files/safe-write";
import { AgedSwaps } from "@/lib/files/swap";
import { refusalText } from "@/lib/song/texts";
import type { Notices } from "./notices";
import type { Publish, Question } from "./session-state";

interface OriginalsSetup {
  readonly table: SongTable;
  readonly notices: Notices;
  readonly publish: Publish;
  ask(question: Question): Promise<boolean>;
}

const doubtText: Record<RestoreDoubt, string> = {
  "something-else": "the file is not what was written here",
  "not-on-record": "there is no record of what was written here",
  gone: "the file is gone",
};

const MOST_NAMED = 20;

const firstOf = (names: readonly string[]): string =>
  names.length <= MOST_NAMED
    ? names.join(", ")
    : `${names.slice(0, MOST_NAMED).join(", ")} and ${names.length - MOST_NAMED} more`;

/** The originals that were kept when songs were replaced, until the person decides. */
export class KeptOriginals {
  readonly #setup: OriginalsSetup;

  constructor(setup: OriginalsSetup) {
    this.#setup = setup;
  }

  /** Looks whether the picked folders hold any. */
  async look(): Promise<void> {
    const { table, publish } = this.#setup;
    publish({ originalsKept: (await originalsOf(table.files)).length > 0 });
  }

  /**
   * Puts back the kept originals of the songs in the list. Where it is not certain that what is on
   * disk may go, it stays, and the notice names the song.
   */
  restore(): Promise<void> {
    return this.#withPermission(async () => {
      const { table, notices } = this.#setup;
      const ids = new Map(table.ids.map((id) => [table.record(id).file, id] as const));
      const left: string[] = [];
      let restored = 0;
      const leaveIt = () => Promise.resolve(false);
      await restoreOriginals([...ids.keys()], leaveIt, new AgedSwaps(0), (file, outcome) => {
        if (outcome === "no-original") return;
        if (outcome !== "restored") {
          left.push(`${file.path} (${doubtText[outcome]})`);
          return;
        }
        restored++;
        const id = ids.get(file)!;
        // It is another file now than the one that was measured.
        table.record(id).measured = null;
        const message = "The original is back.";
        table.update(id, { ...notBegun, source: null, curve: null, undoable: false, message });
      });
      notices.say(
        restored === 1
          ? "One original is back in its place."
          : `${restored} originals are back in their places.`,
        left.length === 0
          ? "Those of songs that are not in this list stay in the folder Originals."
          : `Left as they are, with their originals in the folder Originals: ${firstOf(left)}.`,
      );
    });
  }

  /** Asks first: they are gone for good. */
  discard(): Promise<void> {
    return this.#withPermission(async () => {
      const kept = await originalsOf(this.#setup.table.files);
      const songs = await countOriginals(kept);
      if (!(await this.#setup.ask({ kind: "delete-originals", songs }))) return;
      for (const each of kept) await discardOriginals(each);
    });
  }

  async #withPermission(work: () => Promise<void>): Promise<void> {
    const { table, notices } = this.#setup;
    const { roots } = table;
    try {
      for (const root of roots) {
        if (await mayWrite(root)) continue;
        notices.say(...destinationText["permission-denied"]);
        return;
      }
      await work();
    } catch (error) {
      const { reason, detail } = refusedFrom(error);
      notices.say(refusalText[reason].message, detail);
    } finally {
      await this.look();
      table.flush();
    }
  }
}
