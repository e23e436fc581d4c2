import { type SongBytes, asBlob, sameBytes } from "@/lib/storage/song-bytes";
import { PathClaims, pathKey, safePath, splitPath, withExtension } from "./names";
import { dropOriginal, keepOriginal, restoreOriginal } from "./originals";
import type { PickedFile, PickedFolder } from "./picked-file";
import {
  exists,
  fileAt,
  openFolder,
  overwriteSafely,
  refusedFrom,
  WriteRefused,
  writeFileSafely,
} from "./safe-write";
import { OUTPUT_FOLDER } from "./walk";
import type { ZipDownload } from "./zip-download";

/** What goes with a save besides the bytes. */
export interface Saving {
  /** The file as it was when it was read: what was made of it belongs to no other. */
  readonly source: Pick<File, "size" | "lastModified">;
  /** Told of the place that was found and of what will stand there, before anything is written. */
  announce(path: string, bytes: SongBytes): Promise<void>;
}

/** Where results go. Every save either leaves the whole file behind or nothing; it throws `WriteRefused`. */
export interface Sink {
  /** Path that the file has now, as the report tells it. */
  save(song: PickedFile, bytes: SongBytes, extension: string, saving: Saving): Promise<string>;
  /** A song that needed nothing. Null: it stays where it is and nothing is written. */
  saveUnchanged(song: PickedFile, saving: Saving): Promise<string | null>;
  /** What was saved under a path that `save` gave. Rejects when it is not there any more. */
  reopen(song: PickedFile, path: string): Promise<Blob>;
}

/** Which song each result in a folder's `Leveled` was made of, as far as this page knows. */
const madeOf = new WeakMap<PickedFolder, Map<string, string>>();

function resultsIn(folder: PickedFolder): Map<string, string> {
  let results = madeOf.get(folder);
  if (!results) madeOf.set(folder, (results = new Map<string, string>()));
  return results;
}

/** What an earlier page made: no other song's result may take that place. */
export function rememberResult(folder: PickedFolder, output: string, songPath: string): void {
  resultsIn(folder).set(pathKey(output), songPath);
}

/**
 * `Leveled` inside the picked folder, with the same tree. What an earlier run made of the same song
 * is replaced, and so is anything older in there, which is ours too. Two songs never get the same
 * name: not in one run, and not when one of them is tried again later.
 */
export class LeveledFolderSink implements Sink {
  readonly #folder: PickedFolder;
  readonly #claims = new PathClaims();
  readonly #madeOf: Map<string, string>;

  constructor(folder: PickedFolder) {
    this.#folder = folder;
    this.#madeOf = resultsIn(folder);
  }

  save(song: PickedFile, bytes: SongBytes, extension: string, saving: Saving): Promise<string> {
    return this.#write(song, withExtension(song.path, extension), bytes, saving);
  }

  async saveUnchanged(song: PickedFile, saving: Saving): Promise<string> {
    return this.#write(song, song.path, await openSame(song, saving.source), saving);
  }

