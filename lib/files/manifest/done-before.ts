import { HashedFile } from "../hashed-file";
import { originalsOf } from "../originals";
import type { PickedFile } from "../picked-file";
import { fileAt } from "../safe-write";
import type { FilePrint, ManifestEntry } from "./entry";
import { findOurFolder } from "./our-folder";

/** What an earlier run made of a song that has not changed since, as our own record tells it. */
interface DoneBefore {
  /** `madeWith` of its settings. */
  readonly made: string;
  /** From the picked folder. */
  readonly output: string;
}

/** Looks in the folders that some songs were picked with for what was made of them. Rejects where a file cannot be read. */
export class EarlierResults {
  readonly #leveled = new Map<FileSystemDirectoryHandle, ReturnType<typeof findOurFolder>>();
  readonly #originals: ReturnType<typeof originalsOf>;

  constructor(songs: readonly PickedFile[]) {
    this.#originals = originalsOf(songs);
  }

  /** The result in `Leveled`: of the song as it is on disk, and itself as it was written. */
  async inLeveled(song: PickedFile): Promise<DoneBefore | null> {
    if (!song.folder) return null;
    const { handle: root } = song.folder;
    const finding = this.#leveled.get(root) ?? findOurFolder(root, "", "Leveled");
    this.#leveled.set(root, finding);
    const leveled = await finding;
    if (!leveled) return null;
    const last = (await leveled.manifest.ofSong(song.path)).at(-1);
    if (last?.made === undefined || !(await isAs(await song.open(), last.source))) return null;
    // One that is gone is made again.
    const result = await fileAt(leveled.handle, last.path).catch(() => null);
    if (!result || !(await isAs(result, last.written))) return null;
    return { made: last.made, output: `${leveled.path}/${last.path}` };
  }

  /** The song itself, where it is what took its original's place, and the original is kept. */
  async inPlace(song: PickedFile): Promise<DoneBefore | null> {
    const originals = await this.#originals;
    if (originals.length === 0) return null;
    const now = await song.open();
    for (const { root, originals: folder } of originals) {
      if (root !== song.folder?.handle) continue;
      const beside = folder.beside === "" ? "" : `${folder.beside}/`;
      if (!song.path.startsWith(beside)) continue;
      const entries = await folder.manifest.ofSong(song.path.slice(beside.length));
      const last = entries.toReversed().find(({ written }) => written.size === now.size);
      if (last?.made === undefined || isBack(last)) continue;
      if (await isAs(now, last.written)) return { made: last.made, output: song.path };
    }
    return null;
  }
}

/** An original that was put back is what it was. */
const isBack = ({ source, written }: ManifestEntry): boolean => source.sha256 === written.sha256;

/** By size and date; where the date is another, or was not noted, by the bytes. */
async function isAs(file: File, print: FilePrint): Promise<boolean> {
  if (file.size !== print.size) return false;
  return file.lastModified === print.lastModified || new HashedFile(file).is(print);
}
