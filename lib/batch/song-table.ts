import type { PickedFile } from "@/lib/files/picked-file";
import type { MeasurementDetail } from "@/lib/loudness/measurement";
import { asTheBatch } from "@/lib/song/choice";
import type { Measured } from "@/lib/song/outcome";
import type { Song, SongId } from "@/lib/song/song";

/** What the page does not need to know of a song. */
interface SongRecord {
  readonly file: PickedFile;
  /** What its audio measured, as long as the file is the one that was measured. */
  measured: {
    readonly is: Measured;
    readonly size: number;
    readonly lastModified: number;
    /** Whether a mono song counted as two channels. */
    readonly dualMono: boolean;
  } | null;
  /** Of the file that was delivered last, where it was decoded as a whole; for pictures. */
  resultDetail: MeasurementDetail | null;
}

/** Milliseconds between two snapshots: what the page shows changes at most so often. */
const SNAPSHOT_INTERVAL = 400;

/** All songs. Changes are collected; a snapshot of them is published a few times a second. */
export class SongTable {
  readonly #publish: () => void;
  #songs = new Map<SongId, Song>();
  readonly #records = new Map<SongId, SongRecord>();
  #next = 1;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(publish: () => void) {
    this.#publish = publish;
  }

  add(files: readonly PickedFile[]): SongId[] {
    const ids = files.map((file) => {
      const id = this.#next++ as SongId;
      this.#records.set(id, { file, measured: null, resultDetail: null });
      this.#songs.set(id, newSong(id, file));
      return id;
    });
    this.schedule();
    return ids;
  }

  /** Gives what puts them back where they were, as they were. */
  remove(ids: readonly SongId[]): () => void {
    const [songs, records] = [new Map(this.#songs), new Map(this.#records)];
    for (const id of ids) {
      this.#songs.delete(id);
      this.#records.delete(id);
    }
    this.schedule();
    return () => {
      // Rows that stayed may have changed, and others may have come.
      this.#songs = new Map([...songs, ...this.#songs]);
      for (const [id, record] of records) this.#records.set(id, this.#records.get(id) ?? record);
      this.schedule();
    };
  }

  get ids(): SongId[] {
    return [...this.#songs.keys()];
  }

  get files(): PickedFile[] {
    return [...this.#records.values()].map(({ file }) => file);
  }

  /** The picked folders of all songs. */
  get roots(): FileSystemDirectoryHandle[] {
    return [...new Set(this.files.flatMap(({ folder }) => folder?.handle ?? []))];
  }

  get(id: SongId): Song {
    const song = this.#songs.get(id);
    if (!song) throw new Error(`There is no song ${id}.`);
    return song;
  }

  has(id: SongId): boolean {
    return this.#songs.has(id);
  }

  record(id: SongId): SongRecord {
    const record = this.#records.get(id);
    if (!record) throw new Error(`There is no song ${id}.`);
    return record;
  }

  /** A measurement counts only for the very file that was measured, and in the way it was. */
  measuredOf(id: SongId, { size, lastModified }: File, dualMono: boolean): Measured | null {
    const { measured } = this.record(id);
    const same =
      measured?.size === size &&
      measured.lastModified === lastModified &&
      measured.dualMono === dualMono;
    return same ? measured.is : null;
  }

  /** Does nothing for a song that was removed meanwhile. */
  update(id: SongId, change: Partial<Song>): void {
    const song = this.#songs.get(id);
    if (!song) return;
    this.#songs.set(id, { ...song, ...change });
    this.schedule();
  }

  /** The songs as they are now, in a map that will not change any more. */
  snapshot(): ReadonlyMap<SongId, Song> {
    return new Map(this.#songs);
  }

  /** Publishes at once: at the ends of things, where nothing may lag behind. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#publish();
  }

  /** Something that the page shows has changed. */
  schedule(): void {
    this.#timer ??= setTimeout(() => this.flush(), SNAPSHOT_INTERVAL);
  }
}

/** The row of a song that nothing is known of yet. */
export function newSong(id: SongId, file: PickedFile): Song {
  return {
    id,
    path: file.path,
    ...(file.hiddenPath !== undefined && { hiddenPath: file.hiddenPath }),
    folder: file.folder?.name ?? null,
    name: file.name,
    size: file.size,
    format: null,
    duration: null,
    source: null,
    damage: null,
    curve: null,
    plannedGain: null,
    planned: null,
    undoable: false,
    choice: asTheBatch,
    ...notBegun,
  };
}

/** A song before its batch: what earlier batches left in its row is gone, its measurement is not. */
export const notBegun = {
  status: "waiting",
  progress: 0,
  album: null,
  applied: null,
  gain: null,
  limited: null,
  route: "none",
  way: null,
  tags: null,
  passes: 0,
  result: null,
  listening: null,
  output: null,
  reason: null,
  message: null,
  hint: null,
  detail: null,
  seconds: null,
  worker: null,
} as const satisfies Partial<Song>;
