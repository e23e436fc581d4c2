/** APEv2 for music-metadata: alone, since it reads the tag twice or not at all in some kinds. */
import { bytesSource, has, utf8, type ByteSource } from "../bytes";
import { buildApe, readApe, type ApeItem } from "../ape/ape";
import { mp3Layout } from "../mpeg/layout";
import type { Picture } from "./types";

/** Kinds whose tags stand as APEv2 behind the sound, by the probe's names. */
const kinds = new Set(["wavpack", "tta", "ape", "mpc", "mpc8", "tak"]);

const BINARY = 1;
const isBinary = ({ flags }: ApeItem): boolean => ((flags >> 1) & 3) === BINARY;

export interface ApeTags {
  /** The tag's texts with header and footer, which the library takes for WavPack without sound. */
  readonly source: ByteSource;
  readonly pictures: readonly Picture[];
}

/** Null for files of other kinds and without such a tag. */
export function apeTagsOf(source: ByteSource, container: string): ApeTags | null {
  if (!kinds.has(container)) return null;
  const { head, tail } = mp3Layout(source);
  const span = [...tail, ...head].find(({ type }) => type === "ape");
  if (span === undefined) return null;
  const { items } = readApe(source, span);
  const texts = items.filter((item) => !isBinary(item));
  return {
    source: bytesSource(buildApe(texts)),
    pictures: items.filter(isBinary).flatMap(pictureOf),
  };
}

/** An ID3v2 tag in front of such a file, which it may have beside or instead of the other. */
export function id3TagsOf(source: ByteSource, container: string): ByteSource | null {
  if (!kinds.has(container)) return null;
  const [block] = mp3Layout(source).head;
  return block?.type === "id3v2" ? bytesSource(source.read(block.offset, block.length)) : null;
}

const pictureTypes: Readonly<Record<string, number>> = { front: 3, back: 4, icon: 1, leaflet: 5 };

/** `Cover Art (Front)`: a file name ended by zero, then the picture. */
function pictureOf({ key, value }: ApeItem): Picture[] {
  const [, place] = /^cover art \((.*)\)$/i.exec(key) ?? [];
  const nul = value.indexOf(0);
  if (place === undefined || nul < 0) return [];
  const data = value.subarray(nul + 1);
  const mime = mimeOf(data);
  const description = utf8(value.subarray(0, nul));
  return mime === null
    ? []
    : [{ type: pictureTypes[place.toLowerCase()] ?? 0, mime, description, data }];
}

/** By what it begins with, since nothing in the tag says. */
function mimeOf(data: Uint8Array): string | null {
  if (has(data, 0, "\xff\xd8")) return "image/jpeg";
  if (has(data, 0, "\x89PNG")) return "image/png";
  if (has(data, 0, "GIF8")) return "image/gif";
  if (has(data, 0, "BM")) return "image/bmp";
  return has(data, 0, "RIFF") && has(data, 8, "WEBP") ? "image/webp" : null;
}
