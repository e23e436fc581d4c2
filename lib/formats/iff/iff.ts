/** Chunks of RIFF (little-endian) and IFF (big-endian) files: name, size, content, pad byte. */
import { fromLatin1, latin1, putU32be, putU32le, u32be, u32le, type ByteSource } from "../bytes";
import { carryId3v2 } from "../id3/carry";
import { readId3v2 } from "../id3/id3v2";
import type { Report } from "../report";
import type { NamedText } from "../types";

export interface Chunk {
  readonly id: string;
  /** First byte of the content. */
  readonly offset: number;
  readonly length: number;
  /** What it claims. */
  readonly stated: number;
  /** That is more than the file has; `length` is what there is. */
  readonly truncated: boolean;
}

/** More chunks than any file has; the rest is not looked at. */
const MAX_CHUNKS = 65_536;

export const isId = (id: string): boolean => /^[\x20-\x7e]{4}$/.test(id) && id.trim() !== "";

/**
 * Chunks from `start` on. `sizeOf` may correct a size (RF64); a chunk that claims more than there
 * is ends the list.
 */
export function readChunks(
  source: ByteSource,
  start: number,
  order: "little" | "big",
  sizeOf: (chunk: { id: string; size: number; offset: number }) => number = ({ size }) => size,
): Chunk[] {
  const chunks: Chunk[] = [];
  let offset = start;
  while (offset + 8 <= source.size && chunks.length < MAX_CHUNKS) {
    const header = source.read(offset, 8);
    const id = latin1(header, 0, 4);
    if (!isId(id)) break;
    const stated = order === "little" ? u32le(header, 4) : u32be(header, 4);
    const size = sizeOf({ id, size: stated, offset: offset + 8 });
    const available = source.size - offset - 8;
    const length = Math.min(size, available);
    chunks.push({ id, offset: offset + 8, length, stated: size, truncated: size > available });
    offset += 8 + length;
    // Some writers forget the pad byte behind an odd size.
    if (length % 2 === 1) {
      const next = latin1(source.read(offset, 5));
      if (isId(next.slice(1)) || !isId(next.slice(0, 4))) offset++;
    }
  }
  return chunks;
}

/** Header, content and pad byte; the content follows as it is. */
export function chunkParts(id: string, content: Uint8Array, order: "little" | "big"): Uint8Array[] {
  return [chunkHeader(id, content.length, order), content, new Uint8Array(content.length % 2)];
}

export function chunkHeader(id: string, size: number, order: "little" | "big"): Uint8Array {
  const header = new Uint8Array(8);
  header.set(fromLatin1(id));
  if (order === "little") putU32le(header, 4, size);
  else putU32be(header, 4, size);
  return header;
}

export const isId3Chunk = ({ id }: { readonly id: string }): boolean => /^id3 $/i.test(id);

/** The content of an ID3 chunk for the new file; null when nothing is left of it. */
export function carryId3Chunk(
  content: ByteSource,
  add: readonly NamedText[],
  report: Report,
): Uint8Array | null {
  const tag = readId3v2(content, 0);
  if (tag === null) return content.read(0, content.size).slice();
  const carried = carryId3v2(tag, tag.declaredLength <= content.size, add, report);
  // Unchanged: with whatever stood behind the tag.
  if (carried === tag.raw) return content.read(0, content.size).slice();
  return carried;
}
