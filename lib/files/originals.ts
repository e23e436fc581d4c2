import { sameBytes } from "@/lib/storage/song-bytes";
import { retaggedOriginal } from "./audio/retagged";
import { HashedFile } from "./hashed-file";
import type { FilePrint, ManifestEntry } from "./manifest/entry";
import { MANIFEST_FOLDER } from "./manifest/manifest";
import {
  findOurFolder,
  openOurFolder,
  ORIGINALS_TEXT,
  type OurFolder,
} from "./manifest/our-folder";
import { isUnfinishedWrite, splitPath } from "./names";
import type { PickedFile } from "./picked-file";
import { exists, fileAt, openFolder, WriteRefused, writeFileSafely } from "./safe-write";

/** An original that was kept of a song. */
export interface KeptOriginal {
  readonly folder: OurFolder;
  /** The copy, inside the folder. */
  readonly path: string;
  /** The song, beside the folder. */
  readonly song: string;
  readonly source: FilePrint;
  readonly copy: File;
  /** The song's tags are not the copy's any more: the person has edited them since. */
  readonly retagged: boolean;
}

/**
 * Every folder of kept originals that may hold some of a song: beside the songs that were picked,
 * and in the folders on the way to it, which may have been picked on their own before.
 */
export async function* originalsFoldersOf({ folder, path }: PickedFile) {
  if (!folder) return;
  const parts = path.split("/");
  for (let depth = 0; depth < parts.length; depth++) {
    const beside = parts.slice(0, depth).join("/");
    const originals = await findOurFolder(folder.handle, beside, "Originals");
    if (originals) yield { originals, song: parts.slice(depth).join("/") };
  }
}

/** What is on record of bytes in a song's place. */
interface Origin {
  /**
   * `ours`: what we wrote there. `retagged`: the same but for its tags, and its original is kept.
   * `original`: what something was made from first. `changed`: none of these, though something was
   * written there. `unknown`: nothing is on record of that place.
   */
  readonly is: "ours" | "retagged" | "original" | "changed" | "unknown";
  /** The original, or the copy of what it was made from; null where no whole one is left. */
  readonly kept: KeptOriginal | null;
  /** What a song that `is` ours or retagged can be made from again; null where nothing is left. */
  readonly madeFrom: File | null;
}

/** What is on record of a song as it is on disk now. */
export async function originOf(song: PickedFile, now: HashedFile): Promise<Origin> {
  const { is, ...recorded } = await recordedOrigin(song, now);
  const seen = new Set<string>();
  let { kept } = recorded;
  // What was kept may be of our making: in a folder that was picked without the one around it,
  // where the true original is kept.
  while ((is === "ours" || is === "retagged") && kept && !seen.has(kept.source.sha256)) {
    seen.add(kept.source.sha256);
    const earlier = (await recordedOrigin(song, new HashedFile(kept.copy))).kept;
    if (earlier) kept = { ...earlier, retagged: kept.retagged || earlier.retagged };
  }
  if (!kept?.retagged) return { is, kept, madeFrom: kept?.copy ?? null };
  const madeFrom = await retaggedOriginal(kept.copy, now.file);
  // Its tags do not fit around the original's sound: it can only be made from itself.
  if (!madeFrom && is === "retagged") return { is: "changed", kept: null, madeFrom };
  return { is, kept, madeFrom };
}

