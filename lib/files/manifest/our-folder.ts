import { isUnfinishedWrite, PathClaims } from "../names";
import { folderAt, refusedFrom, WriteRefused, writeFileSafely } from "../safe-write";
import { kindOfManifestFile, Manifest, MANIFEST_FOLDER, type OurKind } from "./manifest";

/** What tells the person what the folder is. 0.1.0 left nothing else in it. */
export const ORIGINALS_TEXT = "About these originals.txt";

const ABOUT_ORIGINALS = `LevelUp replaced songs and kept their originals here.

Restore originals on its page puts them back. If you do not want them back, delete this folder.
`;

/** Where the person has folders of these names already, ours is the next: "Leveled 2". */
const MOST_NAMES = 9;
/** Asked for in any case: the person may have removed the folder that had the name before. */
const ALWAYS_LOOKED_FOR = 3;

const nameOf = (kind: OurKind, number: number): string =>
  number === 1 ? kind : `${kind} ${number}`;

/** A folder that we made and marked, beside the songs that it belongs to. */
export interface OurFolder {
  /** From the picked folder: "Originals", "Album/Leveled 2". */
  readonly path: string;
  /** The folder that it lies in: "" or "Album". */
  readonly beside: string;
  readonly handle: FileSystemDirectoryHandle;
  readonly manifest: Manifest;
  /** Names in it that are just being written. */
  readonly claims: PathClaims;
}

/** Whether a folder is one of ours, by the mark in it and never by its name. */
export async function kindOfFolder(folder: FileSystemDirectoryHandle): Promise<OurKind | null> {
  try {
    const manifests = await folder.getDirectoryHandle(MANIFEST_FOLDER);
    for await (const { name } of manifests.values()) {
      const kind = kindOfManifestFile(name);
      if (kind) return kind;
    }
  } catch {
    // It has none, or it is a file.
  }
  return (await holdsOriginalsText(folder)) ? "Originals" : null;
}

async function holdsOriginalsText(folder: FileSystemDirectoryHandle): Promise<boolean> {
  try {
    const text = await (await (await folder.getFileHandle(ORIGINALS_TEXT)).getFile()).text();
    // A power cut may have left it empty.
    return text === "" || text.startsWith("LevelUp ");
  } catch {
    return false;
  }
}

/** Our folder of a kind in the folder at `beside`, below a picked one. Null: there is none. */
export async function findOurFolder(
  root: FileSystemDirectoryHandle,
  beside: string,
  kind: OurKind,
): Promise<OurFolder | null> {
  try {
    const parent = await folderAt(root, beside);
    for (let number = 1; number <= MOST_NAMES; number++) {
      const name = nameOf(kind, number);
      const there = await folderOrOther(parent, name);
      if (there === null && number >= ALWAYS_LOOKED_FOR) return null;
      if (!there || there === "other" || (await kindOfFolder(there)) !== kind) continue;
      return ourFolder(root, beside, name, kind, there);
    }
  } catch {
    // It cannot be read, so nothing of ours can be found in it.
  }
  return null;
}

const opening = new WeakMap<FileSystemDirectoryHandle, Map<string, Promise<OurFolder>>>();

/**
 * The same, made where there is none. Songs that ask at the same time wait for one promise: made by
 * several at once, the first one's mark would look like a file of the person's to the second.
 * `isKnown` tells of a folder of 0.1.0, which has no mark, that it is ours all the same.
 */
export function openOurFolder(
  root: FileSystemDirectoryHandle,
  kind: OurKind,
  isKnown: (name: string) => boolean = () => false,
): Promise<OurFolder> {
  const pending = opening.get(root) ?? new Map<string, Promise<OurFolder>>();
  opening.set(root, pending);
  const opened =
    pending.get(kind) ?? findOrMake(root, kind, isKnown).finally(() => pending.delete(kind));
  pending.set(kind, opened);
  return opened;
}

async function findOrMake(
  root: FileSystemDirectoryHandle,
  kind: OurKind,
  isKnown: (name: string) => boolean,
): Promise<OurFolder> {
  try {
    const found = await findOurFolder(root, "", kind);
    if (found) return found;
    for (let number = 1; number <= MOST_NAMES; number++) {
      const name = nameOf(kind, number);
      const there = await folderOrOther(root, name);
      if (there === "other") continue;
      if (there && !isKnown(name) && !(await isFree(there))) {
        // Another process may have made it since we looked.
        if ((await kindOfFolder(there)) !== kind) continue;
        return ourFolder(root, "", name, kind, there);
      }
      const handle = await root.getDirectoryHandle(name, { create: true });
      const ours = ourFolder(root, "", name, kind, handle);
      await ours.manifest.begin();
      if (kind === "Originals") {
        await writeFileSafely(handle, ORIGINALS_TEXT, new Blob([ABOUT_ORIGINALS]));
      }
      return ours;
    }
  } catch (error) {
    throw refusedFrom(error);
  }
  throw new WriteRefused("write-failed", `There are ${MOST_NAMES} folders ${kind} of your own.`);
}

/** Nothing of the person's is in it: at most what a start that was cut off left behind. */
async function isFree(folder: FileSystemDirectoryHandle): Promise<boolean> {
  for await (const { name } of folder.values()) {
    if (!isUnfinishedWrite(name) && name !== MANIFEST_FOLDER) return false;
  }
  return true;
}

async function folderOrOther(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle | "other" | null> {
  try {
    return await parent.getDirectoryHandle(name);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === "NotFoundError") return null;
    if (error.name === "TypeMismatchError") return "other";
    throw error;
  }
}

/** One manifest a folder and page, so that it is read once and each of its files has one writer. */
const known = new WeakMap<
  FileSystemDirectoryHandle,
  Map<string, Pick<OurFolder, "manifest" | "claims">>
>();

function ourFolder(
  root: FileSystemDirectoryHandle,
  beside: string,
  name: string,
  kind: OurKind,
  handle: FileSystemDirectoryHandle,
): OurFolder {
  const path = beside === "" ? name : `${beside}/${name}`;
  const ofRoot = known.get(root) ?? new Map<string, Pick<OurFolder, "manifest" | "claims">>();
  known.set(root, ofRoot);
  const shared = ofRoot.get(path) ?? {
    manifest: new Manifest(root, path, kind),
    claims: new PathClaims(),
  };
  ofRoot.set(path, shared);
  return { path, beside, handle, ...shared };
}

/** Whether nothing but our own record is left in a folder of ours. */
export async function holdsNoSongs(folder: FileSystemDirectoryHandle): Promise<boolean> {
  for await (const entry of folder.values()) {
    if (entry.name === ORIGINALS_TEXT || entry.name === MANIFEST_FOLDER) continue;
    if (entry.kind === "file" || !(await holdsNoSongs(entry))) return false;
  }
  return true;
}
