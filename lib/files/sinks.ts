import { sameBytes } from "./checksum";
import { PathClaims, pathKey, safePath, splitPath, withExtension } from "./names";
import { keepOriginal, restoreOriginal } from "./originals";
import type { PickedFile, PickedFolder } from "./picked-file";
import {
  exists,
  openFolder,
  overwriteSafely,
  refusedFrom,
  WriteRefused,
  writeFileSafely,
} from "./safe-write";
import { OUTPUT_FOLDER } from "./walk";
import type { ZipDownload } from "./zip-download";

/** Where results go. Every save either leaves the whole file behind or nothing; it throws `WriteRefused`. */
export interface Sink {
  /** Path that the file has now, as the report tells it. */
  save(song: PickedFile, bytes: Blob, extension: string): Promise<string>;
  /** A song that needed nothing. Null: it stays where it is and nothing is written. */
  saveUnchanged(song: PickedFile): Promise<string | null>;
}

/** Which song each result in a folder's `Leveled` was made of, in this session. */
const madeOf = new WeakMap<PickedFolder, Map<string, string>>();

/**
 * `Leveled` inside the picked folder, with the same tree. What an earlier run made of the same song
 * is replaced, and so is anything older in there, which is ours too. Two songs never get the same
 * name: not in one run, and not when one of them is tried again later.
 */
export class LeveledFolderSink implements Sink {
  readonly #claims = new PathClaims();
  readonly #madeOf: Map<string, string>;

  constructor(private readonly folder: PickedFolder) {
    this.#madeOf = madeOf.get(folder) ?? new Map<string, string>();
    madeOf.set(folder, this.#madeOf);
  }

  save(song: PickedFile, bytes: Blob, extension: string): Promise<string> {
    return this.#write(song, withExtension(song.path, extension), bytes);
  }

  async saveUnchanged(song: PickedFile): Promise<string> {
    return this.#write(song, song.path, await openSong(song));
  }

  async #write(song: PickedFile, path: string, bytes: Blob): Promise<string> {
    const isOthers = (candidate: string) =>
      Promise.resolve((this.#madeOf.get(pathKey(candidate)) ?? song.path) !== song.path);
    const claimed = await this.#claims.claim(`${OUTPUT_FOLDER}/${path}`, isOthers);
    try {
      await writeAt(this.folder.handle, claimed, bytes);
    } catch (error) {
      this.#claims.release(claimed);
      throw error;
    }
    this.#madeOf.set(pathKey(claimed), song.path);
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
    const [folder, name] = splitPath(path);
    return [await openFolder(this.folder, folder), name];
  }
}

/**
 * In place of the original. A copy of the original is kept first; then the browser swaps the new
 * bytes in as a whole when the file is closed, and keeps the file's mode; then what arrived is
 * compared, and the original put back if it is not what was sent. A song that changes its kind
 * does not take the original's place: it is written beside it, numbered where that name exists.
 */
export class ReplaceSink implements Sink {
  /** By folder: two songs that become the same name must not both find it free. */
  readonly #claims = new Map<FileSystemDirectoryHandle, PathClaims>();

  constructor(private readonly keepOriginals: boolean) {}

  async save(song: PickedFile, bytes: Blob, extension: string): Promise<string> {
    const path = withExtension(song.path, extension);
    if (path === song.path && song.handle) {
      await this.#replace(song, song.handle, bytes);
      return path;
    }
    if (!song.parent) throw refusedFrom(new TypeError("The file came without its folder."));
    const parent = song.parent;
    let claims = this.#claims.get(parent);
    if (!claims) this.#claims.set(parent, (claims = new PathClaims()));
    const claimed = await claims.claim(path, (candidate) =>
      exists(parent, splitPath(candidate)[1]),
    );
    try {
      await writeFileSafely(parent, splitPath(claimed)[1], bytes);
    } catch (error) {
      claims.release(claimed);
      throw error;
    }
    return claimed;
  }

  saveUnchanged(): Promise<null> {
    return Promise.resolve(null);
  }

  async #replace(song: PickedFile, handle: FileSystemFileHandle, bytes: Blob): Promise<void> {
    if (this.keepOriginals) {
      try {
        await keepOriginal(song, await openSong(song));
      } catch (error) {
        throw refusedFrom(error);
      }
    }
    await overwriteSafely(handle, bytes);
    try {
      if (await sameBytes(await handle.getFile(), bytes)) return;
      const back = this.keepOriginals && (await restoreOriginal(song));
      const end = back ? "the original was put back" : "the original could not be put back";
      throw new WriteRefused("write-failed", `What arrived on disk is not what was sent; ${end}.`);
    } catch (error) {
      throw refusedFrom(error);
    }
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
  const [folder, name] = splitPath(path);
  await writeFileSafely(await openFolder(root, folder), name, bytes);
}
