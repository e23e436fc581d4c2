import type { Dirent } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { looksLikeSong, SNIFF_BYTES } from "@/lib/formats/sniff";
import { allowedPath } from "@/lib/files/hidden-names";
import { isNamedLikeSong } from "@/lib/files/kinds";
import { MANIFEST_FOLDER } from "@/lib/files/manifest/manifest";
import { ORIGINALS_TEXT } from "@/lib/files/manifest/our-folder";
import { numbered, pathKey } from "@/lib/files/names";
import { isNoMatter } from "@/lib/files/walk";

/** A song on disk that the page did not list. */
interface UnseenSong {
  /** From the given folder, "/" between its parts; bytes that are no UTF-8 as `\xff`. */
  readonly name: string;
  readonly reason: "name-unreadable" | "link" | "not-listed";
}

/** Why a song was left out that a person would miss. */
export const unseenText: Readonly<Record<string, string>> = {
  "name-unreadable": "its name is no text that a browser can read",
  link: "it is a link, which browsers pass over",
  "not-listed": "the browser does not list it",
  unreadable: "it could not be read",
};

/** A file in a given folder. */
interface FileOnDisk {
  /** The bytes of its path from the given folder, "/" between its parts. */
  readonly path: Buffer;
  readonly isLink: boolean;
}

const SLASH = Buffer.from("/");

/**
 * The songs below the given folders, by name or else by their first bytes. Names are read as bytes,
 * so that none is left out. Folders with our mark are passed over, as the page does.
 */
export async function songsOnDisk(inputs: readonly string[]): Promise<FileOnDisk[]> {
  const songs: FileOnDisk[] = [];
  const visited = new Set<string>();
  for (const input of inputs) {
    const root = await realpath(input);
    if (!(await stat(root)).isDirectory() || visited.has(root)) continue;
    visited.add(root);
    await visit(Buffer.from(root), Buffer.alloc(0), (song) => songs.push(song));
  }
  return songs;
}

async function visit(
  root: Buffer,
  folder: Buffer,
  onSong: (song: FileOnDisk) => void,
): Promise<void> {
  const at = folder.length === 0 ? root : Buffer.concat([root, SLASH, folder]);
  // What may not be read is named by the page.
  const entries = await readdir(at, { withFileTypes: true, encoding: "buffer" }).catch(
    (): Dirent<Buffer>[] => [],
  );
  const names = new Set(entries.map(({ name }) => name.toString()));
  if (names.has(ORIGINALS_TEXT) || (folder.length > 0 && names.has(MANIFEST_FOLDER))) return;
  for (const entry of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
    if (isNoMatter(entry.name.toString())) continue;
    const inside = folder.length === 0 ? entry.name : Buffer.concat([folder, SLASH, entry.name]);
    const file = Buffer.concat([root, SLASH, inside]);
    if (entry.isDirectory()) await visit(root, inside, onSong);
    else if (await isSong(file, entry)) {
      onSong({ path: inside, isLink: entry.isSymbolicLink() });
    }
  }
}

async function isSong(file: Buffer, entry: Dirent<Buffer>): Promise<boolean> {
  const info = entry.isFile() || (entry.isSymbolicLink() && (await stat(file).catch(() => null)));
  if (info !== true && !(info && info.isFile())) return false;
  if (isNamedLikeSong(entry.name.toString())) return true;
  const handle = await open(file).catch(() => null);
  if (handle === null) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return looksLikeSong(buffer.subarray(0, bytesRead));
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}

/**
 * Those that the page did not see. `seen`: the paths of its songs and of what it left out for a
 * reason of its own; a folder that it left out ends with "/". A song whose name a browser hides is
 * in its list under the nearest name that it takes, numbered where several become one.
 */
export function unseenOf(songs: readonly FileOnDisk[], seen: readonly string[]): UnseenSong[] {
  const left = new Map<string, number>();
  for (const each of seen) left.set(each, (left.get(each) ?? 0) + 1);
  const folders = seen.filter((each) => each.endsWith("/"));
  const take = (name: string): boolean => {
    const count = left.get(name) ?? 0;
    if (count > 0) left.set(name, count - 1);
    return count > 0;
  };
  const named = songs.map(({ path: bytes, isLink }) => ({
    ...{ isLink, text: textOf(bytes), name: printable(bytes) },
  }));
  // A song that has its very name in the list leaves the numbered ones to the others.
  const others = named.filter(
    ({ text }) =>
      text === null || !(take(text) || folders.some((folder) => text.startsWith(folder))),
  );
  return others.flatMap(({ text, name, isLink }): UnseenSong[] => {
    if (text === null) return [{ name, reason: "name-unreadable" }];
    if (takeNearest(text, left, take)) return [];
    return [{ name, reason: isLink ? "link" : "not-listed" }];
  });
}

function takeNearest(
  text: string,
  left: ReadonlyMap<string, number>,
  take: (name: string) => boolean,
): boolean {
  const nearest = allowedPath(text);
  for (let number = 1; number <= left.size; number++) {
    const candidate = number === 1 ? nearest : numbered(nearest, number);
    if (take(candidate)) return true;
    // Numbers go up without a gap from the first that is taken.
    const isKnown = [...left.keys()].some((each) => pathKey(each) === pathKey(candidate));
    if (!isKnown) return false;
  }
  return false;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Null where the bytes are no UTF-8. */
function textOf(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** One character of UTF-8, or one byte that is part of none. */
const CHARACTER =
  /[\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[^]/g;

/** Text for a terminal: what is no UTF-8 or steers a terminal is shown as bytes. */
const printable = (bytes: Buffer): string =>
  bytes.toString("latin1").replace(CHARACTER, (each) => {
    const character = textOf(Buffer.from(each, "latin1"));
    if (character !== null && character >= " " && character !== "\x7f") return character;
    return [...each]
      .map((byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`)
      .join("");
  });
