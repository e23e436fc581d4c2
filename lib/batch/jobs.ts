import { JobQueue } from "@/lib/pool/job-queue";
import type { Settings } from "@/lib/settings/settings";
import type { AlbumShare } from "@/lib/song/album";
import type { SongId } from "@/lib/song/song";
import { planAlbums } from "./album";
import { albumGoalOf, showPlan } from "./planned";
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
}

/**
 * The jobs of a batch in their order. By album everything is measured before the first album is
 * known whole, because its songs may lie anywhere. Measuring never waits for anything; only leveling
 * waits for it.
 */
export class Jobs {
  readonly #setup: JobsSetup;
  readonly #queue = new JobQueue<Job>();
  /** Measuring jobs of an album batch that have not ended. */
  #unmeasured = 0;

  constructor(setup: JobsSetup) {
    this.#setup = setup;
  }

  /** The jobs of all songs but those that are done. */
  fill(done: ReadonlySet<SongId>): void {
    const { ids, mode, settings, table } = this.#setup;
    const jobs = ids
      .map((id, index): Job => ({ id, number: index + 1, step: mode, album: null }))
      .filter(({ id }) => !done.has(id));
    if (mode !== "level" || settings.levelBy === "track") {
      this.#queue.push(...jobs);
      this.#queue.close();
      return;
    }
    const unknown = jobs.filter(({ id }) => table.record(id).measured === null);
    this.#unmeasured = unknown.length;
    this.#queue.push(...unknown.map((job): Job => ({ ...job, step: "measure" })));
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

  #pushAlbums(): void {
    const { ids, table, mode, settings } = this.#setup;
    const members = ids.flatMap((id, index) => {
      const { measured, file } = table.record(id);
      if (!measured || isDone(table.get(id), mode === "measure")) return [];
      const root = file.folder?.name ?? "";
      return [{ id, number: index + 1, path: file.path, root, measured: measured.is }];
    });
    const albums = planAlbums(members, albumGoalOf(settings));
    this.#queue.push(
      ...members.map((member): Job => {
        const { id, number } = member;
        const { share, most } = albums.get(member)!;
        showPlan(table, id, settings, { plan: share.plan, most });
        return { id, number, step: "level", album: share };
      }),
    );
    this.#queue.close();
  }
}
