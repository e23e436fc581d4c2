import type { SongBytes } from "@/lib/storage/song-bytes";
import { splitPath } from "../names";
import type { PickedFile } from "../picked-file";
import { refusedFrom, WriteRefused } from "../safe-write";

/** What goes with a save besides the bytes. */
export interface Saving {
  /** The song on disk as it was when it was read: what was made of it belongs to no other. */
  readonly source: Pick<File, "size" | "lastModified">;
  /** What was read instead, where `sourceOf` gave the kept original, as it is or with other tags. */
  readonly original?: File;
  /** `madeWith` of the settings, for the record; absent where a change is taken back. */
  readonly made?: string;
  /** Told of the place that was found and of what will stand there, before anything is written. */
  announce(path: string, bytes: SongBytes): Promise<void>;
  /**
   * Told when all bytes are written and only wait to be swapped in, and for how many milliseconds.
   * The saving does not need `bytes` any more.
   */
  readonly onWaiting?: (milliseconds: number) => void;
  /** Gives the waiting up: the song stays as it was, and the save rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Where results go. Every save either leaves the whole file behind or nothing; it throws `WriteRefused`. */
export interface Sink {
  /** Path that the file has now, as the report tells it. */
  save(song: PickedFile, bytes: SongBytes, extension: string, saving: Saving): Promise<string>;
  /** A song that needed nothing. Null: it stays where it is and nothing is written. */
  saveUnchanged(song: PickedFile, saving: Saving): Promise<string | null>;
  /** What was saved under a path that `save` gave. Rejects when it is not there any more. */
  reopen(song: PickedFile, path: string): Promise<Blob>;
  /** Where files beside songs go; absent where they stay. */
  readonly beside?: BesideSink;
}

/** Copies of files that lie beside songs: covers, cue sheets, lyrics, playlists. */
export interface BesideSink {
  /**
   * `bytes`: what of `source`, the file as it is on disk, is to stand there. `fresh` is false where
   * it stood there before. Throws `WriteRefused`.
   */
  copy(file: PickedFile, source: File, bytes: Blob): Promise<BesideCopy>;
  /**
   * A song's result as a path from where all results are; null where it has none there. `output`:
   * what its row tells, which may be of an earlier batch and another place.
   */
  placeOf(song: PickedFile, output: string | null): Promise<string | null>;
}

export interface BesideCopy {
  /** Told as a result's. */
  readonly output: string;
  readonly fresh: boolean;
}

const isSame = (file: File, source: Saving["source"]): boolean =>
  file.size === source.size && file.lastModified === source.lastModified;

/** The song as it is on disk now, which has to be the file that was read. */
export async function openSame(song: PickedFile, source: Saving["source"]): Promise<File> {
  let file: File;
  try {
    file = await song.open();
  } catch (error) {
    const gone = error instanceof DOMException && error.name === "NotFoundError";
    throw gone ? new WriteRefused("file-gone", String(error)) : refusedFrom(error);
  }
  if (isSame(file, source)) return file;
  throw new WriteRefused("file-changed", "Its size or date is another than when it was read.");
}

/** What a result is made from: the kept original, or else the song, if it is what was read. */
export const openSource = async (song: PickedFile, saving: Saving): Promise<File> =>
  saving.original ?? (await openSame(song, saving.source));

/** `placeOf` where results have the songs' own tree: an output elsewhere is of another place. */
export const besideSong = ({ path }: PickedFile, output: string | null): string | null =>
  output !== null && splitPath(output)[0] === splitPath(path)[0] ? output : null;
