import type { SongAlbum } from "@/lib/song/album";
import type { SongTags } from "@/lib/song/outcome";

export interface AlbumMember {
  readonly path: string;
  /** Name of the picked folder, "" for a file that came alone. */
  readonly root: string;
  readonly tags: SongTags;
}

/** What makes songs an album: of the same key they are one. */
export type AlbumIdentity = Pick<SongAlbum, "key" | "name" | "formedBy">;

/** "CD1", "Disc 2", "disk-03 (live)": a folder that holds one disc of a set. */
const discFolder = /^(?:cd|dis[ck])[\s._#-]*\d{1,2}(?!\d).*$/i;
/** "The Wall (Disc 1)", "The Wall, CD 2 of 2". */
const discInTitle =
  /[\s,;:–-]*(?:\[|\()?\b(?:cd|dis[ck])[\s._#-]*\d{1,2}(?:\s*(?:\/|of)\s*\d+)?(?:\]|\))?$/i;

const same = (text: string): string => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");

/** What programs write where they know no title or no artist. */
const noNames = new Set(
  [
    ["", "unknown", "unknown album", "unknown artist", "unknown title"],
    ["untitled", "untitled album", "no album", "no title", "no artist", "none", "null", "n/a"],
    ["non-album track", "non-album tracks", "standalone recordings"],
    ["unbekannt", "unbekanntes album", "unbekannter künstler", "unbekannter interpret"],
    ["inconnu", "album inconnu", "artiste inconnu", "sconosciuto", "album sconosciuto"],
    ["desconocido", "álbum desconocido", "artista desconocido", "artista sconosciuto"],
    ["desconhecido", "álbum desconhecido", "artista desconhecido", "onbekend", "onbekend album"],
  ].flat(),
);

/** In lower case, without brackets around it and without the date that Windows adds. */
const bare = (name: string): string =>
  same(name)
    .replace(/\s*\([\d/.,:\s-]+(?:[ap]m)?\)$/, "")
    .replace(/^[\s\p{P}\p{S}]+|[\s\p{P}\p{S}]+$/gu, "");

const named = (name: string | null): string | null =>
  name === null || noNames.has(bare(name)) ? null : name.trim().replace(discInTitle, "");

/** The folders, from the outermost in, whose songs can be one album: a disc's folder is none of its own. */
export function albumFolderOf(path: string): string[] {
  const folders = path.split("/").slice(0, -1);
  if (discFolder.test(folders.at(-1) ?? "")) folders.pop();
  return folders;
}

/**
 * The album of a song. Songs of one title and one album artist are an album wherever they lie; of
 * one title alone, where they lie in one folder, since two artists may have albums of one title;
 * without a title that says anything, a folder is an album. Discs of a set are one.
 */
export function albumOf({ path, root, tags }: AlbumMember): AlbumIdentity {
  const folder = [root, ...albumFolderOf(path)].filter((name) => name !== "").join("/");
  const [title, artist] = [named(tags.album), named(tags.albumArtist)];
  if (title === null) return { key: keyOf("folder", folder), name: folder, formedBy: "folder" };
  return artist === null
    ? { key: keyOf("title", folder, same(title)), name: title, formedBy: "title-in-folder" }
    : {
        key: keyOf("tags", same(artist), same(title)),
        name: `${artist}: ${title}`,
        formedBy: "tags",
      };
}

const keyOf = (...parts: readonly string[]): string => parts.join("\n");
