import { HashedFile } from "./hashed-file";
import { originOf } from "./originals";
import type { PickedFile } from "./picked-file";

/** Which bytes a song is leveled from. */
export interface SongSource {
  /**
   * `song`: the file on disk, which is not known to be of our making. `original`: the kept original
   * of a file that is what we wrote in its place. `retagged`: the same with the tags of the file on
   * disk, which the person has edited since. `leveled`: the file on disk, which we wrote and whose
   * original is not kept any more. `changed`: the file on disk, which is neither the original nor
   * what we wrote in its place.
   */
  readonly from: "song" | "original" | "retagged" | "leveled" | "changed";
  readonly file: File;
  /** The song on disk. */
  readonly onDisk: File;
}

/** Reads the bytes only where some of that size are on record. `opened`: the song, if it was. */
export async function sourceOf(song: PickedFile, opened?: File): Promise<SongSource> {
  const onDisk = opened ?? (await song.open());
  const { is, kept, madeFrom } = await originOf(song, new HashedFile(onDisk));
  if ((is === "ours" || is === "retagged") && madeFrom) {
    return { from: kept?.retagged ? "retagged" : "original", file: madeFrom, onDisk };
  }
  if (is === "ours") return { from: kept ? "changed" : "leveled", file: onDisk, onDisk };
  return { from: is === "changed" ? "changed" : "song", file: onDisk, onDisk };
}
