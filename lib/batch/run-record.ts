import type { Song } from "@/lib/song/song";

/** Where a run writes down what became of its songs, so that it can be resumed. */
export interface RunRecord {
  /** `index`: the song's place in the batch, from 0. Rejects never. */
  record(index: number, entry: SongEntry): Promise<void>;
}

/** Written before and after the step that changes the disk. Failed songs get none: they are tried again. */
export interface SongEntry {
  /** Before the step what stands at `row.output` is something else, or the song is done already. */
  readonly state: "saving" | "ended";
  /**
   * What stands at `row.output` once the song is done; null where nothing is written for it. An
   * end that 0.1.0 noted has none.
   */
  readonly written?: Written | null;
  /** The song on disk as it was read; 0.1.0 did not note it. */
  readonly source?: FileState;
  /** As it is once the song is done. */
  readonly row: SongRow;
  readonly lines: readonly string[];
}

export interface Written {
  readonly fingerprint: string;
  /** Bytes; 0.1.0 did not note it. */
  readonly size?: number;
}

/** By these a file is taken for unchanged where nothing is overwritten or deleted for it. */
export type FileState = Pick<File, "size" | "lastModified">;

/** A song without what can be computed again. */
export type SongRow = Omit<Song, (typeof computed)[number]>;

const computed = ["id", "curve", "progress"] as const;

export function rowOf(song: Song): SongRow {
  const row: Partial<Song> = { ...song };
  for (const name of computed) delete row[name];
  return row as SongRow;
}

/** What an earlier run did of a batch that was cut off. */
export interface EarlierRun {
  /** Songs that are done. */
  readonly done: ReadonlySet<Song["id"]>;
  /** Its log lines about them. */
  readonly lines: readonly string[];
}
