import { JobQueue } from "@/lib/pool/job-queue";
import { nextJob } from "@/lib/pool/next-job";
import type { Settings } from "@/lib/settings/settings";
import type { AlbumShare, SongAlbum } from "@/lib/song/album";
import type { SongId } from "@/lib/song/song";
import { guessedTime } from "./guessed-time";
import { planAlbums } from "./albums/planned-albums";
import { albumGoalOf, measuredSongs, showMember } from "./planned";
import type { SongTable } from "./song-table";
import { isDone } from "./totals";

/** What a batch does with its songs. */
export type BatchMode = "measure" | "level" | "undo";

/** One step of one song. */
export interface Job {
  readonly id: SongId;
  /** The song's number in the batch, from 1. */
  readonly number: number;
  readonly step: BatchMode;
  readonly album: AlbumShare | null;
}

interface JobsSetup {
  readonly mode: BatchMode;
  readonly ids: readonly SongId[];
  readonly settings: Settings;
  readonly table: SongTable;
  /** Lanes that take them; it may change. */
  readonly lanes: () => number;
}

/** Jobs whose times are compared whenever one is taken; with more of them the order matters later. */
const MOST_COMPARED = 500;

/**
 * The jobs of a batch in their order. By album everything is measured before the first album is
 * known whole, because its songs may lie anywhere. Measuring never waits for anything; only leveling
 * waits for it. Long songs may come before their turn, so that no lane is idle at the end.
 */
export class Jobs {
  readonly #setup: JobsSetup;
  readonly #queue = new JobQueue<Job>((waiting) => this.#next(waiting));
  /** Measuring jobs of an album batch that have not ended. */
  #unmeasured = 0;
  #done: ReadonlySet<SongId> = new Set();

  constructor(setup: JobsSetup) {
    this.#setup = setup;
  }

  /** The jobs of all songs but those that are done. */
  fill(done: ReadonlySet<SongId>): void {
    const { ids, mode, settings } = this.#setup;
    const jobs = ids
      .map((id, index): Job => ({ id, number: index + 1, step: mode, album: null }))
      .filter(({ id }) => !done.has(id));
    if (mode !== "level" || settings.levelBy === "track") {
      this.#queue.push(...jobs);
      this.#queue.close();
      return;
    }
    this.#done = done;
    this.#unmeasured = jobs.length;
    this.#queue.push(...jobs.map((job): Job => ({ ...job, step: "measure" })));
    if (this.#unmeasured === 0) this.#pushAlbums();
  }

  /** Waits where a job may still come; null when none will. */
  take(): Promise<Job | null> {
    return this.#queue.take();
  }

  /** To be told of every job that ended, however it did. */
  ended({ step }: Job): void {
    if (step !== "measure" || this.#unmeasured === 0) return;
    this.#unmeasured--;
    if (this.#unmeasured === 0) this.#pushAlbums();
  }

  /** Nothing further is begun. */
  close(): void {
    this.#queue.close();
  }

  #next(waiting: readonly Job[]): number {
    if (waiting.length > MOST_COMPARED) return 0;
    const { table, lanes } = this.#setup;
    const times = waiting.map(({ id, step }) =>
      table.has(id) ? guessedTime(table.get(id), step === "level") : 0,
    );
    return nextJob(times, lanes());
  }

  /** Albums are planned with all their songs, also those that this batch does not level. */
  #pushAlbums(): void {
    const { ids, table, settings, mode } = this.#setup;
    const songs = measuredSongs(table, settings);
    const goal = albumGoalOf(settings);
    const planned = planAlbums(songs, { ...goal, given: this.#given() });
    const numbers = new Map(ids.map((id, index) => [id, index + 1]));
    const jobs = songs.flatMap((song): Job[] => {
      const { id } = song;
      const number = numbers.get(id);
      if (number === undefined || isDone(table.get(id), mode === "measure")) return [];
      const member = planned.get(song)!;
      showMember(table, song, settings, member);
      return [{ id, number, step: "level", album: member.share }];
    });
    this.#queue.push(...jobs.sort((a, b) => a.number - b.number));
    this.#queue.close();
  }

  /** What songs got that were done before the batch was cut off: the rest of their album gets it too. */
  #given(): Map<string, SongAlbum> {
    const { table } = this.#setup;
    const albums = [...this.#done].flatMap((id) =>
      table.has(id) ? (table.get(id).album ?? []) : [],
    );
    return new Map(albums.map((album) => [album.key, album]));
  }
}
