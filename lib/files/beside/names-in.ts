import { pathKey } from "../names";
import { openText } from "./text";

/** Where each song of a list went, by `pathKey` of its path on disk. */
export type Moves = (path: string) => Promise<Move | null>;

interface Move {
  /** Paths from the picked folder, and from where the results are. */
  readonly from: string;
  readonly to: string;
}

/** In each kind of list: what stands before a name, and the name. */
const lists: Readonly<Record<string, RegExp>> = {
  cue: /^([ \t\ufeff]*FILE[ \t]+)(?:"([^"\r\n]*)"|(\S.*?)(?=[ \t]+\S+[ \t]*$))/gim,
  m3u: /^([ \t\ufeff]*)()([^#\s\ufeff].*?)(?=[ \t]*$)/gm,
  pls: /^([ \t]*File\d+[ \t]*=[ \t]*)()(\S.*?)(?=[ \t]*$)/gim,
  xspf: /(<location>\s*)()([^<\s][^<]*?)(?=\s*<\/location>)/gi,
  wpl: /(\bsrc\s*=\s*)"([^"]*)"/gi,
  asx: /(\bhref\s*=\s*)"([^"]*)"/gi,
};
const sameAs: Readonly<Record<string, string>> = { m3u8: "m3u", zpl: "wpl" };
const isXml = (list: string): boolean => list === "xspf" || list === "wpl" || list === "asx";

/** Lists of songs are short; a longer file of that name is none. */
const MOST_BYTES = 16 * 1024 * 1024;

export interface Followed {
  readonly bytes: Blob;
  /** How many names are others than before. */
  readonly names: number;
}

/**
 * The file of a cue sheet or a playlist with the names of songs as they are where the results lie.
 * All other bytes stay; so do names that are no path from the list itself, and those of songs that
 * did not go along.
 */
export async function followNames(path: string, file: Blob, moves: Moves): Promise<Followed> {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  const list = sameAs[extension] ?? extension;
  const pattern = lists[list];
  if (!pattern || file.size > MOST_BYTES) return { bytes: file, names: 0 };
  const opened = openText(new Uint8Array(await file.arrayBuffer()));
  const { text } = opened;
  const readings = isXml(list) ? xmlReadings : (each: string) => opened.readings(each);
  const fresh: string[] = [];
  let names = 0;
  let at = 0;
  for (const { index, 0: all, 1: before = "", 2: quoted, 3: bare } of text.matchAll(pattern)) {
    const name = quoted || bare || "";
    const renamed = await renamedIn(path, name, moves, readings);
    if (renamed === null) continue;
    names++;
    const start = index + before.length + all.slice(before.length).indexOf(name);
    fresh.push(text.slice(at, start), renamed);
    at = start + name.length;
  }
  return {
    bytes: names > 0 ? new Blob([opened.bytes(fresh.join("") + text.slice(at))]) : file,
    names,
  };
}

async function renamedIn(
  list: string,
  name: string,
  moves: Moves,
  readings: (name: string) => readonly string[],
): Promise<string | null> {
  for (const reading of readings(name)) {
    for (const meant of [reading, percentDecoded(reading)]) {
      const path = meant === null ? null : pathFrom(list, meant);
      const move = path === null ? null : await moves(pathKey(path));
      if (!move) continue;
      const renamed = withMove(name, move, meant !== name && meant !== reading);
      return renamed === name ? null : renamed;
    }
  }
  return null;
}

/** A name in a list as a path from the picked folder; null for what leads elsewhere. */
function pathFrom(list: string, name: string): string | null {
  if (/^([a-z][a-z0-9+.-]*:\/\/|[a-z]:[\\/]|[\\/])/i.test(name)) return null;
  const parts = list.split("/").slice(0, -1);
  for (const part of name.split(/[\\/]/)) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}

/** The name as it was written, its end changed as the song's was; null where that cannot be. */
function withMove(name: string, { from, to }: Move, isPercent: boolean): string | null {
  const parts = name.split(/([\\/])/);
  const [old, fresh] = [from.split("/"), to.split("/")];
  for (let back = 1; back <= old.length && 2 * back - 1 <= parts.length; back++) {
    const [was, is] = [old.at(-back)!, fresh.at(-back)];
    if (was === is) continue;
    if (is === undefined) return null;
    const at = parts.length - (2 * back - 1);
    const written = parts[at]!;
    const stem = was.replace(/(?<=.)\.[^.]*$/, "");
    const end = was.slice(stem.length);
    if (is.startsWith(stem) && written.toLowerCase().endsWith(end.toLowerCase())) {
      const tail = is.slice(stem.length);
      parts[at] =
        written.slice(0, written.length - end.length) + (isPercent ? encodeURI(tail) : tail);
    } else if (pathKey(written) === pathKey(was)) parts[at] = is;
    else return null;
  }
  return parts.join("");
}

function percentDecoded(name: string): string | null {
  try {
    return name.includes("%") ? decodeURIComponent(name) : null;
  } catch {
    return null;
  }
}

const entities: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" },
};

const xmlReadings = (name: string): readonly string[] => [
  name.replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (all, code: string) => {
    if (!code.startsWith("#")) return entities[code.toLowerCase()] ?? all;
    const number = /^#x/i.test(code) ? parseInt(code.slice(2), 16) : Number(code.slice(1));
    return number <= 0x10ffff ? String.fromCodePoint(number) : all;
  }),
];
