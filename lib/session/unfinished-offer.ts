import { destinationText } from "@/lib/batch/destinations";
import type { BatchMode } from "@/lib/batch/jobs";
import type { SongTable } from "@/lib/batch/song-table";
import type { Journal } from "@/lib/journal/journal";
import type { ResumedBatch, UnfinishedBatch } from "@/lib/journal/unfinished-batch";
import { asTheBatch } from "@/lib/song/choice";
import type { SongId } from "@/lib/song/song";
import type { Notices } from "./notices";
import type { RunRequest } from "./run";
import type { Publish, Question } from "./session-state";

interface OfferSetup {
  readonly journal: Journal;
  readonly notices: Notices;
  readonly publish: Publish;
  ask(question: Question): Promise<boolean>;
}

/** The batch that was cut off, as the page offers it. */
export class UnfinishedOffer {
  readonly #setup: OfferSetup;
  #batch: UnfinishedBatch | null = null;

  constructor(setup: OfferSetup) {
    this.#setup = setup;
  }

  async look(): Promise<void> {
    this.#offer(await this.#setup.journal.unfinished());
  }

  /**
   * Goes on with it as `work` does. Nothing happens where there is none, where permission is refused
   * or where another tab goes on with it, which is said. Where nothing comes of it, it is offered
   * again.
   */
  async accept<T>(work: (resumed: ResumedBatch) => Promise<T | null>): Promise<T | null> {
    const batch = this.#batch;
    const resumed = await batch?.resume();
    if (!batch || !resumed) return null;
    if (resumed === "taken") await this.#sayTaken();
    else if (resumed === "permission-denied") this.#setup.notices.say(...destinationText[resumed]);
    else {
      this.#offer(null);
      let done: T | null = null;
      try {
        return (done = await work(resumed));
      } finally {
        if (done === null) {
          batch.release();
          await this.look();
        }
      }
    }
    return null;
  }

  /** Asks first where songs of it are done: the knowledge of which is lost. */
  async discard(): Promise<void> {
    if (!this.#batch) return;
    const { songs, ended, folders } = this.#batch.summary;
    const question = { kind: "forget-batch", songs, ended } as const;
    if (ended > 0 && !(await this.#setup.ask(question))) return;
    const discarded = await this.#batch.discard();
    if (discarded === "taken") return this.#sayTaken();
    if (!discarded) {
      this.#setup.notices.say(
        `What was being written may be left half in ${folders.join(", ")}.`,
        "Such files end in .crswap or begin with .levelup-, are no songs, and may be deleted.",
      );
    }
    await this.look();
  }

  async #sayTaken(): Promise<void> {
    this.#setup.notices.say(
      "Another LevelUp tab goes on with this batch, or has by now.",
      "Nothing was done here.",
    );
    await this.look();
  }

  #offer(batch: UnfinishedBatch | null): void {
    this.#batch = batch;
    this.#setup.publish({ unfinished: batch?.summary ?? null });
  }
}

/** Puts the songs of a batch that was cut off into the table; gives the run that is left to do. */
export function requestOf(
  { batch, startedAt, settings, songs, excluded }: ResumedBatch,
  mode: BatchMode,
  table: SongTable,
): Omit<RunRequest, "surroundings"> {
  const ids = table.add(songs.map(({ file }) => file));
  const done = new Set<SongId>();
  ids.forEach((id, index) => {
    const { row, choice } = songs[index]!;
    table.update(id, { choice });
    if (!row) return;
    done.add(id);
    table.update(id, { ...row, progress: 1 });
  });
  for (const id of table.add(excluded)) {
    table.update(id, { choice: { ...asTheBatch, excluded: true } });
  }
  const lines = songs.flatMap((song) => song.lines);
  return { mode, ids, settings, resumed: { batch, startedAt, done, lines } };
}
