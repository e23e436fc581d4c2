import { allowedPath } from "./hidden-names";
import type { LeftOut } from "./left-out";
import { MANIFEST_FOLDER } from "./manifest/manifest";
import { kindOfFolder, ORIGINALS_TEXT } from "./manifest/our-folder";
import { isUnfinishedWrite, PathClaims } from "./names";
import { fileFromFile, fileFromHandle, type PickedFile, type PickedFolder } from "./picked-file";

/** Folders and files of the system, in every folder that macOS or Windows touched. */
const isSystem = (name: string): boolean =>
  name === "__MACOSX" || name.startsWith("._") || name === ".DS_Store" || name === "Thumbs.db";

/** Left out without a word: our own record, unfinished writes, and what systems leave behind. */
export const isNoMatter = (name: string): boolean =>
  isUnfinishedWrite(name) || isSystem(name) || name === MANIFEST_FOLDER || name === ORIGINALS_TEXT;

export type OnLeftOut = (leftOut: LeftOut) => void;
/** Told of every file while a folder is walked. */
export type OnFound = () => void;

const unreadable = (path: string, error: unknown): LeftOut => ({
  ...{ path, reason: "unreadable", detail: String(error) },
});
/** Chromium gives a name that is no UTF-8 as an empty one. */
const nameless = (prefix: string): LeftOut => ({
  ...{ path: `${prefix}?`, reason: "name-unreadable", detail: null },
});

/**
 * Every file below a folder but those in folders of ours. A picked folder that is itself one of
 * results is walked, because it was picked; one of kept originals never is. `seen` gets every path
 * that the handle listed.
 */
export async function walkFolder(
  folder: PickedFolder,
  onLeftOut: OnLeftOut,
  seen = new Set<string>(),
  onFound: OnFound = () => undefined,
): Promise<PickedFile[]> {
  const files: PickedFile[] = [];
  const visit = async (directory: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
    try {
      const kind = await kindOfFolder(directory);
      if (kind === "Originals" || (kind && prefix !== "")) {
        const reason = kind === "Originals" ? "kept-originals" : "our-results";
        onLeftOut({ path: prefix || folder.name, reason, detail: null });
        return;
      }
      for await (const entry of directory.values()) {
        const path = prefix + entry.name;
        seen.add(path);
        if (entry.name === "") onLeftOut(nameless(prefix));
        else if (isNoMatter(entry.name)) continue;
        else if (entry.kind === "directory") await visit(entry, `${path}/`);
        else {
          try {
            files.push(await fileFromHandle(entry, path, folder, directory));
            onFound();
          } catch (error) {
            onLeftOut(unreadable(path, error));
          }
        }
      }
    } catch (error) {
      onLeftOut(unreadable(prefix || folder.name, error));
    }
  };
  await visit(folder.handle, "");
  return withoutMirrors(files, onLeftOut);
}

/**
 * Drag and drop's older way, for browsers without handles and for names that handles hide. Of a
 * folder, `isKnown` paths are passed over.
 */
export async function walkEntry(
  entry: FileSystemEntry,
  onLeftOut: OnLeftOut,
  isKnown: (path: string) => boolean = () => false,
): Promise<PickedFile[]> {
  const files: PickedFile[] = [];
  const visit = async (each: FileSystemEntry, path: string): Promise<void> => {
    try {
      if (each.isFile) {
        if (isKnown(path)) return;
        const open = () =>
          new Promise<File>((resolve, reject) =>
            (each as FileSystemFileEntry).file(resolve, reject),
          );
        files.push({ ...fileFromFile(await open(), path), open });
        return;
      }
      const children = await childrenOf(each as FileSystemDirectoryEntry);
      const names = children.map(({ name }) => name);
      const isKept = names.includes(ORIGINALS_TEXT);
      if (isKept || (path !== "" && names.includes(MANIFEST_FOLDER))) {
        const reason = isKept ? "kept-originals" : "our-results";
        if (!isKnown(path)) onLeftOut({ path: `${path}/`, reason, detail: null });
        return;
      }
      const prefix = path && `${path}/`;
      for (const child of children) {
        // An entry without a name would list its own parent.
        if (child.name !== "" && !isNoMatter(child.name)) await visit(child, prefix + child.name);
        else if (child.name === "" && !isKnown(prefix)) onLeftOut(nameless(prefix));
      }
    } catch (error) {
      if (!isKnown(path)) onLeftOut(unreadable(path || entry.name, error));
    }
  };
  // Paths are told from inside a dropped folder.
  await visit(entry, entry.isDirectory ? "" : entry.name);
  return withoutMirrors(files, onLeftOut);
}

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  // `readEntries` gives at most 100 entries a call in Chromium, none at the end.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return children;
    children.push(...batch);
  }
}

