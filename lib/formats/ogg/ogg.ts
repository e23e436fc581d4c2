/** Ogg pages (RFC 3533 §6): reading the header packets of a stream, and laying packets into pages. */
import { has, latin1, putU32le, u32le, windowed, type ByteSource } from "../bytes";
import { oggCrc } from "../crc";

export interface OggPage {
  readonly offset: number;
  readonly headerLength: number;
  readonly length: number;
  readonly flags: number;
  readonly serial: number;
  readonly sequence: number;
  readonly segments: Uint8Array;
}

export const oggFlag = { continued: 1, first: 2, last: 4 } as const;

export function readPage(source: ByteSource, offset: number): OggPage | null {
  const fixed = source.read(offset, 27);
  if (fixed.length < 27 || !has(fixed, 0, "OggS") || fixed[4] !== 0) return null;
  const flags = fixed[5] ?? 0;
  const serial = u32le(fixed, 14);
  const sequence = u32le(fixed, 18);
  const count = fixed[26] ?? 0;
  const segments = source.read(offset + 27, count);
  const headerLength = 27 + count;
  const length = segments.reduce((sum, value) => sum + value, headerLength);
  if (segments.length < count || offset + length > source.size) return null;
  return { offset, headerLength, length, flags, serial, sequence, segments };
}

/** The next page at or after `offset`, within `reach` bytes of junk. */
export function findPage(source: ByteSource, offset: number, reach = 1 << 16): OggPage | null {
  const exact = readPage(source, offset);
  if (exact !== null) return exact;
  const text = latin1(source.read(offset, reach));
  for (let at = text.indexOf("OggS"); at >= 0; at = text.indexOf("OggS", at + 1)) {
    const page = readPage(source, offset + at);
    if (page !== null) return page;
  }
  return null;
}

export type OggCodec = "vorbis" | "opus" | "flac" | "speex";

/** What a stream is, by its first packet. */
export function oggCodec(packet: Uint8Array): OggCodec | null {
  if (has(packet, 0, "\x01vorbis")) return "vorbis";
  if (has(packet, 0, "OpusHead")) return "opus";
  if (has(packet, 0, "\x7fFLAC")) return "flac";
  if (has(packet, 0, "Speex   ")) return "speex";
  return null;
}

export interface OggHeaders {
  readonly codec: OggCodec;
  readonly serial: number;
  /** Whole packets in order, at most as many as asked for; the last may be `partial`. */
  readonly packets: readonly Uint8Array[];
  /** The last packet did not end before the pages did. */
  readonly partial: boolean;
  /** Offset just behind the page on which the last packet ended. */
  readonly end: number;
  /** That page held nothing but these packets. */
  readonly endsPage: boolean;
  /** Sequence number of that page. */
  readonly lastSequence: number;
  /** Pages of other streams came before the end. */
  readonly interleaved: boolean;
  /** Serial numbers of all streams that began together. */
  readonly serials: ReadonlySet<number>;
}

/**
 * The first `count` packets (a number, or one that depends on the codec) of the first audio
 * stream. Null when there is none. `limit` bounds the bytes that are kept.
 */
