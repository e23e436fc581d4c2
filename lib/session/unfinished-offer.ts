import { destinationText } from "@/lib/batch/destinations";
import type { SongTable } from "@/lib/batch/song-table";
import { type ResumedBatch, UnfinishedBatch } from "@/lib/journal/unfinished-batch";
import type { SongId } from "@/lib/song/song";
import type { Notices } from "./notices";
import type { RunRequest } from "./run";
import type { Publish, Question } from "./session-state";

interface OfferSetup {
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
    this.#offer(await UnfinishedBatch.find());
  }

  /** Null where there is none, or permission is refused, which is said. */
  async accept(): Promise<ResumedBatch | null> {
    const resumed = await this.#batch?.resume();
    if (!resumed) return null;
    if (resumed === "permission-denied") {
      this.#setup.notices.say(...destinationText[resumed]);
      return null;
    }
    this.#offer(null);
    return resumed;
  }

  /** Asks first where songs of it are done: the knowledge of which is lost. */
  async discard(): Promise<void> {
    if (!this.#batch) return;
    const { songs, ended } = this.#batch.summary;
    const question = { kind: "forget-batch", songs, ended } as const;
    if (ended > 0 && !(await this.#setup.ask(question))) return;
    await this.#batch.discard();
    await this.look();
  }

  #offer(batch: UnfinishedBatch | null): void {
    this.#batch = batch;
    this.#setup.publish({ unfinished: batch?.summary ?? null });
  }
}

/** Puts the songs of a batch that was cut off into the table; gives the run that is left to do. */
export function requestOf(
  resumed: ResumedBatch,
  table: SongTable,
): Omit<RunRequest, "surroundings"> {
  const { batch, mode, startedAt, settings, songs } = resumed;
  const ids = table.add(songs.map(({ file }) => file));
  const done = new Set<SongId>();
  ids.forEach((id, index) => {
    const { row } = songs[index]!;
    if (!row) return;
    done.add(id);
    table.update(id, { ...row, progress: 1 });
  });
  const lines = songs.flatMap((song) => song.lines);
  return { mode, ids, settings, resumed: { batch, startedAt, done, lines } };
}
