import { batchLines } from "@/lib/batch/log";
import { OpenFailed } from "@/lib/batch/open-song";
import type { SongEntry, SongRow } from "@/lib/batch/run-record";
import { fingerprint } from "@/lib/files/checksum";
import { allowedPath } from "@/lib/files/hidden-names";
import { removeLeftoversAt, removeLeftoversOf } from "@/lib/files/leftovers";
import { splitPath } from "@/lib/files/names";
import { fileFromHandle, type PickedFile, type PickedFolder } from "@/lib/files/picked-file";
import { folderAt } from "@/lib/files/safe-write";
import { rememberResult } from "@/lib/files/sinks";
import type { JournalHead } from "./schema";
import type { StoredBatch } from "./storage";

/** A song of a batch that was cut off, found again. */
export interface RecoveredSong {
  readonly file: PickedFile;
  /** Its row when it is done; null when it has to be done (again). */
  readonly row: SongRow | null;
  readonly lines: readonly string[];
}

/**
 * Finds the songs of a batch again, removes what interrupted writes left behind, and decides which
 * songs are done: those that ended, and those whose new bytes had arrived when the batch was cut
 * off.
 */
export async function recover({ head, entries }: StoredBatch): Promise<RecoveredSong[]> {
  const folders = head.roots.map((handle): PickedFolder => ({ handle, name: handle.name }));
  await removeLeftovers(head);
  const total = head.songs.length;
  let ended = [...entries.values()].filter(({ state }) => state === "ended").length;
  const songs = await Promise.all(
    head.songs.map(async ({ root, path }, index): Promise<RecoveredSong> => {
      const file = await findSong(folders[root]!, path);
      const entry = entries.get(index);
      if (entry?.state === "ended") return { file, row: entry.row, lines: entry.lines };
      if (entry && (await hasArrived(head, root, entry))) {
        const line = batchLines.completed(entry.row.worker ?? 1, index + 1, total, ++ended);
        return { file, row: entry.row, lines: [...entry.lines, line] };
      }
      return { file, row: null, lines: [] };
    }),
  );
  if (head.settings.saveTo === "leveled") {
    for (const { file, row } of songs) {
      if (file.folder && row?.output) rememberResult(file.folder, row.output);
    }
  }
  return songs;
}

/** Removes what interrupted writes of a batch left behind. */
export async function removeLeftovers(head: JournalHead): Promise<void> {
  for (const [root, folder] of head.roots.entries()) {
    const paths = head.songs.filter((song) => song.root === root).map(({ path }) => path);
    await removeLeftoversOf(folder, paths);
  }
  if (head.target) {
    await removeLeftoversAt(
      head.target,
      head.songs.map(({ path }) => path),
    );
  }
}

/** Whether a song's new bytes stand where they were about to be written. */
async function hasArrived(
  { settings, roots, target }: JournalHead,
  root: number,
  { row, fingerprint: written }: Extract<SongEntry, { state: "saving" }>,
): Promise<boolean> {
  const place = settings.saveTo === "folder" ? target : roots[root];
  if (!place || row.output === null) return false;
  const [path, name] = splitPath(row.output);
  try {
    const file = await (await (await folderAt(place, path)).getFileHandle(name)).getFile();
    return (await fingerprint(file)) === written;
  } catch {
    // It is not there, or cannot be read now; doing the song again will tell.
    return false;
  }
}

/** A song that is gone meanwhile stays in the list, so that its row can say so. */
async function findSong(folder: PickedFolder, path: string): Promise<PickedFile> {
  if (allowedPath(path) !== path) return hiddenSong(folder, path);
  const [inside, name] = splitPath(path);
  try {
    const parent = await folderAt(folder.handle, inside);
    return await fileFromHandle(await parent.getFileHandle(name), path, folder, parent);
  } catch (error) {
    return {
      ...{ path, name, size: 0, lastModified: 0, folder, parent: null, handle: null },
      open: () => Promise.reject(error instanceof Error ? error : new Error(String(error))),
    };
  }
}

/** A song out of a drop, which only another drop of its folder gives back. */
function hiddenSong(folder: PickedFolder, hiddenPath: string): PickedFile {
  const path = allowedPath(hiddenPath);
  return {
    ...{ path, hiddenPath, name: splitPath(path)[1], size: 0, lastModified: 0, folder },
    ...{ parent: null, handle: null },
    open: () => Promise.reject(new OpenFailed("name-hidden", hiddenPath)),
  };
}
