import { sameBytes } from "@/lib/storage/song-bytes";
import { HashedFile } from "./hashed-file";
import type { FilePrint, ManifestEntry } from "./manifest/entry";
import { MANIFEST_FOLDER } from "./manifest/manifest";
import {
  findOurFolder,
  holdsNoSongs,
  openOurFolder,
  ORIGINALS_TEXT,
  type OurFolder,
} from "./manifest/our-folder";
import { isUnfinishedWrite, splitPath } from "./names";
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

/** An original that was kept of a song. */
export interface KeptOriginal {
  readonly folder: OurFolder;
  /** The copy, inside the folder. */
  readonly path: string;
  /** The song, beside the folder. */
  readonly song: string;
  readonly source: FilePrint;
  readonly copy: File;
}

/**
 * Every folder of kept originals that may hold some of a song: beside the songs that were picked,
 * and in the folders on the way to it, which may have been picked on their own before.
 */
async function* originalsFoldersOf({ folder, path }: PickedFile) {
  if (!folder) return;
  const parts = path.split("/");
  for (let depth = 0; depth < parts.length; depth++) {
    const beside = parts.slice(0, depth).join("/");
    const originals = await findOurFolder(folder.handle, beside, "Originals");
    if (originals) yield { originals, song: parts.slice(depth).join("/") };
  }
}

/**
 * What is on record of a song as it is on disk now: that it is the original of a copy that is kept,
 * or what we wrote in its place. `kept` is null where no whole copy is left.
 */
export async function originOf(
  song: PickedFile,
  now: HashedFile,
): Promise<{ readonly kept: KeptOriginal | null; readonly isOurs: boolean }> {
  let isOurs = false;
  for await (const { originals, song: inside } of originalsFoldersOf(song)) {
    for (const { path, source, written } of (
      await originals.manifest.ofSong(inside)
    ).toReversed()) {
      const isWritten = await now.is(written);
      if (!isWritten && !(await now.is(source))) continue;
      isOurs ||= isWritten;
      const copy = await fileAt(originals.handle, path).catch(() => null);
      if (!copy || !(await new HashedFile(copy).is(source))) continue;
      return { kept: { folder: originals, path, song: inside, source, copy }, isOurs };
    }
  }
  return { kept: null, isOurs };
}

/** What is left of a song's earlier versions: those on record, and what 0.1.0 kept. */
async function* copiesOf(song: PickedFile) {
  for await (const { originals, song: inside } of originalsFoldersOf(song)) {
    const onRecord = await originals.manifest.ofSong(inside);
    const paths = new Set([...onRecord.map(({ path }) => path).toReversed(), inside]);
    for (const path of paths) {
      const file = await fileAt(originals.handle, path).catch(() => null);
      if (!file) continue;
      // A file of this path may be the copy of another song, numbered.
      const entries = await originals.manifest.of(path);
      if (entries.length > 0 && entries.every((entry) => entry.song !== inside)) continue;
      yield { originals, path, file, isOnRecord: entries.length > 0 };
    }
  }
}

/**
 * Keeps a song's bytes before they are replaced, under a number where another version of it is
 * kept already. `fresh` is false where these very bytes, or what they were made from, are kept.
 */
export async function keepOriginal(
  song: PickedFile,
  now: HashedFile,
): Promise<{ readonly kept: KeptOriginal; readonly fresh: boolean }> {
  if (!song.folder) throw new WriteRefused("no-backup", "The song came without its folder.");
  const known = (await originOf(song, now)).kept;
  if (known) return { kept: known, fresh: false };
  const root = song.folder.handle;
  const folder = await openOurFolder(root, "Originals");
  const source = await now.print();
  const kept = (path: string, copy: File) => ({ folder, path, song: song.path, source, copy });
  const there = await fileAt(folder.handle, song.path).catch(() => null);
  if (there && (await sameBytes(there, now.file))) {
    return { kept: kept(song.path, there), fresh: false };
  }
  const placeOf = async (path: string) => {
    const [inside, name] = splitPath(path);
    return [await openFolder(root, `${folder.path}/${inside}`), name] as const;
  };
  const path = await folder.claims.claim(song.path, async (each) =>
    exists(...(await placeOf(each))),
  );
  try {
    const [place, name] = await placeOf(path);
    await writeFileSafely(place, name, now.file);
    const copy = await fileAt(folder.handle, path);
    if (await sameBytes(copy, now.file)) return { kept: kept(path, copy), fresh: true };
    await place.removeEntry(name);
    throw new WriteRefused("write-failed", "The backup of the original is not the original.");
  } finally {
    folder.claims.release(path);
  }
}

/** What goes on record before something is put in a song's place. */
export const recordOf = (
  { path, song, source }: KeptOriginal,
  written: FilePrint,
): ManifestEntry => ({ path, song, source, written, at: new Date().toISOString() });

/** A song's own copy, for comparing: of what stands there now, or else the last one. */
export async function keptOriginal(song: PickedFile): Promise<File | null> {
  const now = await song.open().catch(() => null);
  const kept = now && (await originOf(song, new HashedFile(now))).kept;
  if (kept) return kept.copy;
  for await (const { file } of copiesOf(song)) return file;
  return null;
}

