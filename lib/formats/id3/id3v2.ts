/**
 * ID3v2.2, 2.3 and 2.4 (id3.org: id3v2-00, id3v2.3.0, id3v2.4.0-structure and -frames): taking a
 * tag apart.
 */
import { isZero, latin1, syncsafe, u24be, u32be, type ByteSource } from "../bytes";
import { MAX_CARRIED_BYTES } from "../types";
import {
  EXTENDED_FLAG,
  hasFooter,
  ID3V2_HEADER,
  id3v2Length,
  UNSYNCHRONISATION_FLAG,
} from "./id3v2-header";
import { resynchronise } from "./unsynchronisation";

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
  readonly intact: boolean;
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
    return { ...base, extended: none, frames: [], rest: stored, intact: fits, opaque: true };

  const body = version < 4 && flags & UNSYNCHRONISATION_FLAG ? resynchronise(stored) : stored;
  const extendedLength =
    version > 2 && flags & EXTENDED_FLAG ? extendedHeaderLength(body, version) : 0;
  if (extendedLength > body.length)
    return { ...base, extended: none, frames: [], rest: stored, intact: false, opaque: true };
  const { frames, end } = walk(body, extendedLength, version);
  const rest = body.subarray(end);
  return {
    ...base,
    extended: body.subarray(0, extendedLength),
    frames,
    rest,
    intact: fits && isZero(rest),
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
export function contentStart(
  { bytes, headerLength }: Id3v2Frame,
  { version }: Id3v2Tag,
): number | null {
  if (version === 2) return headerLength;
  const flags = bytes[9] ?? 0;
  // A byte names the group; version 2.4 may add the length of the data.
  if (version === 3) return flags & 0xc0 ? null : headerLength + (flags & 0x20 ? 1 : 0);
  return flags & 0x0c ? null : headerLength + (flags & 0x40 ? 1 : 0) + (flags & 0x01 ? 4 : 0);
}

/** Version 2.4 stuffs frame by frame. */
export const isStuffed = (frame: Id3v2Frame, tag: Id3v2Tag): boolean =>
  tag.version === 4 &&
  (((frame.bytes[9] ?? 0) & 0x02) !== 0 || (tag.flags & UNSYNCHRONISATION_FLAG) !== 0);

/** A frame's content without what its flags add to it; null when compressed or encrypted. */
export function frameContent(frame: Id3v2Frame, tag: Id3v2Tag): Uint8Array | null {
  const start = contentStart(frame, tag);
  if (start === null) return null;
  const stored = frame.bytes.subarray(start);
  return isStuffed(frame, tag) ? resynchronise(stored) : stored;
}
