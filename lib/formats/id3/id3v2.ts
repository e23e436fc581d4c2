/**
 * ID3v2.2, 2.3 and 2.4 (id3.org: id3v2-00, id3v2.3.0, id3v2.4.0-structure and -frames): taking a
 * tag apart and putting it together again without changing what is not meant to change.
 */
import {
  concat,
  fromLatin1,
  isZero,
  latin1,
  putSyncsafe,
  putU32be,
  syncsafe,
  u24be,
  u32be,
  type ByteSource,
} from "../bytes";
import { crc32 } from "../crc";
import {
  EXTENDED_FLAG,
  hasFooter,
  ID3V2_HEADER,
  id3v2Length,
  UNSYNCHRONISATION_FLAG,
} from "./id3v2-header";
import { isGaplessName, isLoudnessName } from "../loudness-tags";
import type { Report } from "../report";
import { decodeTerminated } from "./id3v2-text";
import { MAX_CARRIED_BYTES } from "../types";
import { resynchronise, unsynchronise } from "./unsynchronisation";

export interface Id3v2Frame {
  /** Three characters in version 2.2, four later. */
  readonly id: string;
  /** Header and content as stored (2.2 and 2.3: with the tag's unsynchronisation undone). */
  readonly bytes: Uint8Array;
  readonly headerLength: 6 | 10;
}

export interface Id3v2Tag {
  readonly version: number;
  /** The tag as stored, header and footer included, cut where the file ends. */
  readonly raw: Uint8Array;
  /** What the header says it is, header and footer included. */
  readonly declaredLength: number;
  readonly flags: number;
  /** Bytes of the extended header, or none. */
  readonly extended: Uint8Array;
  readonly frames: readonly Id3v2Frame[];
  /** What follows the last readable frame: padding, or bytes that are no frames. */
  readonly rest: Uint8Array;
  /** All of it lies in the file, and nothing but zero padding follows the frames. */
  readonly sound: boolean;
  /** The content cannot be taken apart (2.2 compression, unknown version). */
  readonly opaque: boolean;
}

const COMPRESSED_FLAG22 = 0x40;
const none = new Uint8Array(0);

/** The tag at `offset`, or null when no ID3v2 header stands there. */
export function readId3v2(source: ByteSource, offset: number): Id3v2Tag | null {
  const declaredLength = id3v2Length(source.read(offset, ID3V2_HEADER));
  if (declaredLength === null) return null;
  // One byte more than may be carried is enough for the caller to see that it is too much.
  const raw = source.read(offset, Math.min(declaredLength, MAX_CARRIED_BYTES + 1)).slice();
  const version = raw[3] ?? 0;
  const flags = raw[5] ?? 0;
  const fits = raw.length === declaredLength;
  const footer = hasFooter(version, flags) && fits ? ID3V2_HEADER : 0;
  const stored = raw.subarray(ID3V2_HEADER, raw.length - footer);
  const base = { version, raw, declaredLength, flags };
  const opaque = version < 2 || version > 4 || (version === 2 && (flags & COMPRESSED_FLAG22) !== 0);
  if (opaque)
    return { ...base, extended: none, frames: [], rest: stored, sound: fits, opaque: true };

  const body = version < 4 && flags & UNSYNCHRONISATION_FLAG ? resynchronise(stored) : stored;
  const extendedLength =
    version > 2 && flags & EXTENDED_FLAG ? extendedHeaderLength(body, version) : 0;
  if (extendedLength > body.length)
    return { ...base, extended: none, frames: [], rest: stored, sound: false, opaque: true };
  const { frames, end } = walk(body, extendedLength, version);
  const rest = body.subarray(end);
  return {
    ...base,
    extended: body.subarray(0, extendedLength),
    frames,
    rest,
    sound: fits && isZero(rest),
    opaque: false,
  };
}

/** Some taggers set the flag and write no extended header: then a frame starts there. */
function extendedHeaderLength(body: Uint8Array, version: number): number {
  if (isFrameId(latin1(body, 0, 4), version)) return 0;
  return version === 4 ? syncsafe(body, 0) : 4 + u32be(body, 0);
}

const isFrameId = (id: string, version: number): boolean =>
  // iTunes once wrote 2.2 names, padded, into 2.3 tags.
  version === 2 ? /^[A-Z][A-Z0-9]{2}$/.test(id) : /^[A-Z][A-Z0-9]{2}[A-Z0-9 \0]$/.test(id);

/** More than any tag has; keeps hostile ones from costing memory. */
const MAX_FRAMES = 100_000;

