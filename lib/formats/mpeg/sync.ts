/**
 * Where MPEG audio begins. Four bytes that look like a header stand in any picture; they are
 * believed when headers of the same stream follow where they say they will.
 */
import type { ByteSource } from "../bytes";
import { id3v2Length } from "../id3/id3v2-header";
import {
  frameLength,
  headerAt,
  isFreeFormat,
  isHeader,
  LONGEST_FRAME,
  STREAM_MASK,
} from "./header";

/** Headers in a row that make a beginning believable, where the audio does not end sooner. */
export const BEGINNING = 3;
/** Free format: the longest frame is of 640 kbit/s at 8 kHz, MPEG-2.5: 72 · 640000 / 8000 bytes. */
const FREE_FORMAT_LONGEST = 5760 + 1;
const FREE_FORMAT_SHORTEST = 24;
/** Looking for the next free-format header is the one long look ahead, so it is rationed. */
const FREE_FORMAT_LOOKS = 32;
/** Bytes that a judgement looks ahead at most. */
const LOOK_AHEAD = Math.max(BEGINNING * LONGEST_FRAME, 2 * FREE_FORMAT_LONGEST) + 8;

export const sameStream = (a: number, b: number): boolean => ((a ^ b) & STREAM_MASK) === 0;

/**
 * True when `count` headers of one stream follow each other from `at`, or when such a row ends
 * where the audio ends: exactly, or with a last frame that is cut short.
 */
export function chains(bytes: Uint8Array, at: number, end: number, count: number): boolean {
  const first = headerAt(bytes, at);
  let position = at;
  for (let seen = 0; seen < count; seen++) {
    if (position === end && seen > 0) return true;
    if (position + 4 > end) return false;
    const header = headerAt(bytes, position);
    if (!isHeader(header) || isFreeFormat(header) || !sameStream(first, header)) return false;
    position += frameLength(header);
    if (position > end) return seen > 0;
  }
  return true;
}

/** True when three free-format headers follow each other at one distance. */
function freeFormatChains(bytes: Uint8Array, at: number, end: number): boolean {
  const first = headerAt(bytes, at);
  const same = (position: number): boolean => {
    const header = headerAt(bytes, position);
    return isHeader(header) && isFreeFormat(header) && sameStream(first, header);
  };
  const limit = Math.min(at + FREE_FORMAT_LONGEST, end - 4);
  for (let next = at + FREE_FORMAT_SHORTEST; next <= limit; next++) {
    if (!same(next)) continue;
    // Padding makes a frame one byte longer, or the one before it.
    const after = next + (next - at);
    if (same(after) || same(after + 1) || same(after - 1)) return true;
  }
  return false;
}

const LETTER_I = 0x49;

/** The length of the ID3v2 tag that stands at `at` and ends before `end`; 0 where there is none. */
export function tagLength(bytes: Uint8Array, at: number, end: number): number {
  const length = bytes[at] === LETTER_I ? (id3v2Length(bytes, at) ?? 0) : 0;
  return at + length <= end ? length : 0;
}

/** The next position behind `at` that can begin a frame or an ID3v2 tag, or `end`. */
export function nextSync(bytes: Uint8Array, at: number, end: number): number {
  let next = at + 1;
  while (next < end && bytes[next] !== 0xff && bytes[next] !== LETTER_I) next++;
  return Math.min(next, end);
}

export interface StreamStart {
  readonly offset: number;
  readonly header: number;
}

/** Junk in front of the first frame that is looked through where a file is only looked at. */
export const REACH = 1 << 20;

/** Bytes that are looked through at a time. */
const WINDOW = 1 << 16;

/**
 * The first frame between `start` and `end` that others follow, ID3v2 tags on the way stepped
 * over; null where there is none within `reach` bytes that belong to no tag.
 */
export function findStream(
  source: ByteSource,
  start: number,
  end: number,
  reach = Infinity,
): StreamStart | null {
  let freeFormatLooks = FREE_FORMAT_LOOKS;
  let left = reach;
  for (let offset = start; offset + 4 <= end && left > 0;) {
    const bytes = source.read(offset, Math.min(WINDOW + LOOK_AHEAD, end - offset));
    const limit = Math.min(WINDOW, left, bytes.length);
    let at = 0;
    while (at < limit) {
      const header = headerAt(bytes, at);
      if (
        isHeader(header) &&
        (isFreeFormat(header)
          ? freeFormatLooks-- > 0 && freeFormatChains(bytes, at, bytes.length)
          : chains(bytes, at, bytes.length, BEGINNING))
      )
        return { offset: offset + at, header };
      const tag = tagLength(bytes, at, end - offset);
      left += tag;
      at = tag > 0 ? at + tag : nextSync(bytes, at, limit);
    }
    left -= at;
    offset += at;
  }
  return null;
}

/** Whether a stream begins at `offset` exactly, or behind ID3v2 tags that begin there. */
export const isStreamAt = (source: ByteSource, offset: number, end: number): boolean =>
  findStream(source, offset, end, 1) !== null;
