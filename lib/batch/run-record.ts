import type { Song } from "@/lib/song/song";

/** Where a run writes down what became of its songs, so that it can be resumed. */
export interface RunRecord {
  /** `index`: the song's place in the batch, from 0. Rejects never. */
  record(index: number, entry: SongEntry): Promise<void>;
}

/** Written before and after the step that changes the disk. Failed songs get none: they are tried again. */
export type SongEntry =
  /**
   * About to be written to `row.output`: what stands there is something else, or has this
   * fingerprint and then the song is done. The row is as it will be then.
   */
  | {
      readonly state: "saving";
      readonly fingerprint: string;
      readonly row: SongRow;
      readonly lines: readonly string[];
    }
  | { readonly state: "ended"; readonly row: SongRow; readonly lines: readonly string[] };

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