/**
 * Every file of a dropped folder: those that its handle lists, with the way to write them, and
 * those whose names it hides, as files to read under a name that can be written.
 */
export async function walkDropped(
  folder: PickedFolder,
  entry: FileSystemEntry | null,
  onLeftOut: OnLeftOut,
  onFound?: OnFound,
): Promise<PickedFile[]> {
  const seen = new Set<string>();
  const listed = await walkFolder(folder, onLeftOut, seen, onFound);
  if (!entry) return listed;
  const isSeen = (path: string) => path === "" || path.endsWith("/") || seen.has(path);
  const hidden = await walkEntry(entry, onLeftOut, isSeen);
  const claims = new PathClaims();
  for (const path of seen) await claims.claim(path, () => Promise.resolve(false));
  const renamed: PickedFile[] = [];
  for (const file of hidden) {
    const path = await claims.claim(allowedPath(file.path), () => Promise.resolve(false));
    const name = path.slice(path.lastIndexOf("/") + 1);
    renamed.push({ ...file, path, name, folder, hiddenPath: file.path });
  }
  return [...listed, ...renamed];
}

/**
 * 0.1.0 put no mark into `Leveled`. A folder of that name in which every song has one of the same
 * name beside the folder is taken for its results; one with any other song in it is the person's.
 */
function withoutMirrors(files: readonly PickedFile[], onLeftOut: OnLeftOut): PickedFile[] {
  const stems = new Set(files.map(({ path }) => stemOf(path)));
  const mirrors = new Map<string, boolean>();
  for (const { path } of files) {
    for (const { beside, inside, folder } of leveledFoldersOf(path)) {
      const mirrored = stems.has(stemOf(beside + inside)) || stems.has(unnumbered(beside + inside));
      mirrors.set(folder, mirrored && (mirrors.get(folder) ?? true));
    }
  }
  for (const [folder, isMirror] of mirrors) {
    if (isMirror) onLeftOut({ path: folder, reason: "like-our-results", detail: null });
  }
  return files.filter(({ path }) =>
    leveledFoldersOf(path).every(({ folder }) => !mirrors.get(folder)),
  );
}

/** Each `Leveled` that a path goes through. */
const leveledFoldersOf = (path: string) =>
  [...path.matchAll(/(?<=^|\/)Leveled\//g)].map(({ index }) => ({
    beside: path.slice(0, index),
    inside: path.slice(index + "Leveled/".length),
    folder: path.slice(0, index + "Leveled/".length),
  }));

const stemOf = (path: string): string => path.replace(/(?<=[^/])\.[^./]*$/, "").toLowerCase();
const unnumbered = (path: string): string => stemOf(path).replace(/ \(\d+\)$/, "");

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

/** The same for paths without handles: which lie in a folder of ours, by the mark's own files. */
export function leftOutOfPaths(files: readonly PickedFile[], onLeftOut: OnLeftOut): PickedFile[] {
  const ours = new Map<string, "our-results" | "kept-originals">();
  for (const { path } of files) {
    const at = path.indexOf(`${MANIFEST_FOLDER}/`);
    const folder = at > 0 && path[at - 1] === "/" ? path.slice(0, at) : null;
    if (folder && !ours.has(folder)) ours.set(folder, "our-results");
    if (path.endsWith(`/${ORIGINALS_TEXT}`)) {
      ours.set(path.slice(0, -ORIGINALS_TEXT.length), "kept-originals");
    }
  }
  for (const [path, reason] of ours) onLeftOut({ path, reason, detail: null });
  const others = files.filter(
    ({ path }) =>
      !path.split("/").some(isNoMatter) &&
      ![...ours.keys()].some((folder) => path.startsWith(folder)),
  );
  return withoutMirrors(others, onLeftOut);
}
