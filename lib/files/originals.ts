import { sameBytes } from "@/lib/storage/song-bytes";
import type { PickedFile } from "./picked-file";
import {
  exists,
  fileAt,
  folderAt,
  openFolder,
  overwriteSafely,
  WriteRefused,
  writeFileSafely,
} from "./safe-write";
import { isUnfinishedWrite, splitPath } from "./names";

/** Beside the songs of a picked folder: the originals of those that were replaced. */
export const ORIGINALS_FOLDER = "Originals";
/** Tells our folder from one of the person's own that happens to have that name. */
const ORIGINALS_MARK = "About these originals.txt";

const MARK_TEXT = `LevelUp replaced songs and kept their originals here.

Restore originals on its page puts them back. If you do not want them back, delete this folder.
`;

/** Null when there are none of ours. */
export async function originalsOf(
  root: FileSystemDirectoryHandle,
): Promise<FileSystemDirectoryHandle | null> {
  try {
    const folder = await root.getDirectoryHandle(ORIGINALS_FOLDER);
    return (await exists(folder, ORIGINALS_MARK)) ? folder : null;
  } catch {
    return null;
  }
}

/**
 * Keeps a song's bytes before they are replaced; false where some are kept already. Those stay:
 * they are the older, and so the true, original.
 */
export async function keepOriginal(song: PickedFile, bytes: File): Promise<boolean> {
  if (!song.folder) throw new WriteRefused("no-backup", "The song came without its folder.");
  const originals = await openOriginals(song.folder.handle);
  const [path, name] = splitPath(song.path);
  const folder = await openFolder(originals, path);
  if (await exists(folder, name)) return false;
  await writeFileSafely(folder, name, bytes);
  const kept = await (await folder.getFileHandle(name)).getFile();
  if (!(await sameBytes(kept, bytes))) {
    await folder.removeEntry(name);
    throw new WriteRefused("write-failed", "The backup of the original is not the original.");
  }
  return true;
}

/** Removes what was just kept of a song that was not replaced after all. */
export async function dropOriginal(song: PickedFile): Promise<void> {
  const originals = song.folder && (await originalsOf(song.folder.handle));
  const folder = originals && (await folderAt(originals, splitPath(song.path)[0]));
  await folder?.removeEntry(splitPath(song.path)[1]).catch(() => undefined);
}

/** The original of a song that was replaced; null when none was kept. */
export async function keptOriginal(song: PickedFile): Promise<File | null> {
  const originals = song.folder && (await originalsOf(song.folder.handle));
  return originals && fileAt(originals, song.path).catch(() => null);
}

/** Puts a song's original bytes back; false when none were kept. */
export async function restoreOriginal(song: PickedFile): Promise<boolean> {
  const originals = song.folder && (await originalsOf(song.folder.handle));
  if (!originals || !song.handle) return false;
  const [path, name] = splitPath(song.path);
  let folder: FileSystemDirectoryHandle;
  try {
    folder = await folderAt(originals, path);
    const kept = await (await folder.getFileHandle(name)).getFile();
    await overwriteSafely(song.handle, kept);
    if (!(await sameBytes(await song.handle.getFile(), kept))) {
      throw new WriteRefused("write-failed", "What was put back is not the original.");
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return false;
    throw error;
  }
  await folder.removeEntry(name);
  return true;
}

/** How many originals are kept in a picked folder. */
export async function countOriginals(root: FileSystemDirectoryHandle): Promise<number> {
  const originals = await originalsOf(root);
  return originals ? countFiles(originals) : 0;
}

async function countFiles(folder: FileSystemDirectoryHandle): Promise<number> {
  let count = 0;
  for await (const entry of folder.values()) {
    if (entry.kind === "directory") count += await countFiles(entry);
    else if (isOriginal(entry.name)) count++;
  }
  return count;
}

const isOriginal = (name: string): boolean => name !== ORIGINALS_MARK && !isUnfinishedWrite(name);

/** Removes the backups of a folder: the batch is accepted. */
export async function discardOriginals(root: FileSystemDirectoryHandle): Promise<void> {
  if (await originalsOf(root)) await root.removeEntry(ORIGINALS_FOLDER, { recursive: true });
}

/** Removes the folder once nothing is left in it. */
export async function removeEmptyOriginals(root: FileSystemDirectoryHandle): Promise<void> {
  const originals = await originalsOf(root);
  if (originals && !(await holdsFiles(originals))) await discardOriginals(root);
}

async function holdsFiles(folder: FileSystemDirectoryHandle): Promise<boolean> {
  for await (const entry of folder.values()) {
    if (entry.kind === "directory" ? await holdsFiles(entry) : entry.name !== ORIGINALS_MARK) {
      return true;
    }
  }
  return false;
}

async function openOriginals(root: FileSystemDirectoryHandle): Promise<FileSystemDirectoryHandle> {
  const ours = await originalsOf(root);
  if (ours) return ours;
  const folder = await openFolder(root, ORIGINALS_FOLDER);
  for await (const entry of folder.values()) {
    // Another song is just making the mark.
    if (isUnfinishedWrite(entry.name) || entry.name === ORIGINALS_MARK) continue;
    throw new WriteRefused(
      "no-backup",
      `There is a folder ${ORIGINALS_FOLDER} of your own already, with ${entry.name} in it.`,
    );
  }
  await writeFileSafely(folder, ORIGINALS_MARK, new Blob([MARK_TEXT]));
  return folder;
}
