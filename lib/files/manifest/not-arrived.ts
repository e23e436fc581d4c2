import type { PickedFile } from "../picked-file";
import { fileAt } from "../safe-write";
import { findOurFolder } from "./our-folder";

/**
 * Songs whose results in `Leveled` did not get to the disk before the machine stopped: what stands
 * there has no bytes, and our record says that it had.
 */
export async function notArrived(songs: readonly PickedFile[]): Promise<PickedFile[]> {
  const roots = new Set(songs.flatMap(({ folder }) => folder?.handle ?? []));
  const found: PickedFile[] = [];
  for (const root of roots) {
    const leveled = await findOurFolder(root, "", "Leveled");
    if (!leveled) continue;
    for (const song of songs) {
      if (song.folder?.handle !== root) continue;
      const last = (await leveled.manifest.ofSong(song.path)).at(-1);
      if (!last || last.written.size === 0) continue;
      // One that is gone may have been moved or deleted by the person.
      const file = await fileAt(leveled.handle, last.path).catch(() => null);
      if (file?.size === 0) found.push(song);
    }
  }
  return found;
}
