import { pathKey, splitPath } from "../names";
import type { PickedFile } from "../picked-file";

/** What a file beside songs is to them. */
export type BesideKind = "cover" | "cue-sheet" | "lyrics" | "playlist";

/** A file that goes along with songs to where their results are. */
export interface Beside {
  readonly file: PickedFile;
  readonly kind: BesideKind;
}

/** What was found in folders that were added. */
export interface Surroundings {
  /** Files that may go along with songs. */
  readonly files: readonly PickedFile[];
  /** All songs, also those that are not in the list any more: each file belongs to the nearest. */
  readonly songs: readonly PickedFile[];
}

const extensions: Readonly<Record<BesideKind, string>> = {
  cover: "jpg jpeg jpe jfif png gif webp bmp tif tiff avif heic jxl",
  "cue-sheet": "cue",
  lyrics: "lrc elrc txt",
  playlist: "m3u m3u8 pls xspf wpl zpl asx",
};

const kindOfExtension: ReadonlyMap<string, BesideKind> = new Map(
  (Object.keys(extensions) as BesideKind[]).flatMap((kind) =>
    extensions[kind].split(" ").map((extension) => [extension, kind] as const),
  ),
);

/** Pictures of other things than the songs have other names, and lie in folders without songs. */
const coverName =
  /^(cover|folder|front|back|album|art|band|logo|booklet|inlay|inside|inner|tray|cd|dvd|dis[ck]|label|medium|matrix|obi|sleeve|spine|side|vinyl|scan|poster|fanart|thumb)/i;
const coverFolder = /^(art(work)?|booklet|covers?|scans?)$/i;

/** Its path on disk. */
export const originalPath = ({ path, hiddenPath }: PickedFile): string => hiddenPath ?? path;

const extensionOf = (path: string): string => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
const stemKey = (path: string): string => pathKey(path.replace(/\.[^./]+$/, ""));
const folderOf = (path: string): string => splitPath(path)[0];

/** By its name alone. Of what kind it is, if any, the songs beside it tell. */
export const mayLieBeside = (name: string): boolean => kindOfExtension.has(extensionOf(name));

/**
 * Those files that go along with the songs of a batch: each belongs to the nearest folder on the
 * way up that holds songs, at any depth, and goes along when one of those is in the batch.
 */
export function besideSongs(
  { files, songs }: Surroundings,
  inBatch: readonly PickedFile[],
): Beside[] {
  const [all, going] = [placesOf([...songs, ...inBatch]), placesOf(inBatch)];
  return files.flatMap((file) => {
    const path = originalPath(file);
    const places = all.get(file.folder);
    const nearest = [...upwards(folderOf(path))].find((each) => places?.above.has(each));
    if (nearest === undefined || !going.get(file.folder)?.above.has(nearest)) return [];
    const kind = kindOf(path, places!);
    return kind ? [{ file, kind }] : [];
  });
}

interface Places {
  /** Folders that hold songs themselves. */
  readonly holding: Set<string>;
  /** The same and all folders above. */
  readonly above: Set<string>;
  /** The songs' paths without their extensions. */
  readonly stems: Set<string>;
}

function placesOf(songs: readonly PickedFile[]): Map<PickedFile["folder"], Places> {
  const byRoot = new Map<PickedFile["folder"], Places>();
  for (const song of songs) {
    const path = originalPath(song);
    const places = byRoot.get(song.folder) ?? {
      ...{ holding: new Set(), above: new Set(), stems: new Set() },
    };
    byRoot.set(song.folder, places);
    places.holding.add(folderOf(path));
    for (const each of upwards(folderOf(path))) places.above.add(each);
    places.stems.add(stemKey(path));
  }
  return byRoot;
}

function* upwards(folder: string): Generator<string> {
  for (let each = folder; ; each = folderOf(each)) {
    yield each;
    if (each === "") return;
  }
}

function kindOf(path: string, { holding, stems }: Places): BesideKind | null {
  const extension = extensionOf(path);
  const kind = kindOfExtension.get(extension) ?? null;
  // Other texts are no lyrics.
  if (extension === "txt") return stems.has(stemKey(path)) ? kind : null;
  if (kind !== "cover") return kind;
  const [folder, name] = splitPath(path);
  const isOfSongs =
    holding.has(folder) || coverName.test(name) || coverFolder.test(splitPath(folder)[1]);
  return isOfSongs ? kind : null;
}
