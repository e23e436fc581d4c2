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

/** Another folder, with the same tree. Nothing that is there is overwritten: names are numbered. */
export class OtherFolderSink implements Sink {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #claims = new PathClaims();

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  save(song: PickedFile, bytes: SongBytes, extension: string, saving: Saving): Promise<string> {
    return this.#write(withExtension(song.path, extension), bytes, saving);
  }

  async saveUnchanged(song: PickedFile, saving: Saving): Promise<string> {
    return this.#write(song.path, await openSource(song, saving), saving);
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

  async #write(path: string, bytes: SongBytes, saving: Saving): Promise<string> {
    const claimed = await this.#claims.claim(path, async (candidate) => {
      const [folder, name] = splitPath(candidate);
      return exists(await openFolder(this.#folder, folder), name);
    });
    try {
      await saving.announce(claimed, bytes);
      const [folder, name] = splitPath(claimed);
      await writeFileSafely(await openFolder(this.#folder, folder), name, bytes);
    } catch (error) {
      this.#claims.release(claimed);
      throw error;
    }
    return claimed;
  }
}
