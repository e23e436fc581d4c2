import { looksLikeSong, SNIFF_BYTES } from "@/lib/formats/sniff";
import { mayLieBeside } from "./beside/kinds";
import { isNamedLikeSong } from "./kinds";
import type { LeftOut } from "./left-out";
import { fileFromFile, fileFromHandle, type PickedFile, type PickedFolder } from "./picked-file";
import type { Picked } from "./pickers";
import {
  byPath,
  leftOutOfPaths,
  type OnFound,
  type OnLeftOut,
  walkDropped,
  walkEntry,
  walkFolder,
} from "./walk";

/** What came in at once: songs to add, and what was left out and why. */
export interface Intake {
  readonly songs: readonly PickedFile[];
  /** Files of folders that may go along with songs beside them: covers, cue sheets and the like. */
  readonly beside: readonly PickedFile[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Takes what was dropped. Must be called synchronously in the drop event: the browser forgets the
 * items as soon as the event is over.
 */
export function takeDrop(transfer: DataTransfer, onFound: OnFound): Promise<Intake> {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const taken = items.map((item) => ({
    handle: item.getAsFileSystemHandle?.() ?? null,
    entry: item.webkitGetAsEntry?.() ?? null,
    file: item.getAsFile(),
  }));
  return gather(async (onLeftOut) => {
    const found: Found = { inFolders: [], loose: [] };
    for (const { handle, entry, file } of taken) {
      const resolved = await handle?.catch(() => null);
      if (resolved?.kind === "directory") {
        const folder = { handle: resolved as FileSystemDirectoryHandle, name: resolved.name };
        found.inFolders.push(...(await walkDropped(folder, entry, onLeftOut, onFound)));
      } else if (resolved) {
        found.loose.push(...(await filesOf([resolved as FileSystemFileHandle], onLeftOut)));
      } else if (entry) {
        const place = entry.isDirectory ? found.inFolders : found.loose;
        place.push(...(await walkEntry(entry, onLeftOut)));
      } else if (file) {
        found.loose.push(fileFromFile(file, file.name));
      }
    }
    return found;
  });
}

export const takeFolder = (folder: PickedFolder, onFound?: OnFound): Promise<Intake> =>
  gather(async (onLeftOut) => ({
    inFolders: await walkFolder(folder, onLeftOut, new Set(), onFound),
    loose: [],
  }));

export const takeHandles = (handles: readonly FileSystemFileHandle[]): Promise<Intake> =>
  gather(async (onLeftOut) => ({ inFolders: [], loose: await filesOf(handles, onLeftOut) }));

async function filesOf(handles: readonly FileSystemFileHandle[], onLeftOut: OnLeftOut) {
  const files: PickedFile[] = [];
  for (const each of handles) {
    try {
      files.push(await fileFromHandle(each, each.name, null, null));
    } catch (error) {
      onLeftOut({ path: each.name, reason: "unreadable", detail: String(error) });
    }
  }
  return files;
}

/** Null when nothing was picked. */
export function intakeOf(picked: Picked, onFound: OnFound): Promise<Intake> | null {
  switch (picked.kind) {
    case "folder":
      return takeFolder({ handle: picked.handle, name: picked.handle.name }, onFound);
    case "handles":
      return takeHandles(picked.handles);
    case "files":
      return takeFiles(picked.files);
    case "nothing":
      return null;
  }
}

/** Files of an `<input>`; with `webkitdirectory` each knows its path. */
export const takeFiles = (files: readonly File[]): Promise<Intake> =>
  gather((onLeftOut) => {
    const paths = files.map((file) =>
      fileFromFile(file, withoutRoot(file.webkitRelativePath) || file.name),
    );
    const taken = leftOutOfPaths(paths, onLeftOut);
    const isFolder = files.some((file) => file.webkitRelativePath);
    return Promise.resolve(
      isFolder ? { inFolders: taken, loose: [] } : { inFolders: [], loose: taken },
    );
  });

/** `webkitRelativePath` begins with the picked folder's own name. */
const withoutRoot = (path: string): string => path.slice(path.indexOf("/") + 1);

/** Only what lies in a folder lies beside something. */
interface Found {
  readonly inFolders: PickedFile[];
  readonly loose: PickedFile[];
}

async function gather(find: (onLeftOut: OnLeftOut) => Promise<Found>): Promise<Intake> {
  const leftOut: LeftOut[] = [];
  const { inFolders, loose } = await find((each) => leftOut.push(each));
  const found = [...inFolders, ...loose].toSorted(byPath);
  const verdicts = await Promise.all(found.map(isSong));
  const others = new Set(found.filter((_, index) => !verdicts[index]));
  for (const { path, hiddenPath } of others) {
    leftOut.push({ path: hiddenPath ?? path, reason: "not-audio", detail: null });
  }
  return {
    songs: found.filter((file) => !others.has(file)),
    beside: inFolders.filter((file) => others.has(file) && mayLieBeside(file.name)),
    leftOut,
  };
}

/** By name, or else by content: a song without an extension is one, a picture is none. */
async function isSong(file: PickedFile): Promise<boolean> {
  if (isNamedLikeSong(file.name)) return true;
  try {
    const head = (await file.open()).slice(0, SNIFF_BYTES);
    return looksLikeSong(new Uint8Array(await head.arrayBuffer()));
  } catch {
    // It cannot be read and is not named like a song: it is listed with the rest that is none.
    return false;
  }
}

/**
 * Leaves out what is there already, also when a folder and a folder inside it were both added, or a
 * folder and a file of it. Files without handles are the same when path, size and date agree.
 */
export async function withoutDuplicates(
  incoming: readonly PickedFile[],
  present: readonly PickedFile[],
): Promise<PickedFile[]> {
  const files = [...present, ...incoming];
  const folders = [...new Set(files.flatMap((file) => file.folder ?? []))];
  const places = await placesOf(folders);
  const keys = new Map<PickedFile, string>();
  for (const file of files) keys.set(file, await keyOf(file, folders, places));
  const known = new Set(present.map((file) => keys.get(file)));
  return incoming.filter((file) => {
    const key = keys.get(file);
    const fresh = !known.has(key);
    known.add(key);
    return fresh;
  });
}

async function keyOf(
  file: PickedFile,
  folders: readonly PickedFolder[],
  places: ReadonlyMap<PickedFolder, string>,
): Promise<string> {
  if (file.folder) return places.get(file.folder)! + file.path;
  if (file.handle) {
    // A file that came alone may lie in a folder that was added too.
    for (const folder of folders) {
      const path = await folder.handle.resolve(file.handle);
      if (path !== null) return places.get(folder)! + path.join("/");
    }
  }
  return `loose ${file.path}\n${file.size} ${file.lastModified}`;
}

/** For each folder a prefix that is the same for the same place on disk. */
async function placesOf(
  folders: readonly PickedFolder[],
): Promise<ReadonlyMap<PickedFolder, string>> {
  const places = new Map<PickedFolder, string>();
  for (const folder of folders) {
    // The outermost of the folders that contain this one, itself included, names the place.
    let place: { depth: number; prefix: string } = { depth: -1, prefix: "" };
    for (const [index, root] of folders.entries()) {
      const path = await root.handle.resolve(folder.handle);
      if (path !== null && path.length > place.depth) {
        place = {
          depth: path.length,
          prefix: `${index} ${path.map((each) => `${each}/`).join("")}`,
        };
      }
    }
    places.set(folder, place.prefix);
  }
  return places;
}
