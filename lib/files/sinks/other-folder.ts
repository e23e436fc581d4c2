import { type SongBytes, sameBytes } from "@/lib/storage/song-bytes";
import { PathClaims, splitPath, withExtension } from "../names";
import type { PickedFile } from "../picked-file";
import { exists, fileAt, openFolder, writeFileSafely } from "../safe-write";
import {
  type BesideCopy,
  type BesideSink,
  besideSong,
  openSame,
  openSource,
  type Saving,
  type Sink,
} from "./sink";

/**
 * Another folder, with the same tree. Nothing that is there is overwritten: names are numbered. A
 * file of the same bytes under a song's name is taken for its result: a run that was killed wrote it.
 */
export class OtherFolderSink implements Sink {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #claims = new PathClaims();

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  save(song: PickedFile, bytes: SongBytes, extension: string, saving: Saving): Promise<string> {
    return this.#write(song, withExtension(song.path, extension), bytes, saving);
  }

  async saveUnchanged(song: PickedFile, saving: Saving): Promise<string> {
    return this.#write(song, song.path, await openSource(song, saving), saving);
  }

  reopen(_song: PickedFile, path: string): Promise<Blob> {
    return fileAt(this.#folder, path);
  }

  readonly beside: BesideSink = {
    copy: (file, source, bytes) => this.#copy(file, source, bytes),
    placeOf: (song, output) => Promise.resolve(besideSong(song, output)),
  };

  /** Nothing is on record here: a file of the same bytes under its name is taken for the copy. */
  async #copy(file: PickedFile, source: File, bytes: Blob): Promise<BesideCopy> {
    let fresh = true;
    const output = await this.#claims.claim(file.path, async (candidate) => {
      const [folder, name] = splitPath(candidate);
      if (!(await exists(await openFolder(this.#folder, folder), name))) return false;
      const there = await fileAt(this.#folder, candidate).catch(() => null);
      fresh = !there || !(await sameBytes(there, bytes));
      return fresh;
    });
    if (!fresh) return { output, fresh };
    try {
      await openSame(file, source);
      const [folder, name] = splitPath(output);
      await writeFileSafely(await openFolder(this.#folder, folder), name, bytes);
    } catch (error) {
      this.#claims.release(output);
      throw error;
    }
    return { output, fresh };
  }

  async #write(song: PickedFile, path: string, bytes: SongBytes, saving: Saving): Promise<string> {
    let fresh = true;
    const claimed = await this.#claims.claim(path, async (candidate) => {
      const [place, name] = splitPath(candidate);
      const folder = await openFolder(this.#folder, place);
      if (!(await exists(folder, name))) return false;
      const there = await folder.getFileHandle(name).catch(() => null);
      const isSong = there !== null && (await song.handle?.isSameEntry(there)) === true;
      fresh = there === null || isSong || !(await sameBytes(await there.getFile(), bytes));
      return fresh;
    });
    try {
      await saving.announce(claimed, bytes);
      if (!fresh) return claimed;
      const [folder, name] = splitPath(claimed);
      await writeFileSafely(await openFolder(this.#folder, folder), name, bytes);
    } catch (error) {
      this.#claims.release(claimed);
      throw error;
    }
    return claimed;
  }
}
