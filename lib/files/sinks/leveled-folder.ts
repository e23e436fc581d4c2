import { type SongBytes, sameBytes, sizeOf } from "@/lib/storage/song-bytes";
import { HashedFile } from "../hashed-file";
import { openOurFolder, type OurFolder } from "../manifest/our-folder";
import { PathClaims, splitPath, withExtension } from "../names";
import type { PickedFile, PickedFolder } from "../picked-file";
import { fileAt, openFolder, writeFileSafely } from "../safe-write";
import { sha256 } from "../sha256";
import { type BesideCopy, type BesideSink, openSource, type Saving, type Sink } from "./sink";

/** Folders of results without a mark, of 0.1.0, that a journal tells to be ours. */
const remembered = new WeakMap<FileSystemDirectoryHandle, Set<string>>();

/** A batch that was cut off wrote this: the folder is ours, whatever version made it. */
export function rememberResult(folder: PickedFolder, output: string): void {
  const [name] = output.split("/");
  remembered.set(folder.handle, (remembered.get(folder.handle) ?? new Set()).add(name!));
}

/**
 * `Leveled` inside the picked folder, with the same tree. What we made of the same song before is
 * replaced while it is still what we made; anything else in there keeps its name, and the result is
 * numbered. Two songs never get the same name: not in one run, and not when one of them is tried
 * again later.
 */
export class LeveledFolderSink implements Sink {
  readonly #root: FileSystemDirectoryHandle;
  readonly #claims = new PathClaims();

  constructor(folder: PickedFolder) {
    this.#root = folder.handle;
  }

  save(song: PickedFile, bytes: SongBytes, extension: string, saving: Saving): Promise<string> {
    return this.#write(song, withExtension(song.path, extension), bytes, saving);
  }

  async saveUnchanged(song: PickedFile, saving: Saving): Promise<string> {
    return this.#write(song, song.path, await openSource(song, saving), saving);
  }

  reopen(_song: PickedFile, path: string): Promise<Blob> {
    return fileAt(this.#root, path);
  }

  readonly beside: BesideSink = {
    copy: (file, source, bytes) => this.#copy(file, source, bytes),
    placeOf: async (song, output) => {
      const folder = await this.#open();
      const inside = `${folder.path}/`;
      if (output?.startsWith(inside)) return output.slice(inside.length);
      return (await folder.manifest.ofSong(song.path)).at(-1)?.path ?? null;
    },
  };

  async #copy(file: PickedFile, source: File, bytes: Blob): Promise<BesideCopy> {
    const folder = await this.#open();
    const before = (await folder.manifest.ofSong(file.path)).at(-1);
    const there = before && (await fileAt(folder.handle, before.path).catch(() => null));
    if (there && (await sameBytes(there, bytes))) {
      return { output: `${folder.path}/${before.path}`, fresh: false };
    }
    const saving = { source, announce: () => Promise.resolve() };
    return { output: await this.#write(file, file.path, bytes, saving), fresh: true };
  }

  #open(): Promise<OurFolder> {
    const isOurs = (name: string) => remembered.get(this.#root)?.has(name) ?? false;
    return openOurFolder(this.#root, "Leveled", isOurs);
  }

  async #write(song: PickedFile, path: string, bytes: SongBytes, saving: Saving): Promise<string> {
    const folder = await this.#open();
    const hash = await sha256(bytes);
    const source = await new HashedFile(await openSource(song, saving)).print();
    const inside = await this.#claims.claim(path, (each) => isTaken(folder, each, song.path));
    const output = `${folder.path}/${inside}`;
    try {
      await saving.announce(output, bytes);
      const entry = (lastModified: number | null) => ({
        ...{ path: inside, song: song.path, source, at: new Date().toISOString() },
        written: { sha256: hash, size: sizeOf(bytes), lastModified },
        ...(saving.made !== undefined && { made: saving.made }),
      });
      await folder.manifest.record(entry(null));
      const [parents, name] = splitPath(output);
      await writeFileSafely(await openFolder(this.#root, parents), name, bytes);
      const { lastModified } = await fileAt(this.#root, output);
      // The date only spares others a look at the bytes. Waited for, so that no write outlives the
      // batch.
      await folder.manifest.record(entry(lastModified)).catch(() => undefined);
    } catch (error) {
      this.#claims.release(inside);
      throw error;
    }
    return output;
  }
}

/** Whether a name in `Leveled` belongs to anything but what we made of this song. */
async function isTaken({ handle, manifest }: OurFolder, path: string, song: string) {
  let there: File;
  try {
    there = await fileAt(handle, path);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return false;
    return true;
  }
  if ((await manifest.of(path)).length === 0) await manifest.refresh();
  const ofSong = (await manifest.of(path)).filter((entry) => entry.song === song);
  if (ofSong.length === 0) return true;
  // A power cut leaves a file without bytes where a result did not arrive.
  if (there.size === 0) return false;
  const file = new HashedFile(there);
  const isWritten = await Promise.all(ofSong.map(({ written }) => file.is(written)));
  return !isWritten.includes(true);
}
