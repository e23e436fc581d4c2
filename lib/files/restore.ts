import { sameBytes } from "@/lib/storage/song-bytes";
import { HashedFile } from "./hashed-file";
import type { FilePrint, ManifestEntry } from "./manifest/entry";
import { holdsNoSongs, type OurFolder } from "./manifest/our-folder";
import { splitPath } from "./names";
import {
  copiesOf,
  filesBelow,
  type OriginalsFolder,
  originalsFoldersOf,
  originOf,
} from "./originals";
import type { PickedFile } from "./picked-file";
import {
  fileAt,
  folderAt,
  overwriteSafely,
  refusedFrom,
  WriteRefused,
  writeFileSafely,
} from "./safe-write";

/** Milliseconds from the record of a swap, which comes before its wait, to its end, with room. */
const LONGEST_SWAP = 120_000;

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
  /** What would be lost; null where nothing is there. */
  readonly onDisk: File | null;
}

/** `WriteRefused`: why it could not be put back; it stays where it was kept. */
export type RestoreOutcome = "no-original" | "restored" | RestoreDoubt | WriteRefused;

/**
 * Puts a song's original back where the file on disk is what we wrote; asks everywhere else. The
 * copy stays.
 */
async function restoreOriginal(
  song: PickedFile,
): Promise<"no-original" | "restored" | RestoreQuestion> {
  const now = await openIfThere(song);
  const origin = now && (await originOf(song, new HashedFile(now)));
  if (origin?.kept && origin.is !== "retagged") {
    await putBack(song, origin.kept.copy);
    return "restored";
  }
  for await (const { file, isOnRecord } of copiesOf(song)) {
    // 0.1.0's copy, which was put back and not removed yet.
    if (now && (await sameBytes(now, file))) return "restored";
    if (now?.size === 0) {
      // A power cut left nothing of what was put there, so nothing is lost.
      await putBack(song, file);
      return "restored";
    }
    const doubt = !now ? "gone" : isOnRecord ? "something-else" : "not-on-record";
    return { song, doubt, original: file, onDisk: now };
  }
  return "no-original";
}

/** What was there is lost, so it has to be the file that was asked about. */
async function restoreAnyway({ song, doubt, original, onDisk }: RestoreQuestion) {
  const now = await openIfThere(song);
  const isSame = now?.size === onDisk?.size && now?.lastModified === onDisk?.lastModified;
  if (!isSame) return doubt;
  await putBack(song, original);
  return "restored";
}

/**
 * Puts back the originals of songs, one after another; then those of the doubtful ones that
 * `decide` gives. Gives the songs that have theirs back. Their copies stay until `dropRestored`:
 * what was put back is on the disk only some time later.
 */
export async function restoreOriginals(
  songs: readonly PickedFile[],
  decide: (questions: readonly RestoreQuestion[]) => Promise<readonly RestoreQuestion[]>,
  onOutcome: (song: PickedFile, outcome: RestoreOutcome) => void,
): Promise<PickedFile[]> {
  const restored: PickedFile[] = [];
  const ended = (song: PickedFile, outcome: RestoreOutcome) => {
    if (outcome === "restored") restored.push(song);
    onOutcome(song, outcome);
  };
  const questions: RestoreQuestion[] = [];
  for (const song of songs) {
    const found = await restoreOriginal(song).catch(refusedFrom);
    if (typeof found === "string" || found instanceof WriteRefused) ended(song, found);
    else questions.push(found);
  }
  const chosen = questions.length > 0 ? await decide(questions) : [];
  for (const question of questions) {
    const { song, doubt } = question;
    const isChosen = chosen.includes(question);
    ended(song, isChosen ? await restoreAnyway(question).catch(refusedFrom) : doubt);
  }
  return restored;
}

/** Removes the copies of songs that were put back. The signal ends it between two of them. */
export async function dropRestored(
  songs: readonly PickedFile[],
  signal: AbortSignal,
): Promise<void> {
  for (const song of songs) {
    signal.throwIfAborted();
    await dropKept(song);
    await removeEmptyOriginals(song);
  }
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

/**
 * Removes the copies that a song on disk is equal to, byte for byte, and no others. They stay while
 * another folder's record takes these bytes for something of ours and would put others in their
 * place, and while somebody is about to replace the song and relies on them. `given`: what we were
 * about to put there ourselves and will not.
 */
export async function dropKept(song: PickedFile, given?: FilePrint): Promise<void> {
  const file = await openIfThere(song);
  if (!file) return;
  const now = new HashedFile(file);
  for await (const { originals, song: inside } of originalsFoldersOf(song)) {
    // Another profile may have begun since; no lock reaches it, but its record does.
    await originals.manifest.refresh();
    const entries = await originals.manifest.ofSong(inside);
    if (entries.some((each, index) => isInFlight(each, entries.slice(index + 1), given))) return;
    for (const { path, source, written } of entries) {
      if (source.sha256 === written.sha256 || !(await now.is(written))) continue;
      if (await fileAt(originals.handle, path).catch(() => null)) return;
    }
  }
  for await (const { originals, path, file: copy } of copiesOf(song)) {
    if (await sameBytes(file, copy)) await removeAt(originals.handle, path);
  }
}

/**
 * Whether what an entry speaks of may be about to be swapped in: it is not known to have arrived,
 * nothing later has, and it is not too old.
 */
function isInFlight(
  { written, at }: ManifestEntry,
  later: readonly ManifestEntry[],
  given: FilePrint | undefined,
): boolean {
  if (written.lastModified !== null || written.sha256 === given?.sha256) return false;
  if (later.some((each) => each.written.lastModified !== null)) return false;
  return Date.now() - Date.parse(at) < LONGEST_SWAP;
}

async function removeAt(root: FileSystemDirectoryHandle, path: string): Promise<void> {
  const [inside, name] = splitPath(path);
  await (await folderAt(root, inside)).removeEntry(name);
}

/**
 * Removes the copies of a folder: the batch is accepted. A file that is not what was kept is
 * the person's and stays; only in a folder of 0.1.0, which noted nothing, everything is a copy.
 */
export async function discardOriginals({ root, originals }: OriginalsFolder): Promise<void> {
  const { handle, manifest, beside, path } = originals;
  await manifest.refresh();
  if ((await manifest.paths()).length === 0) {
    const parent = await folderAt(root, beside);
    return parent.removeEntry(splitPath(path)[1], { recursive: true });
  }
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
