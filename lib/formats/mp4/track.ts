/** What is read from, and patched in, a `trak` box (ISO 14496-12 §8). */
import { bytesSource, latin1, putU32be, putU64be, u32be, u64be } from "../bytes";
import { boxContent, find, readBoxes, type Box, type BoxList } from "./boxes";

export interface Track {
  /** The whole `trak` box. */
  readonly bytes: Uint8Array;
  readonly children: BoxList;
  readonly id: number;
  /** `soun`, `text`, `vide` … */
  readonly handler: string;
  readonly timescale: number;
  /** Players take no other track of its kind unless asked to. */
  readonly enabled: boolean;
  readonly mdhd: Box;
  readonly tkhd: Box;
  /** Children of `stbl`. */
  readonly tables: BoxList;
}

const inside = (bytes: Uint8Array, parent: Box | undefined): BoxList =>
  parent === undefined
    ? { boxes: [], intact: false }
    : readBoxes(bytesSource(bytes), parent.content, parent.end);

/** Null when a part is missing that every track must have. */
export function readTrack(bytes: Uint8Array): Track | null {
  const children = readBoxes(bytesSource(bytes), 8, bytes.length);
  const tkhd = find(children, "tkhd");
  const media = inside(bytes, find(children, "mdia"));
  const mdhd = find(media, "mdhd");
  const hdlr = find(media, "hdlr");
  const tables = inside(bytes, find(inside(bytes, find(media, "minf")), "stbl"));
  if (tkhd === undefined || mdhd === undefined || hdlr === undefined) return null;
  return {
    bytes,
    children,
    id: u32be(bytes, tkhd.content + (bytes[tkhd.content] === 1 ? 20 : 12)),
    handler: latin1(bytes, hdlr.content + 8, hdlr.content + 12),
    timescale: u32be(bytes, mdhd.content + (bytes[mdhd.content] === 1 ? 20 : 12)),
    enabled: ((bytes[tkhd.content + 3] ?? 0) & 1) === 1,
    mdhd,
    tkhd,
    tables,
  };
}

/** Offset of the packed language (three letters of five bits) in `mdhd`. */
export const languageOffset = (track: Track): number =>
  track.mdhd.content + (track.bytes[track.mdhd.content] === 1 ? 32 : 20);

export interface SampleTotals {
  readonly count: number;
  /** In the track's timescale. */
  readonly duration: number;
  /** `count` frames of the usual length; the last one may be said to be shorter. */
  readonly fullDuration: number;
}

/** Sums of `stts`; null when it is missing or cut short. */
export function sampleTotals(track: Track): SampleTotals | null {
  const stts = find(track.tables, "stts");
  if (stts === undefined) return null;
  const content = boxContent(track.bytes, stts);
  const entries = u32be(content, 4);
  if (8 + entries * 8 > content.length) return null;
  let [count, duration] = [0, 0];
  for (let i = 0; i < entries; i++) {
    const samples = u32be(content, 8 + i * 8);
    count += samples;
    duration += samples * u32be(content, 12 + i * 8);
  }
  return { count, duration, fullDuration: count * u32be(content, 12) };
}

export interface Edit {
  /** In the movie's timescale. */
  readonly duration: number;
  /** In the track's timescale; -1 is an empty edit. */
  readonly mediaTime: number;
}

export function editList(track: Track): Edit[] {
  const elst = find(inside(track.bytes, find(track.children, "edts")), "elst");
  if (elst === undefined) return [];
  const content = boxContent(track.bytes, elst);
  const wide = content[0] === 1;
  const size = wide ? 20 : 12;
  const count = Math.min(u32be(content, 4), Math.floor((content.length - 8) / size));
  return Array.from({ length: count }, (_, i) => {
    const at = 8 + i * size;
    return wide
      ? { duration: u64be(content, at), mediaTime: signed64(content, at + 8) }
      : { duration: u32be(content, at), mediaTime: u32be(content, at + 4) | 0 };
  });
}

const signed64 = (bytes: Uint8Array, offset: number): number =>
  (u32be(bytes, offset) | 0) * 0x1_0000_0000 + u32be(bytes, offset + 4);

/** Whether a data reference (§8.7.2) leads to another file, so that offsets are not of this one. */
export function hasOutsideMedia({ bytes, children }: Track): boolean {
  const information = inside(bytes, find(inside(bytes, find(children, "mdia")), "minf"));
  const dref = find(inside(bytes, find(information, "dinf")), "dref");
  if (dref === undefined) return false;
  const { boxes } = readBoxes(bytesSource(bytes), dref.content + 8, dref.end);
  return boxes.some(({ content }) => (u32be(bytes, content) & 1) === 0);
}

/** Type of the first sample entry: `mp4a`, `alac` … */
export function sampleEntry(track: Track): string {
  const stsd = find(track.tables, "stsd");
  return stsd === undefined ? "" : latin1(track.bytes, stsd.content + 12, stsd.content + 16);
}

/**
 * Adds `delta` to every chunk offset of at least `from`, in place. False when one does not fit
 * its field or the table is damaged; then `bytes` must not be used.
 */
export function shiftChunks(track: Track, from: number, delta: number): boolean {
  const { bytes, tables } = track;
  const table = find(tables, "stco") ?? find(tables, "co64");
  if (table === undefined) return false;
  const wide = table.type === "co64";
  const size = wide ? 8 : 4;
  const count = u32be(bytes, table.content + 4);
  if (table.content + 8 + count * size > table.end) return false;
  for (let i = 0; i < count; i++) {
    const at = table.content + 8 + i * size;
    const old = wide ? u64be(bytes, at) : u32be(bytes, at);
    if (old < from) continue;
    const offset = old + delta;
    if (!wide && offset > 0xffff_ffff) return false;
    if (wide) putU64be(bytes, at, offset);
    else putU32be(bytes, at, offset);
  }
  return true;
}

/** Track ids that a `tref` of the given type names: each once, and no more than make sense. */
export function references(track: Track, type: string): number[] {
  const list = find(inside(track.bytes, find(track.children, "tref")), type);
  if (list === undefined) return [];
  const content = boxContent(track.bytes, list);
  const ids: number[] = [];
  for (let i = 0; i + 4 <= content.length && i < 64; i += 4) ids.push(u32be(content, i));
  return [...new Set(ids)].slice(0, 4);
}

export { inside as childrenOf };