  reopen(_song: PickedFile, path: string): Promise<Blob> {
    return fileAt(this.#folder.handle, path);
  }

  async #write(song: PickedFile, path: string, bytes: SongBytes, saving: Saving): Promise<string> {
    const isOthers = (candidate: string) =>
      Promise.resolve((this.#madeOf.get(pathKey(candidate)) ?? song.path) !== song.path);
    const claimed = await this.#claims.claim(`${OUTPUT_FOLDER}/${path}`, isOthers);
    try {
      await saving.announce(claimed, bytes);
      await writeAt(this.#folder.handle, claimed, bytes);
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
  readonly #folder: FileSystemDirectoryHandle;
  readonly #claims = new PathClaims();

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  save(song: PickedFile, bytes: SongBytes, extension: string, saving: Saving): Promise<string> {
    return this.#write(withExtension(song.path, extension), bytes, saving);
  }

  async saveUnchanged(song: PickedFile, saving: Saving): Promise<string> {
    return this.#write(song.path, await openSame(song, saving.source), saving);
  }

  reopen(_song: PickedFile, path: string): Promise<Blob> {
    return fileAt(this.#folder, path);
  }

  async #write(path: string, bytes: SongBytes, saving: Saving): Promise<string> {
    const claimed = await this.#claims.claim(path, async (candidate) => {
      const [folder, name] = await this.#place(candidate);
      return exists(folder, name);
    });
    try {
      await saving.announce(claimed, bytes);
      await writeAt(this.#folder, claimed, bytes);
    } catch (error) {
      this.#claims.release(claimed);
      throw error;
    }
    return claimed;
  }

  async #place(path: string): Promise<[FileSystemDirectoryHandle, string]> {
    const [folder, name] = splitPath(path);
    return [await openFolder(this.#folder, folder), name];
  }
}

/**
 * In place of the original, if that is still the file that was read. A copy of the original is kept
 * first; then the browser swaps the new bytes in as a whole when the file is closed, and keeps the
 * file's mode; then what arrived is compared, and the original put back if it is not what was sent.
 * A song that changes its kind does not take the original's place: it is written beside it,
 * numbered where that name exists.
 */
export class ReplaceSink implements Sink {
  readonly #keepOriginals: boolean;
  /** By folder: two songs that become the same name must not both find it free. */
  readonly #claims = new Map<FileSystemDirectoryHandle, PathClaims>();

  constructor(keepOriginals: boolean) {
    this.#keepOriginals = keepOriginals;
  }

  async save(
    song: PickedFile,
    bytes: SongBytes,
    extension: string,
    saving: Saving,
  ): Promise<string> {
    const path = withExtension(song.path, extension);
    if (path === song.path && song.handle) {
      await this.#replace(song, song.handle, bytes, saving);
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
      await saving.announce(claimed, bytes);
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

  async reopen(song: PickedFile, path: string): Promise<Blob> {
    if (path === song.path) return song.open();
    return fileAt(song.parent!, splitPath(path)[1]);
  }

  async #replace(
    song: PickedFile,
    handle: FileSystemFileHandle,
    bytes: SongBytes,
    saving: Saving,
  ): Promise<void> {
    const { source } = saving;
    const original = await openSame(song, source);
    await saving.announce(song.path, bytes);
    let fresh = false;
    let swapping = false;
    try {
      fresh = this.#keepOriginals && (await keepOriginal(song, original));
      await overwriteSafely(handle, bytes, async () => {
        await openSame(song, source);
        swapping = true;
      });
      if (await sameBytes(await handle.getFile(), bytes)) return;
      throw new WriteRefused("write-failed", "What arrived on disk is not what was sent.");
    } catch (error) {
      const { reason, detail } = refusedFrom(error);
      const harmed = swapping && !isSame(await song.open(), source);
      if (harmed) throw new WriteRefused(reason, `${detail} ${await this.#putBack(song)}`);
      // Nothing of ours has arrived: a backup would only stand in the way of a later version.
      if (fresh) await dropOriginal(song);
      throw new WriteRefused(reason, detail);
    }
  }

  async #putBack(song: PickedFile): Promise<string> {
    const back = this.#keepOriginals && (await restoreOriginal(song).catch(() => false));
    return back ? "The original was put back." : "The original could not be put back.";
  }
}

/** One download at the end: the song itself, or a zip of several. */
export class DownloadSink implements Sink {
  readonly #download: ZipDownload;
  readonly #claims = new PathClaims();

  constructor(download: ZipDownload) {
    this.#download = download;
  }

  save(song: PickedFile, bytes: SongBytes, extension: string): Promise<string> {
    return this.#add(withExtension(song.path, extension), bytes);
  }

  async saveUnchanged(song: PickedFile, { source }: Saving): Promise<string> {
    return this.#add(song.path, await openSame(song, source));
  }

  reopen(_song: PickedFile, path: string): Promise<Blob> {
    return this.#download.entry(path);
  }

  async #add(path: string, bytes: SongBytes): Promise<string> {
    const claimed = await this.#claims.claim(safePath(path), () => Promise.resolve(false));
    await this.#download.add(claimed, asBlob(bytes));
    return claimed;
  }
}

const isSame = (file: File, source: Saving["source"]): boolean =>
  file.size === source.size && file.lastModified === source.lastModified;

/** The song as it is on disk now, which has to be the file that was read. */
async function openSame(song: PickedFile, source: Saving["source"]): Promise<File> {
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

async function writeAt(
  root: FileSystemDirectoryHandle,
  path: string,
  bytes: SongBytes,
): Promise<void> {
  const [folder, name] = splitPath(path);
  await writeFileSafely(await openFolder(root, folder), name, bytes);
}
