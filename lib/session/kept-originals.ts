import { destinationText, mayWrite } from "@/lib/batch/destinations";
import { notBegun, type SongTable } from "@/lib/batch/song-table";
import { countOriginals, originalsOf } from "@/lib/files/originals";
import {
  discardOriginals,
  dropRestored,
  type RestoreDoubt,
  restoreOriginals,
  type RestoreQuestion,
} from "@/lib/files/restore";
import type { PickedFile } from "@/lib/files/picked-file";
import { refusedFrom, WriteRefused } from "@/lib/files/safe-write";
import { AgedSwaps } from "@/lib/files/swap";
import { type Journal, placesOf } from "@/lib/journal/journal";
import { defaultSettings } from "@/lib/settings/settings";
import { refusalText } from "@/lib/song/texts";
import { firstOf, type Notices } from "./notices";
import { busyText } from "./run-preparation";
import type { Publish, Question } from "./session-state";

interface OriginalsSetup {
  readonly table: SongTable;
  readonly notices: Notices;
  readonly publish: Publish;
  readonly journal: Journal;
  ask(question: Question): Promise<boolean>;
  /** Which of the things that a question lists. */
  choose(question: Question): Promise<readonly number[]>;
}

const doubtText: Record<RestoreDoubt, string> = {
  "something-else": "the file is not what was written here",
  "not-on-record": "there is no record of what was written here",
  gone: "the file is gone",
};

/** What the hint of the notice begins with where some originals were not put back. */
export const LEFT_AS_THEY_ARE = "Left as they are";
const DROP_FAILED = "Copies of originals that are back in their places could not be removed.";

/** The originals that were kept when songs were replaced, until the person decides. */
export class KeptOriginals {
  readonly #setup: OriginalsSetup;
  #dropping = new AbortController();

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
   * disk may go, the person is asked which; the others stay, and the notice names them.
   */
  async restore(): Promise<void> {
    await this.#restoreAs(null);
  }

  /** Copies go after the restoring has ended, which would be one at work on the folders itself. */
  async #restoreAs(batch: string | null): Promise<boolean> {
    let ended = false;
    let back: readonly PickedFile[] = [];
    await this.#withPermission(async () => {
      ended = await this.#journaled("restore", batch, async () => {
        back = await this.#restoreAll();
      });
    });
    if (back.length > 0) void this.#dropLater(back);
    return ended;
  }

  /** The copies of what was put back stay: songs are about to be replaced again. */
  keepCopies(): void {
    this.#dropping.abort();
  }

  /** Once what was put back is on the disk. Should the tab be closed before, the copies stay. */
  async #dropLater(restored: readonly PickedFile[]): Promise<void> {
    this.#dropping.abort();
    const { signal } = (this.#dropping = new AbortController());
    try {
      await AgedSwaps.ofThisPage().age(undefined, signal);
      // Another tab that is at work by now may rely on the copies.
      if (await this.#setup.journal.isBeingWorkedOn(this.#setup.table.roots)) return;
      await dropRestored(restored, signal);
    } catch (error) {
      if (error !== signal.reason) this.#setup.notices.say(DROP_FAILED, String(error));
    }
    await this.look();
  }

  /** Asks first: they are gone for good. */
  discard(): Promise<void> {
    return this.#withPermission(async () => {
      const songs = await countOriginals(await originalsOf(this.#setup.table.files));
      if (!(await this.#setup.ask({ kind: "delete-originals", songs }))) return;
      await this.#journaled("delete-originals", null, () => this.#discardAll());
    });
  }

  /** The same for what was cut off. False where nothing comes of it, which is said. */
  async goOn(mode: "restore" | "delete-originals", batch: string): Promise<boolean> {
    if (mode === "restore") return this.#restoreAs(batch);
    let ended = false;
    await this.#withPermission(async () => {
      ended = await this.#journaled(mode, batch, () => this.#discardAll());
    });
    return ended;
  }

  async #restoreAll(): Promise<readonly PickedFile[]> {
    const { table, notices } = this.#setup;
    const ids = new Map(table.ids.map((id) => [table.record(id).file, id] as const));
    const left: string[] = [];
    let restored = 0;
    const decide = async (questions: readonly RestoreQuestion[]) => {
      const songs = questions.map(({ song, doubt }) => ({ path: song.path, doubt }));
      const chosen = await this.#setup.choose({ kind: "restore-doubtful", songs });
      return questions.filter((_, index) => chosen.includes(index));
    };
    const back = await restoreOriginals([...ids.keys()], decide, (file, outcome) => {
      if (outcome === "no-original") return;
      if (outcome !== "restored") {
        const why =
          outcome instanceof WriteRefused
            ? refusalText[outcome.reason].message
            : doubtText[outcome];
        left.push(`${file.path} (${why})`);
        return;
      }
      restored++;
      const id = ids.get(file)!;
      // It is another file now than the one that was measured.
      table.record(id).measured = null;
      const message = "The original is back.";
      table.update(id, {
        ...notBegun,
        source: null,
        curve: null,
        undoable: false,
        doneBy: null,
        message,
      });
    });
    notices.say(
      restored === 1
        ? "One original is back in its place."
        : `${restored.toLocaleString("en")} originals are back in their places.`,
      left.length === 0
        ? "Those of songs that are not in this list stay in the folder Originals."
        : `${LEFT_AS_THEY_ARE}, with their originals in the folder Originals: ${firstOf(left)}.`,
    );
    return back;
  }

  async #discardAll(): Promise<void> {
    for (const each of await originalsOf(this.#setup.table.files)) await discardOriginals(each);
  }

  /**
   * Begun and ended in the journal, so that the next visit finishes what was cut off. False where
   * another tab is at work on the folders, which is said.
   */
  async #journaled(
    mode: "restore" | "delete-originals",
    batch: string | null,
    work: () => Promise<void>,
  ): Promise<boolean> {
    const { table, notices, journal } = this.#setup;
    const { roots, files } = table;
    // A song that came without its folder has no kept original.
    const songs = await placesOf(
      files.filter(({ folder }) => folder),
      roots,
    );
    const head = { mode, batch, roots, songs: songs!, settings: defaultSettings, target: null };
    const startedAt = new Date().toISOString();
    // Without a journal it is done all the same; only a cut in the middle of it would not be noticed.
    const begun = await journal.begin({ ...head, startedAt }, () => undefined);
    if (begun === "busy") {
      notices.say(...busyText);
      return false;
    }
    try {
      await work();
    } finally {
      await begun?.end();
    }
    return true;
  }

  async #withPermission(work: () => Promise<unknown>): Promise<void> {
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
