import { batchLines } from "@/lib/batch/log";
import { OpenFailed } from "@/lib/batch/open-song";
import { failedRow } from "@/lib/batch/outcome-row";
import { type FileState, rowOf, type SongEntry, type SongRow } from "@/lib/batch/run-record";
import { newSong } from "@/lib/batch/song-table";
import { fingerprint } from "@/lib/files/checksum";
import { HashedFile } from "@/lib/files/hashed-file";
import { allowedPath } from "@/lib/files/hidden-names";
import { removeLeftoversAt, removeLeftoversOf } from "@/lib/files/leftovers";
import { splitPath } from "@/lib/files/names";
import { originOf } from "@/lib/files/originals";
import { fileFromHandle, type PickedFile, type PickedFolder } from "@/lib/files/picked-file";
import { fileAt, folderAt } from "@/lib/files/safe-write";
import { rememberResult } from "@/lib/files/sinks";
import { asTheBatch, type SongChoice } from "@/lib/song/choice";
import type { SongId } from "@/lib/song/song";
import { refusalText } from "@/lib/song/texts";
import type { JournalHead, JournalPlace } from "./schema";
import type { StoredBatch } from "./storage";

/** A song of a batch that was cut off, found again. */
export interface RecoveredSong {
  readonly file: PickedFile;
  readonly choice: SongChoice;
  /** Its row when nothing is left to do for it; null when it has to be done (again). */
  readonly row: SongRow | null;
  readonly lines: readonly string[];
}

/**
 * Finds the songs of a batch again, removes what interrupted writes left behind, and looks what
 * became of each: what the journal says is believed of a file only while the file is what it says.
 */
export async function recover({ head, entries }: StoredBatch): Promise<RecoveredSong[]> {
  await removeLeftovers(head);
  const found: { file: PickedFile; entry: SongEntry | undefined; state: SongState }[] = [];
  // One after another: each may be read as a whole.
  for (const [index, file] of (await findSongs(head, head.songs)).entries()) {
    const entry = entries.get(index);
    found.push({ file, entry, state: await stateOf(head, index, file, entry) });
  }
  const isNoted = ({ state, entry }: (typeof found)[number]) =>
    state === "done" && entry!.state === "ended";
  let ended = found.filter(isNoted).length;
  const songs = found.map((song, index): RecoveredSong => {
    const { file, entry, state } = song;
    const choice = head.songs[index]!.choice ?? asTheBatch;
    if (state === "to-do") return { file, choice, row: null, lines: [] };
    const { lines = [] } = entry ?? {};
    if (isNoted(song)) return { file, choice, row: entry!.row, lines };
    const row = state === "done" ? entry!.row : changedRow(file, entry?.row.worker ?? 1);
    const job = [row.worker ?? 1, index + 1, found.length] as const;
    const line =
      state === "done"
        ? batchLines.completed(...job, ++ended)
        : batchLines.failed(...job, refusalText["changed-since"].message);
    return { file, choice, row, lines: [...lines, line] };
  });
  if (head.settings.saveTo === "leveled") {
    for (const { file, row } of songs) {
      if (file.folder && row?.output) rememberResult(file.folder, row.output);
    }
  }
  return songs;
}

/** Songs as they are on disk now. */
function findSongs({ roots }: JournalHead, places: readonly JournalPlace[]): Promise<PickedFile[]> {
  const folders = roots.map((handle): PickedFolder => ({ handle, name: handle.name }));
  return Promise.all(places.map(({ root, path }) => findSong(folders[root]!, path)));
}

/** The songs that were left out of a batch. */
export const findExcluded = (head: JournalHead): Promise<PickedFile[]> =>
  findSongs(head, head.excluded ?? []);

/** Removes what interrupted writes of a batch left behind. */
export async function removeLeftovers(head: JournalHead): Promise<void> {
  for (const [root, folder] of head.roots.entries()) {
    const paths = head.songs.filter((song) => song.root === root).map(({ path }) => path);
    await removeLeftoversOf(folder, paths);
  }
  if (head.target) {
    await removeLeftoversAt(
      head.target,
      head.songs.map(({ path }) => path),
    );
  }
}

type SongState =
  /** What the entry says stands where it says. */
  | "done"
  | "to-do"
  /** To be replaced, and neither the song that was read nor what was to be put in its place. */
  | "changed";

async function stateOf(
  head: JournalHead,
  index: number,
  song: PickedFile,
  entry: SongEntry | undefined,
): Promise<SongState> {
  const source = entry?.source ?? head.songs[index]!.state;
  const now = await song.open().catch(() => null);
  const isSource = now !== null && source !== null && isSame(now, source);
  if (entry?.state === "ended" && !entry.written) {
    // Of 0.1.0's ends it is known where the result was, and no more.
    const { output } = entry.row;
    const place = output === null ? now : await resultAt(head, index, output);
    if (entry.written === null) return isSource ? "done" : "to-do";
    return place && place.size > 0 ? "done" : "to-do";
  }
  if (entry?.written && entry.row.output !== null) {
    const { size, fingerprint: hash } = entry.written;
    const there = await resultAt(head, index, entry.row.output);
    const mayBe = there !== null && (size ?? there.size) === there.size;
    if (mayBe && (await fingerprint(there)) === hash) return "done";
  }
  const takesItsPlace = head.settings.saveTo === "replace";
  const output = entry?.row.output ?? song.path;
  // A power cut leaves a file without bytes; what is gone or empty fails by itself.
  if (!takesItsPlace || output !== song.path || !now || now.size === 0) return "to-do";
  if (isSource || source === null) return "to-do";
  const { is } = await originOf(song, new HashedFile(now));
  // Its original was put back meanwhile. Without a copy, only what the batch began with is replaced.
  return is === "original" && head.settings.keepOriginals ? "to-do" : "changed";
}

const isSame = (file: File, { size, lastModified }: FileState): boolean =>
  file.size === size && file.lastModified === lastModified;

const changedRow = (file: PickedFile, worker: number): SongRow => ({
  ...rowOf(newSong(0 as SongId, file)),
  ...failedRow(worker, { reason: "changed-since", detail: "", format: null, measured: null }),
});

/** What stands where a song's result was, or was about to be written. */
async function resultAt(
  { settings, roots, songs, target }: JournalHead,
  index: number,
  output: string,
): Promise<File | null> {
  const place = settings.saveTo === "folder" ? target : roots[songs[index]!.root];
  // It is not there, or cannot be read now: doing the song again will tell.
  return place ? await fileAt(place, output).catch(() => null) : null;
}

/** A song that is gone meanwhile stays in the list, so that its row can say so. */
async function findSong(folder: PickedFolder, path: string): Promise<PickedFile> {
  const [inside, name] = splitPath(path);
  try {
    const parent = await folderAt(folder.handle, inside);
    return await fileFromHandle(await parent.getFileHandle(name), path, folder, parent);
  } catch (error) {
    // A name that a page's handles do not take.
    if (error instanceof TypeError) return hiddenSong(folder, path);
    return {
      ...{ path, name, size: 0, lastModified: 0, folder, parent: null, handle: null },
      open: () => Promise.reject(error instanceof Error ? error : new Error(String(error))),
    };
  }
}

/** A song out of a drop, which only another drop of its folder gives back. */
function hiddenSong(folder: PickedFolder, hiddenPath: string): PickedFile {
  const path = allowedPath(hiddenPath);
  return {
    ...{ path, hiddenPath, name: splitPath(path)[1], size: 0, lastModified: 0, folder },
    ...{ parent: null, handle: null },
    open: () => Promise.reject(new OpenFailed("name-hidden", hiddenPath)),
  };
}