export function readOggHeaders(
  file: ByteSource,
  count: (codec: OggCodec) => number,
  limit: number,
): OggHeaders | null {
  const source = windowed(file);
  let page = findPage(source, 0);
  let codec: OggCodec | null = null;
  let serial = 0;
  let interleaved = false;
  const serials = new Set<number>();
  let wanted = 0;
  let kept = 0;
  const packets: Uint8Array[] = [];
  let pieces: Uint8Array[] = [];
  let lastSequence = 0;
  let end = 0;
  let skipped = 0;
  while (page !== null) {
    const body = source.read(page.offset + page.headerLength, page.length - page.headerLength);
    if (page.flags & oggFlag.first && serials.size < 64) serials.add(page.serial);
    if (codec === null && page.flags & oggFlag.first) {
      codec = oggCodec(body);
      serial = page.serial;
      if (codec !== null) wanted = count(codec);
      else interleaved = true;
    } else if (codec === null) return null;
    if (codec !== null && page.serial === serial) {
      lastSequence = page.sequence;
      end = page.offset + page.length;
      let at = 0;
      let pieceStart = 0;
      for (const [index, value] of page.segments.entries()) {
        at += value;
        if (value === 255) continue;
        pieces.push(body.slice(pieceStart, at));
        packets.push(join(pieces));
        pieces = [];
        pieceStart = at;
        if (packets.length === wanted) {
          const endsPage = index === page.segments.length - 1;
          return {
            codec,
            serial,
            packets,
            partial: false,
            end,
            endsPage,
            lastSequence,
            interleaved,
            serials,
          };
        }
      }
      if (at > pieceStart) pieces.push(body.slice(pieceStart, at));
      kept += page.length;
      if (kept > limit) break;
    } else if (codec !== null) {
      interleaved = true;
      // Another stream may hold the file for a while, but not for ever.
      if (++skipped > 10_000) break;
    }
    page = findPage(source, page.offset + page.length);
  }
  if (codec === null) return null;
  if (pieces.length > 0) packets.push(join(pieces));
  return {
    codec,
    serial,
    packets,
    partial: true,
    end,
    endsPage: true,
    lastSequence,
    interleaved,
    serials,
  };
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    out.set(piece, offset);
    offset += piece.length;
  }
  return out;
}

/**
 * Header packets as pages of their own, starting with `sequence`. Granule positions are 0 where a
 * packet ends and -1 on pages on which none does (RFC 3533 §6, RFC 7845 §4).
 */
export function paginate(
  packets: readonly Uint8Array[],
  serial: number,
  sequence: number,
): { pages: Uint8Array; count: number } {
  const lacing: number[] = [];
  for (const packet of packets) {
    for (let left = packet.length; left >= 0; left -= 255) lacing.push(Math.min(left, 255));
  }
  const body = join(packets);
  const count = Math.ceil(lacing.length / 255);
  const out = new Uint8Array(count * 27 + lacing.length + body.length);
  let o = 0;
  let bodyOffset = 0;
  let continued = false;
  for (let page = 0; page < count; page++) {
    const segments = lacing.slice(page * 255, page * 255 + 255);
    const size = segments.reduce((sum, value) => sum + value, 0);
    const start = o;
    out.set([0x4f, 0x67, 0x67, 0x53, 0, continued ? oggFlag.continued : 0], o);
    out.fill(segments.some((value) => value < 255) ? 0 : 0xff, o + 6, o + 14);
    putU32le(out, o + 14, serial);
    putU32le(out, o + 18, sequence + page);
    out[o + 26] = segments.length;
    out.set(segments, o + 27);
    out.set(body.subarray(bodyOffset, bodyOffset + size), o + 27 + segments.length);
    bodyOffset += size;
    o += 27 + segments.length + size;
    putU32le(out, start + 22, oggCrc(out, start, o));
    continued = segments.at(-1) === 255;
  }
  return { pages: out, count };
}

/** Bytes that are rewritten at a time: one array for a whole file would double its memory. */
const CHUNK_SIZE = 1 << 20;

/**
 * The pages from `offset` to the end, those of `serial` numbered `delta` higher. Null when
 * something else than pages lies there.
 */
export function renumber(
  source: ByteSource,
  offset: number,
  serial: number,
  delta: number,
): Uint8Array[] | null {
  const chunks: Uint8Array[] = [];
  const reader = windowed(source);
  for (let start = offset; start < source.size;) {
    let end = start;
    const pages: OggPage[] = [];
    while (end < source.size && end - start < CHUNK_SIZE) {
      const page = readPage(reader, end);
      if (page === null) return null;
      pages.push(page);
      end += page.length;
    }
    const bytes = source.read(start, end - start).slice();
    for (const page of pages) {
      if (page.serial !== serial) continue;
      const at = page.offset - start;
      putU32le(bytes, at + 18, (page.sequence + delta) >>> 0);
      putU32le(bytes, at + 22, 0);
      putU32le(bytes, at + 22, oggCrc(bytes, at, at + page.length));
    }
    chunks.push(bytes);
    start = end;
  }
  return chunks;
}