async function recordedOrigin(
  song: PickedFile,
  now: HashedFile,
): Promise<Omit<Origin, "madeFrom">> {
  const onRecord: { readonly folder: OurFolder; readonly entry: ManifestEntry }[] = [];
  for await (const { originals: folder, song: inside } of originalsFoldersOf(song)) {
    for (const entry of await folder.manifest.ofSong(inside)) onRecord.push({ folder, entry });
  }
  const found: ((typeof onRecord)[number] & { readonly as: "ours" | "retagged" | "original" })[] =
    [];
  for (const each of onRecord) {
    // An original that was put back as it was counts as that.
    const isSource = await now.is(each.entry.source);
    if (isSource) found.push({ ...each, as: "original" });
    else if (await now.is(each.entry.written)) found.push({ ...each, as: "ours" });
  }
  if (found.length === 0) {
    for (const each of onRecord) {
      const { source, written } = each.entry;
      // An original that was put back and edited since is a song of the person's.
      if (written.sha256 === source.sha256) continue;
      if (await now.soundsLike(written)) found.push({ ...each, as: "retagged" });
    }
  }
  const at = ({ entry }: (typeof found)[number]) => Date.parse(entry.at);
  // An undo writes an original's very bytes: what was there first decides.
  const is = found.toSorted((a, b) => at(a) - at(b))[0]?.as;
  for (const { folder, entry, as } of found.toSorted((a, b) => at(b) - at(a))) {
    if (as !== is) continue;
    const { path, song: inside, source } = entry;
    const copy = await fileAt(folder.handle, path).catch(() => null);
    // What cannot be read may be taken away at this moment, and is no copy to rely on.
    const isWhole = copy && (await new HashedFile(copy).is(source).catch(() => false));
    if (!copy || !isWhole) continue;
    const retagged = as === "retagged" || entry.retagged === true;
    return { is, kept: { folder, path, song: inside, source, copy, retagged } };
  }
  if (is === "ours" || is === "original") return { is, kept: null };
  return { is: onRecord.length > 0 ? "changed" : "unknown", kept: null };
}

/** What is left of a song's earlier versions: those on record, and what 0.1.0 kept. */
export async function* copiesOf(song: PickedFile) {
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
  const kept = (path: string, copy: File) => ({
    ...{ folder, path, song: song.path, source, copy, retagged: false },
  });
  const there = await fileAt(folder.handle, song.path).catch(() => null);
  if (there && (await sameBytes(there, now.file).catch(() => false))) {
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
  { path, song, source, retagged }: KeptOriginal,
  written: FilePrint,
  made?: string,
): ManifestEntry => ({
  ...{ path, song, source, written, at: new Date().toISOString() },
  ...(made !== undefined && { made }),
  ...(retagged && { retagged }),
});

/** A song's own copy, for comparing: of what stands there now, or else the last one. */
export async function keptOriginal(song: PickedFile): Promise<File | null> {
  const now = await song.open().catch(() => null);
  const kept = now && (await originOf(song, new HashedFile(now))).kept;
  if (kept) return kept.copy;
  for await (const { file } of copiesOf(song)) return file;
  return null;
}

/** A folder of kept originals, and the picked folder that it lies in. */
export interface OriginalsFolder {
  readonly root: FileSystemDirectoryHandle;
  readonly originals: OurFolder;
}

/** Every folder that may hold originals of some songs: `originalsFoldersOf` all, each once. */
export async function originalsOf(songs: readonly PickedFile[]): Promise<OriginalsFolder[]> {
  const places = new Map<FileSystemDirectoryHandle, Set<string>>();
  for (const { folder, path } of songs) {
    if (!folder) continue;
    const ofRoot = places.get(folder.handle) ?? new Set<string>();
    places.set(folder.handle, ofRoot);
    const parts = path.split("/");
    for (let depth = 0; depth < parts.length; depth++) ofRoot.add(parts.slice(0, depth).join("/"));
  }
  const asked = [...places].flatMap(([root, ofRoot]) =>
    [...ofRoot].map(async (beside) => {
      const originals = await findOurFolder(root, beside, "Originals");
      return originals && { root, originals };
    }),
  );
  return (await Promise.all(asked)).filter((found) => found !== null);
}

/** How many originals are kept in the folders. */
export async function countOriginals(folders: readonly OriginalsFolder[]): Promise<number> {
  const paths = await Promise.all(folders.map(({ originals }) => filesBelow(originals.handle)));
  return paths.flat().length;
}

/** Every file but our own record and what was cut off. */
export async function filesBelow(
  folder: FileSystemDirectoryHandle,
  prefix = "",
): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of folder.values()) {
    const { name } = entry;
    if (name === ORIGINALS_TEXT || name === MANIFEST_FOLDER || isUnfinishedWrite(name)) continue;
    if (entry.kind === "file") paths.push(prefix + name);
    else paths.push(...(await filesBelow(entry, `${prefix}${name}/`)));
  }
  return paths;
}