interface Walk {
  readonly frames: Id3v2Frame[];
  readonly end: number;
}

function walk(body: Uint8Array, start: number, version: number): Walk {
  if (version === 2) return walkWith(body, start, version, (o) => u24be(body, o + 3));
  if (version === 3) return walkWith(body, start, version, (o) => u32be(body, o + 4));
  // Old iTunes wrote plain sizes into 2.4 tags: take the reading that makes sense.
  const proper = walkWith(body, start, version, (o) => syncsafe(body, o + 4));
  if (isZero(body.subarray(proper.end))) return proper;
  const plain = walkWith(body, start, version, (o) => u32be(body, o + 4));
  return plain.end > proper.end ? plain : proper;
}

function walkWith(
  body: Uint8Array,
  start: number,
  version: number,
  sizeAt: (offset: number) => number,
): Walk {
  const headerLength = version === 2 ? 6 : 10;
  const frames: Id3v2Frame[] = [];
  let offset = start;
  while (offset + headerLength <= body.length && frames.length < MAX_FRAMES) {
    const id = latin1(body, offset, offset + (version === 2 ? 3 : 4));
    if (!isFrameId(id, version)) break;
    const end = offset + headerLength + sizeAt(offset);
    if (end > body.length) break;
    frames.push({ id, bytes: body.subarray(offset, end), headerLength });
    offset = end;
  }
  return { frames, end: offset };
}

/** Where a frame's content starts, after what its flags add; null: compressed or encrypted. */
function contentStart({ bytes, headerLength }: Id3v2Frame, { version }: Id3v2Tag): number | null {
  if (version === 2) return headerLength;
  const flags = bytes[9] ?? 0;
  // A byte names the group; version 2.4 may add the length of the data.
  if (version === 3) return flags & 0xc0 ? null : headerLength + (flags & 0x20 ? 1 : 0);
  return flags & 0x0c ? null : headerLength + (flags & 0x40 ? 1 : 0) + (flags & 0x01 ? 4 : 0);
}

/** Version 2.4 stuffs frame by frame. */
const isStuffed = (frame: Id3v2Frame, tag: Id3v2Tag): boolean =>
  tag.version === 4 &&
  (((frame.bytes[9] ?? 0) & 0x02) !== 0 || (tag.flags & UNSYNCHRONISATION_FLAG) !== 0);

/** A frame's content without what its flags add to it; null when compressed or encrypted. */
export function frameContent(frame: Id3v2Frame, tag: Id3v2Tag): Uint8Array | null {
  const start = contentStart(frame, tag);
  if (start === null) return null;
  const stored = frame.bytes.subarray(start);
  return isStuffed(frame, tag) ? resynchronise(stored) : stored;
}

/** Relative volume adjustment and Replay Gain frames of any version. */
const loudnessFrames = new Set(["RVA", "RVAD", "RVA2", "XRVA", "RGAD", "XRGA"]);
/** Byte offsets into the old audio: lookup table, seek index, place of a following tag. */
const outdatedFrames = new Set(["MLL", "MLLT", "ASPI", "SEEK"]);

/** The description of a TXXX or COMM frame: what such a frame is called. */
function frameName(frame: Id3v2Frame, tag: Id3v2Tag): string {
  const skip = /^TXX/.test(frame.id) ? 1 : /^COM/.test(frame.id) ? 4 : 0;
  if (skip === 0) return frame.id;
  const content = frameContent(frame, tag);
  return content === null ? frame.id : decodeTerminated(content, skip, content[0] ?? 0).text;
}

export type NamedText = readonly [name: string, value: string];

/**
 * The tag to put into the new file: the source's bytes, unless something has to go or come.
 * `endIsSound` says that what follows the declared end is what should follow a tag, so its size
 * is right even if its inside is odd. Null: nothing of it is left.
 */
export function carryId3v2(
  tag: Id3v2Tag,
  endIsSound: boolean,
  add: readonly NamedText[],
  report: Report,
): Uint8Array | null {
  const fits = tag.raw.length === tag.declaredLength;
  const trusted = fits && (tag.sound || endIsSound);
  if (tag.opaque) {
    if (trusted) return tag.raw;
    report.note("damaged-tag-trimmed");
    return null;
  }
  const kept: Uint8Array[] = [];
  let changed = add.length > 0;
  for (const frame of tag.frames) {
    const name = frameName(frame, tag);
    if (loudnessFrames.has(frame.id) || isLoudnessName(name)) report.removed.push(name);
    else if (outdatedFrames.has(frame.id) || isGaplessName(name)) report.outdated.push(name);
    else {
      const bytes = withoutByteOffsets(frame, tag);
      kept.push(bytes);
      if (bytes === frame.bytes) continue;
      report.note("chapter-offsets-cleared");
    }
    changed = true;
  }
  if (trusted && !changed) return tag.raw;
  if (!trusted) report.note("damaged-tag-trimmed");
  for (const [name, value] of add) kept.push(textFrame(tag.version, name, value));
  if (kept.length === 0) return null;
  return build(tag, kept, trusted ? tag.rest : none);
}

