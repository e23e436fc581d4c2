import { HashedFile } from "./hashed-file";
import { originOf } from "./originals";
import type { PickedFile } from "./picked-file";

/** Which bytes a song is leveled from. */
export interface SongSource {
  /**
   * `song`: the file on disk, which is not known to be of our making. `original`: the kept original
   * of a file that is what we wrote in its place. `leveled`: the file on disk, which we wrote and
   * whose original is not kept any more. `changed`: the file on disk, which is neither the original
   * nor what we wrote in its place.
   */
  readonly from: "song" | "original" | "leveled" | "changed";
  readonly file: File;
  /** The song on disk. */
  readonly onDisk: File;
}

/** Reads the bytes only where some of that size are on record. `opened`: the song, if it was. */
export async function sourceOf(song: PickedFile, opened?: File): Promise<SongSource> {
  const onDisk = opened ?? (await song.open());
  const { is, kept } = await originOf(song, new HashedFile(onDisk));
  if (is === "ours" && kept) return { from: "original", file: kept.copy, onDisk };
  const from = is === "ours" ? "leveled" : is === "changed" ? "changed" : "song";
  return { from, file: onDisk, onDisk };
}
