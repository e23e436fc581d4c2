/**
 * QuickTime chapters: a text track (and one with pictures) that the audio track refers to by
 * `tref/chap`. Their samples are few and small: they move to an `mdat` of their own.
 */
import { bytesSource, concat, putU32be, putU64be, u32be, u64be, type ByteSource } from "../bytes";
import { boxBytes, boxOf, boxContent, find, readBoxes } from "./boxes";
import { childrenOf, readTrack, type Track } from "./track";

export interface ChapterTrack {
  /** The `trak` box for the new file, with chunk offsets counted from the start of `samples`. */
  readonly bytes: Uint8Array;
  readonly samples: Uint8Array;
}

const MAX_SAMPLES = 100_000;
const MAX_BYTES = 64 * 1024 * 1024;

interface Chunk {
  readonly offset: number;
  readonly length: number;
}

/** Chunks with their lengths, from `stsc`, `stsz` and the offsets; null when they do not agree. */
function chunksOf(track: Track): Chunk[] | null {
  const table = (type: string): Uint8Array | null => {
    const found = find(track.tables, type);
    return found === undefined ? null : boxContent(track.bytes, found);
  };
  const sizes = table("stsz");
  const map = table("stsc");
  const narrow = table("stco");
  const offsets = narrow ?? table("co64");
  if (sizes === null || map === null || offsets === null) return null;
  const fixed = u32be(sizes, 4);
  const sampleCount = u32be(sizes, 8);
  const chunkCount = u32be(offsets, 4);
  const runs = u32be(map, 4);
  const width = narrow === null ? 8 : 4;
  if (sampleCount > MAX_SAMPLES || chunkCount > MAX_SAMPLES || runs > MAX_SAMPLES) return null;
  if (fixed === 0 && 12 + sampleCount * 4 > sizes.length) return null;
  if (8 + chunkCount * width > offsets.length || 8 + runs * 12 > map.length) return null;
  const chunks: Chunk[] = [];
  let sample = 0;
  let run = 0;
  for (let chunk = 1; chunk <= chunkCount; chunk++) {
    while (run + 1 < runs && u32be(map, 8 + (run + 1) * 12) <= chunk) run++;
    const perChunk = u32be(map, 8 + run * 12 + 4);
    if (sample + perChunk > sampleCount) return null;
    let length = 0;
    for (let i = 0; i < perChunk; i++, sample++)
      length += fixed === 0 ? u32be(sizes, 12 + sample * 4) : fixed;
    const at = 8 + (chunk - 1) * width;
    chunks.push({ offset: narrow === null ? u64be(offsets, at) : u32be(offsets, at), length });
  }
  return sample === sampleCount ? chunks : null;
}

/** Data references must all say "in this file" (flag 1), or the samples are elsewhere. */
function isSelfContained(track: Track): boolean {
  const media = childrenOf(track.bytes, find(track.children, "mdia"));
  const dinf = childrenOf(track.bytes, find(childrenOf(track.bytes, find(media, "minf")), "dinf"));
  const dref = find(dinf, "dref");
  if (dref === undefined) return false;
  const entries = readBoxes(bytesSource(track.bytes), dref.content + 8, dref.end).boxes;
  return entries.length > 0 && entries.every(({ content }) => (track.bytes[content + 3] ?? 0) & 1);
}

/** Null when the track is not intact or too large to be one of chapters. */
export function carryChapterTrack(
  source: ByteSource,
  track: Track,
  newId: number,
  movieTimescales: { readonly from: number; readonly to: number },
): ChapterTrack | null {
  const chunks = chunksOf(track);
  if (chunks === null || !isSelfContained(track) || !track.children.intact) return null;
  const total = chunks.reduce((sum, { length }) => sum + length, 0);
  if (total > MAX_BYTES) return null;
  if (chunks.some(({ offset, length }) => offset + length > source.size)) return null;
  const samples = concat(chunks.map(({ offset, length }) => source.read(offset, length)));

  const bytes = track.bytes.slice();
  const table = find(track.tables, "stco") ?? find(track.tables, "co64");
  if (table === undefined) return null;
  let offset = 0;
  for (const [index, { length }] of chunks.entries()) {
    if (table.type === "stco") putU32be(bytes, table.content + 8 + index * 4, offset);
    else putU64be(bytes, table.content + 8 + index * 8, offset);
    offset += length;
  }
  const scale = (value: number) =>
    Math.round((value * movieTimescales.to) / Math.max(1, movieTimescales.from));
  const { content } = track.tkhd;
  const wide = bytes[content] === 1;
  putU32be(bytes, content + (wide ? 20 : 12), newId);
  rescale(bytes, content + (wide ? 28 : 20), wide, scale);
  const elst = find(childrenOf(bytes, find(track.children, "edts")), "elst");
  if (elst !== undefined) {
    const wideEdits = bytes[elst.content] === 1;
    const size = wideEdits ? 20 : 12;
    const count = u32be(bytes, elst.content + 4);
    if (elst.content + 8 + count * size > elst.end) return null;
    for (let i = 0; i < count; i++) rescale(bytes, elst.content + 8 + i * size, wideEdits, scale);
  }
  // References to other tracks would name the wrong ones.
  const kept = track.children.boxes.filter(({ type }) => type !== "tref");
  return {
    bytes: boxOf(
      "trak",
      kept.map((child) => boxBytes(bytes, child)),
    ),
    samples,
  };
}

/** All ones means "unknown" and stays. */
function rescale(
  bytes: Uint8Array,
  offset: number,
  wide: boolean,
  scale: (value: number) => number,
): void {
  if (wide) {
    if (u32be(bytes, offset) !== 0xffff_ffff) putU64be(bytes, offset, scale(u64be(bytes, offset)));
  } else if (u32be(bytes, offset) !== 0xffff_ffff)
    putU32be(bytes, offset, Math.min(0xffff_fffe, scale(u32be(bytes, offset))));
}

/** A copy of the `trak` box with chunk offsets that count from `base`; null when one is too large. */
export function placeSamples(chapter: ChapterTrack, base: number): Uint8Array | null {
  const bytes = chapter.bytes.slice();
  const track = readTrack(bytes);
  if (track === null) return null;
  const table = find(track.tables, "stco") ?? find(track.tables, "co64");
  if (table === undefined) return null;
  const count = u32be(bytes, table.content + 4);
  for (let i = 0; i < count; i++) {
    if (table.type === "stco") {
      const at = table.content + 8 + i * 4;
      const offset = u32be(bytes, at) + base;
      if (offset > 0xffff_ffff) return null;
      putU32be(bytes, at, offset);
    } else {
      const at = table.content + 8 + i * 8;
      putU64be(bytes, at, u64be(bytes, at) + base);
    }
  }
  return bytes;
}