/**
 * CHAP frames may give byte offsets into the audio, which then count instead of the times
 * (id3v2-chapters-1.0 §3.1). All ones means unused; both zero is what careless writers mean by it.
 */
function withoutByteOffsets(frame: Id3v2Frame, tag: Id3v2Tag): Uint8Array {
  if (frame.id !== "CHAP") return frame.bytes;
  const start = contentStart(frame, tag);
  if (start === null) return frame.bytes;
  const content = frame.bytes.subarray(start);
  // With stuffing inside, places in the plain content are not places in the stored bytes.
  if (isStuffed(frame, tag) && resynchronise(content).length !== content.length) return frame.bytes;
  const nul = content.indexOf(0);
  const at = nul + 9;
  if (nul < 0 || at + 8 > content.length) return frame.bytes;
  const used = [u32be(content, at), u32be(content, at + 4)].some(
    (offset) => offset !== 0 && offset !== 0xffff_ffff,
  );
  if (!used) return frame.bytes;
  const bytes = frame.bytes.slice();
  bytes.fill(0xff, start + at, start + at + 8);
  return bytes;
}

/** Latin-1: loudness figures are plain ASCII, and every version reads it. */
function textFrame(version: number, name: string, value: string): Uint8Array {
  const content = fromLatin1(`\0${name}\0${value}`);
  if (version === 2)
    return concat([
      fromLatin1("TXX"),
      Uint8Array.of(0, content.length >> 8, content.length),
      content,
    ]);
  const header = new Uint8Array(10);
  header.set(fromLatin1("TXXX"));
  // Below 128 the plain and the syncsafe number are the same.
  if (version === 4) putSyncsafe(header, 4, content.length);
  else putU32be(header, 4, content.length);
  return concat([header, content]);
}

function build(tag: Id3v2Tag, frames: readonly Uint8Array[], rest: Uint8Array): Uint8Array {
  const framed = concat(frames);
  const extended = extendedFor(tag, framed, rest);
  let body = concat([extended, framed, rest]);
  if (tag.version < 4 && tag.flags & UNSYNCHRONISATION_FLAG) body = unsynchronise(body);
  const header = tag.raw.slice(0, 10);
  putSyncsafe(header, 6, body.length);
  if (!hasFooter(tag.version, tag.flags)) return concat([header, body]);
  const footer = header.slice();
  footer.set(fromLatin1("3DI"));
  return concat([header, body, footer]);
}

/** The extended header with its padding size and checksum made right for the new content. */
function extendedFor(tag: Id3v2Tag, frames: Uint8Array, rest: Uint8Array): Uint8Array {
  const extended = tag.extended.slice();
  if (tag.version === 3 && extended.length >= 10) {
    putU32be(extended, 6, rest.length);
    if ((extended[4] ?? 0) & 0x80 && extended.length >= 14) putU32be(extended, 10, crc32([frames]));
  }
  if (tag.version === 4 && extended.length >= 6) {
    const flags = extended[5] ?? 0;
    // Each flag's data is preceded by its length (structure §3.2): update, then CRC.
    let at = 6;
    if (flags & 0x40) at += 1 + (extended[at] ?? 0);
    if (flags & 0x20 && extended[at] === 5 && at + 6 <= extended.length) {
      const crc = crc32([frames, rest]);
      extended[at + 1] = Math.floor(crc / 2 ** 28);
      putSyncsafe(extended, at + 2, crc % 2 ** 28);
    }
  }
  return extended;
}

/** A tag of version 2.3, the one that every player reads, with nothing else in it. */
export function newId3v2(texts: readonly NamedText[]): Uint8Array {
  const body = concat(texts.map(([name, value]) => textFrame(3, name, value)));
  const header = new Uint8Array(10);
  header.set(fromLatin1("ID3\x03"));
  putSyncsafe(header, 6, body.length);
  return concat([header, body]);
}
