import { fileFromHandle } from "@/lib/files/picked-file";
import type { PickedFile, PickedFolder } from "@/lib/files/picked-file";
import { sha256 } from "@/lib/files/checksum";
import { removeLeftoversAt } from "@/lib/files/leftovers";
import { splitPath } from "@/lib/files/names";
import { ORIGINALS_FOLDER } from "@/lib/files/originals";
import { OUTPUT_FOLDER } from "@/lib/files/walk";
import type { JournalEntry, JournalHead, JournalRow, UnfinishedBatch } from "./journal";

/** A song of a batch that was cut off, found again. */
export interface RecoveredSong {
  readonly file: PickedFile;
  /** Its row when it is done; null when it has to be done (again). */
  readonly row: JournalRow | null;
  readonly lines: readonly string[];
}

/**
 * Finds the songs of a batch again, removes what interrupted writes left behind, and decides which
 * songs are done: those that ended, and those whose new bytes had arrived when the batch was cut
 * off.
 */
export async function recover({ head, entries }: UnfinishedBatch): Promise<RecoveredSong[]> {
  const folders = head.roots.map((handle): PickedFolder => ({ handle, name: handle.name }));
  await Promise.all(folders.map((folder, root) => removeLeftovers(head, folder, root)));
  if (head.target) {
    await removeLeftoversAt(
      head.target,
      head.songs.map(({ path }) => path),
    );
  }
  return Promise.all(
    head.songs.map(async ({ root, path }, index): Promise<RecoveredSong> => {
      const file = await findSong(folders[root]!, path);
      const entry = entries.get(index);
      if (entry?.state === "ended") return { file, row: entry.row, lines: entry.lines };
      if (entry?.state === "saving" && (await hasArrived(head, file, entry))) {
        const row = { ...entry.row, status: "leveled" as const, output: path };
        return { file, row, lines: [] };
      }
      return { file, row: null, lines: [] };
    }),
  );
}

async function removeLeftovers(head: JournalHead, folder: PickedFolder, root: number) {
  const paths = head.songs.filter((song) => song.root === root).map(({ path }) => path);
  const places = [
    ...paths,
    ...paths.map((path) => `${OUTPUT_FOLDER}/${path}`),
    ...paths.map((path) => `${ORIGINALS_FOLDER}/${path}`),
    `${ORIGINALS_FOLDER}/mark`,
  ];
  await removeLeftoversAt(folder.handle, places);
}

/** Only a song that was replaced must not be done twice: leveled anew from its source it is right. */
async function hasArrived(
  { settings }: JournalHead,
  file: PickedFile,
  entry: Extract<JournalEntry, { state: "saving" }>,
): Promise<boolean> {
  if (settings.saveTo !== "replace") return false;
  try {
    return (await sha256(await file.open())) === entry.sha256;
  } catch {
    // It cannot be read now; the batch will say so in its row.
    return false;
  }
}

/** A song that is gone meanwhile stays in the list, so that its row can say so. */
async function findSong(folder: PickedFolder, path: string): Promise<PickedFile> {
  const [inside, name] = splitPath(path);
  try {
    let parent = folder.handle;
    for (const part of inside.split("/").filter((each) => each !== "")) {
      parent = await parent.getDirectoryHandle(part);
    }
    return await fileFromHandle(await parent.getFileHandle(name), path, folder, parent);
  } catch (error) {
    return {
      ...{ path, name, size: 0, lastModified: 0, folder, parent: null, handle: null },
      open: () => Promise.reject(error instanceof Error ? error : new Error(String(error))),
    };
  }
}
