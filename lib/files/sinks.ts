import { PathClaims, safePath, withExtension } from "./names";
import type { PickedFile, PickedFolder } from "./picked-file";
import { exists, openFolder, overwriteSafely, refusedFrom, writeFileSafely } from "./safe-write";
import { OUTPUT_FOLDER } from "./walk";
import type { ZipDownload } from "./zip-download";

/** Where results go. Every save either leaves the whole file behind or nothing; it throws `WriteRefused`. */
export interface Sink {
  /** Path that the file has now, as the report tells it. */
  save(song: PickedFile, bytes: Blob, extension: string): Promise<string>;
  /** A song that needed nothing. Null: it stays where it is and nothing is written. */
  saveUnchanged(song: PickedFile): Promise<string | null>;
}

/**
 * `Leveled` inside the picked folder, with the same tree. What an earlier run wrote there is ours
 * and is replaced; two songs of one run never get the same name.
 */
export class LeveledFolderSink implements Sink {
  readonly #claims = new PathClaims();

  constructor(private readonly folder: PickedFolder) {}

  save(song: PickedFile, bytes: Blob, extension: string): Promise<string> {
    return this.#write(withExtension(song.path, extension), bytes);
  }

  async saveUnchanged(song: PickedFile): Promise<string> {
    return this.#write(song.path, await openSong(song));
  }

  async #write(path: string, bytes: Blob): Promise<string> {
    const claimed = await this.#claims.claim(`${OUTPUT_FOLDER}/${path}`, () =>
      Promise.resolve(false),
    );
    try {
      await writeAt(this.folder.handle, claimed, bytes);
    } catch (error) {
      this.#claims.release(claimed);
      throw error;
    }
    return claimed;
  }
}

/** Another folder, with the same tree. Nothing that is there is overwritten: names are numbered. */
export class OtherFolderSink implements Sink {
  readonly #claims = new PathClaims();

  constructor(private readonly folder: FileSystemDirectoryHandle) {}

  save(song: PickedFile, bytes: Blob, extension: string): Promise<string> {
    return this.#write(withExtension(song.path, extension), bytes);
  }

  async saveUnchanged(song: PickedFile): Promise<string> {
    return this.#write(song.path, await openSong(song));
  }

  async #write(path: string, bytes: Blob): Promise<string> {
    const claimed = await this.#claims.claim(path, async (candidate) => {
      const [folder, name] = await this.#place(candidate);
      return exists(folder, name);
    });
    try {
      await writeAt(this.folder, claimed, bytes);
    } catch (error) {
      this.#claims.release(claimed);
      throw error;
    }
    return claimed;
  }

  async #place(path: string): Promise<[FileSystemDirectoryHandle, string]> {
    const [folder, name] = split(path);
    return [await openFolder(this.folder, folder), name];
  }
}

/**
 * In place of the original. The browser swaps the new bytes in as a whole when the file is closed,
 * and keeps the file's mode. A song that changes its kind does not take the original's place: it
 * is written beside it, numbered where that name exists.
 */
export class ReplaceSink implements Sink {
  async save(song: PickedFile, bytes: Blob, extension: string): Promise<string> {
    const path = withExtension(song.path, extension);
    if (path === song.path && song.handle) {
      await overwriteSafely(song.handle, bytes);
      return path;
    }
    if (!song.parent) throw refusedFrom(new TypeError("The file came without its folder."));
    const parent = song.parent;
    const claimed = await new PathClaims().claim(path, (candidate) =>
      exists(parent, split(candidate)[1]),
    );
    await writeFileSafely(parent, split(claimed)[1], bytes);
    return claimed;
  }

  saveUnchanged(): Promise<null> {
    return Promise.resolve(null);
  }
}

/** One download at the end: the song itself, or a zip of several. */
export class DownloadSink implements Sink {
  readonly #claims = new PathClaims();

  constructor(private readonly download: ZipDownload) {}

  save(song: PickedFile, bytes: Blob, extension: string): Promise<string> {
    return this.#add(withExtension(song.path, extension), bytes);
  }

  async saveUnchanged(song: PickedFile): Promise<string> {
    return this.#add(song.path, await openSong(song));
  }

  async #add(path: string, bytes: Blob): Promise<string> {
    const claimed = await this.#claims.claim(safePath(path), () => Promise.resolve(false));
    await this.download.add(claimed, bytes);
    return claimed;
  }
}

async function openSong(song: PickedFile): Promise<File> {
  try {
    return await song.open();
  } catch (error) {
    throw refusedFrom(error);
  }
}

async function writeAt(root: FileSystemDirectoryHandle, path: string, bytes: Blob): Promise<void> {
  const [folder, name] = split(path);
  await writeFileSafely(await openFolder(root, folder), name, bytes);
}

function split(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf("/");
  return [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
}
