import { isUnfinishedWrite } from "./names";
import { ORIGINALS_FOLDER, originalsOf } from "./originals";
import { fileFromFile, fileFromHandle, type PickedFile, type PickedFolder } from "./picked-file";

/** Name of the folder that results go to; whatever lies in it is ours and no source. */
export const OUTPUT_FOLDER = "Leveled";

/** Folders and files of the system, in every folder that macOS or Windows touched. */
const isSystem = (name: string): boolean =>
  name === "__MACOSX" || name.startsWith("._") || name === ".DS_Store" || name === "Thumbs.db";

/** Left out: our own output, unfinished writes, and what systems leave in every folder. */
const isLeftOut = (path: string): boolean => {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return path === OUTPUT_FOLDER || isUnfinishedWrite(name) || isSystem(name);
};

/** Left out itself or lying in a folder that is. */
export function isLeftOutAnywhere(path: string): boolean {
  const parts = path.split("/");
  return parts.some((_, index) => isLeftOut(parts.slice(0, index + 1).join("/")));
}

/** A folder that cannot be listed: named to the person, the rest is walked all the same. */
export interface WalkProblem {
  readonly path: string;
  readonly error: string;
}

/** Every file below a folder, in natural order, our own output left out. */
export async function walkFolder(
  folder: PickedFolder,
  onProblem: (problem: WalkProblem) => void,
): Promise<PickedFile[]> {
  const files: PickedFile[] = [];
  const visit = async (directory: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
    try {
      for await (const entry of directory.values()) {
        const path = prefix + entry.name;
        if (isLeftOut(path)) continue;
        if (entry.kind === "directory") {
          if (path === ORIGINALS_FOLDER && (await originalsOf(folder.handle))) continue;
          await visit(entry, `${path}/`);
        } else {
          try {
            files.push(await fileFromHandle(entry, path, folder, directory));
          } catch (error) {
            onProblem({ path, error: String(error) });
          }
        }
      }
    } catch (error) {
      onProblem({ path: prefix || folder.name, error: String(error) });
    }
  };
  await visit(folder.handle, "");
  return files;
}

/** The older way in, for browsers without handles. */
export async function walkEntry(
  entry: FileSystemEntry,
  onProblem: (problem: WalkProblem) => void,
): Promise<PickedFile[]> {
  const files: PickedFile[] = [];
  const visit = async (each: FileSystemEntry, path: string): Promise<void> => {
    if (isLeftOut(path)) return;
    try {
      if (each.isFile) {
        const file = await new Promise<File>((resolve, reject) =>
          (each as FileSystemFileEntry).file(resolve, reject),
        );
        files.push(fileFromFile(file, path));
        return;
      }
      const reader = (each as FileSystemDirectoryEntry).createReader();
      // `readEntries` gives at most 100 entries a call in Chromium, none at the end.
      for (;;) {
        const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
          reader.readEntries(resolve, reject),
        );
        if (batch.length === 0) break;
        for (const child of batch) await visit(child, path ? `${path}/${child.name}` : child.name);
      }
    } catch (error) {
      onProblem({ path: path || entry.name, error: String(error) });
    }
  };
  // Paths are told from inside a dropped folder.
  await visit(entry, entry.isDirectory ? "" : entry.name);
  return files;
}

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Natural order, folder by folder: "2.mp3" before "10.mp3". */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  const [left, right] = [a.path.split("/"), b.path.split("/")];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = natural.compare(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  if (a.path === b.path) return 0;
  return left.length - right.length || (a.path < b.path ? -1 : 1);
}