/** Why it is not certain that a song's original should be put back. */
export type RestoreDoubt =
  /** The file is not what we wrote: it was edited since, or is another song. */
  | "something-else"
  /** The original was kept by 0.1.0, which did not note what it wrote. */
  | "not-on-record"
  /** There is no file under the song's name any more. */
  | "gone";

export interface RestoreQuestion {
  readonly song: PickedFile;
  readonly doubt: RestoreDoubt;
  readonly original: File;
}

export type RestoreOutcome = "no-original" | "restored" | RestoreDoubt;

/**
 * Puts a song's original back where the file on disk is what we wrote; else only if `decide` says
 * so, and what is there then is lost. The copy stays until `dropKept`: what was put back is on the
 * disk only some time later.
 */
export async function restoreOriginal(
  song: PickedFile,
  decide: (question: RestoreQuestion) => Promise<boolean>,
): Promise<RestoreOutcome> {
  const now = await openIfThere(song);
  const kept = now && (await originOf(song, new HashedFile(now))).kept;
  if (kept) {
    await putBack(song, kept.copy);
    return "restored";
  }
  for await (const { file, isOnRecord } of copiesOf(song)) {
    // 0.1.0's copy, which was put back and not removed yet.
    if (now && (await sameBytes(now, file))) return "restored";
    const doubt = !now ? "gone" : isOnRecord ? "something-else" : "not-on-record";
    if (!(await decide({ song, doubt, original: file }))) return doubt;
    await putBack(song, file);
    return "restored";
  }
  return "no-original";
}

/** Puts bytes in a song's place, if they are not there already. Throws if others arrive. */
export async function putBack(song: PickedFile, original: File): Promise<void> {
  const now = await openIfThere(song);
  if (now && (await sameBytes(now, original))) return;
  // Through its own handle, so that the file keeps its mode.
  if (now && song.handle) await overwriteSafely(song.handle, original);
  else if (song.parent) await writeFileSafely(song.parent, song.name, original);
  else throw new WriteRefused("no-backup", "The song came without its folder.");
  if (await sameBytes(await song.open(), original)) return;
  throw new WriteRefused("write-failed", "What was put back is not the original.");
}

async function openIfThere(song: PickedFile): Promise<File | null> {
  try {
    return await song.open();
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return null;
    throw error;
  }
}

/** Removes the copies that a song on disk is equal to, byte for byte, and no others. */
export async function dropKept(song: PickedFile): Promise<void> {
  const now = await openIfThere(song);
  if (!now) return;
  for await (const { originals, path, file } of copiesOf(song)) {
    if (await sameBytes(now, file)) await removeAt(originals.handle, path);
  }
}

async function removeAt(root: FileSystemDirectoryHandle, path: string): Promise<void> {
  const [inside, name] = splitPath(path);
  await (await folderAt(root, inside)).removeEntry(name);
}

/** Null when there are none of ours. */
export async function originalsOf(
  root: FileSystemDirectoryHandle,
): Promise<FileSystemDirectoryHandle | null> {
  return (await findOurFolder(root, "", "Originals"))?.handle ?? null;
}

/** How many originals are kept in a picked folder. */
export async function countOriginals(root: FileSystemDirectoryHandle): Promise<number> {
  const originals = await originalsOf(root);
  return originals ? (await filesBelow(originals)).length : 0;
}

/** Every file but our own record and what was cut off. */
async function filesBelow(folder: FileSystemDirectoryHandle, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of folder.values()) {
    const { name } = entry;
    if (name === ORIGINALS_TEXT || name === MANIFEST_FOLDER || isUnfinishedWrite(name)) continue;
    if (entry.kind === "file") paths.push(prefix + name);
    else paths.push(...(await filesBelow(entry, `${prefix}${name}/`)));
  }
  return paths;
}

/**
 * Removes the copies of a picked folder: the batch is accepted. A file that is not what was kept is
 * the person's and stays; only in a folder of 0.1.0, which noted nothing, everything is a copy.
 */
export async function discardOriginals(root: FileSystemDirectoryHandle): Promise<void> {
  const originals = await findOurFolder(root, "", "Originals");
  if (!originals) return;
  const { handle, manifest, path } = originals;
  await manifest.refresh();
  if ((await manifest.paths()).length === 0) return root.removeEntry(path, { recursive: true });
  for (const each of await filesBelow(handle)) {
    const known = await manifest.of(each);
    if (known.length === 0) continue;
    const file = new HashedFile(await fileAt(handle, each));
    const areCopy = await Promise.all(known.map(({ source }) => file.is(source)));
    if (areCopy.includes(true)) await removeAt(handle, each);
  }
  await removeIfEmpty(root, originals);
}

/** Removes the folders that originals of a song were kept in, once nothing is left in them. */
export async function removeEmptyOriginals(song: PickedFile): Promise<void> {
  for await (const { originals } of originalsFoldersOf(song)) {
    await removeIfEmpty(song.folder!.handle, originals);
  }
}

async function removeIfEmpty(
  root: FileSystemDirectoryHandle,
  { handle, beside, path }: OurFolder,
): Promise<void> {
  if (!(await holdsNoSongs(handle))) return;
  const parent = await folderAt(root, beside);
  await parent.removeEntry(splitPath(path)[1], { recursive: true });
}
