import type { SongBytes } from "@/lib/storage/song-bytes";
import { PathClaims, splitPath, withExtension } from "../names";
import type { PickedFile } from "../picked-file";
import { exists, fileAt, openFolder, writeFileSafely } from "../safe-write";
import { openSource, type Saving, type Sink } from "./sink";

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
