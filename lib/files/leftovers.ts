import { splitPath, TEMPORARY_PREFIX } from "./names";
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
