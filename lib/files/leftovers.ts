import { MANIFEST_FOLDER, ourKinds } from "./manifest/manifest";
import { findOurFolder } from "./manifest/our-folder";
import { isUnfinishedWrite, splitPath, TEMPORARY_PREFIX } from "./names";
import { folderAt } from "./safe-write";

/**
 * Removes what a write that was cut off left in a folder: our temporary files, and the browser's
 * own (`.crswap`) of files that were being written. Others' files of that ending stay.
 */
async function removeFrom(
  folder: FileSystemDirectoryHandle,
  beingWritten: ReadonlySet<string>,
): Promise<void> {
  const names: string[] = [];
  for await (const entry of folder.values()) {
    if (entry.kind !== "file") continue;
    const target = entry.name.replace(/(\.\d+)?\.crswap$/, "");
    const ours = entry.name.startsWith(TEMPORARY_PREFIX);
    if (ours || (target !== entry.name && beingWritten.has(target))) names.push(entry.name);
  }
  for (const name of names) await folder.removeEntry(name).catch(() => undefined);
}

/** The same in every folder that the paths lie in. Folders that are gone have no leftovers. */
export async function removeLeftoversAt(
  root: FileSystemDirectoryHandle,
  paths: readonly string[],
): Promise<void> {
  const byFolder = new Map<string, Set<string>>();
  for (const [path, name] of paths.map(splitPath)) {
    byFolder.set(path, (byFolder.get(path) ?? new Set()).add(name));
  }
  for (const [path, names] of byFolder) {
    let folder: FileSystemDirectoryHandle;
    try {
      folder = await folderAt(root, path);
    } catch {
      continue;
    }
    await removeFrom(folder, names);
  }
}

/** The same for the songs of a picked folder, what we made of them and what we kept. */
export async function removeLeftoversOf(
  root: FileSystemDirectoryHandle,
  songs: readonly string[],
): Promise<void> {
  await removeLeftoversAt(root, songs);
  // Kept originals and their record may lie in any folder on the way to a song.
  for (const beside of new Set(songs.flatMap(foldersOnTheWay))) {
    const prefix = beside && `${beside}/`;
    const inside = songs
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length));
    for (const kind of ourKinds) {
      const folder = await findOurFolder(root, beside, kind);
      // 0.1.0 put no mark into `Leveled`; what is removed there is ours by its name.
      const place = folder?.path ?? prefix + kind;
      await removeLeftoversAt(
        root,
        [...inside, "mark"].map((path) => `${place}/${path}`),
      );
      if (!folder) continue;
      const manifests = await folder.handle.getDirectoryHandle(MANIFEST_FOLDER).catch(() => null);
      if (manifests) await removeSwaps(manifests);
    }
  }
}

/** "a/b.mp3" → ["", "a"] */
const foldersOnTheWay = (path: string): string[] =>
  path.split("/").map((_, depth, parts) => parts.slice(0, depth).join("/"));

/** In a folder that nobody but we write to, every such file is ours. */
async function removeSwaps(folder: FileSystemDirectoryHandle): Promise<void> {
  const names: string[] = [];
  for await (const { name } of folder.values()) if (isUnfinishedWrite(name)) names.push(name);
  for (const name of names) await folder.removeEntry(name).catch(() => undefined);
}
