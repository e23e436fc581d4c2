/**
 * Where in a file the frames are: what is left once the tags in front and behind are set aside.
 * A tag counts only when its stated size fits into the file; otherwise its bytes are junk that
 * the frame walk steps over.
 */
import { matches, view } from "../bitstream-bytes";

/** An APEv1 or APEv2 tag: `start` is its header if it has one, `end` is past its footer. */
export interface ApeSpan {
  readonly start: number;
  readonly end: number;
}

export interface AudioRegion {
  readonly start: number;
  readonly end: number;
  /** Every APE tag behind the audio, the last one in the file first. */
  readonly apeTags: readonly ApeSpan[];
}

const APE_FRAME = 32;
const ID3V1 = 128;
const ENHANCED_ID3V1 = 227;
/** Lyrics3 v1 holds at most 5100 bytes of text between its two marks. */
const LYRICS3V1_LIMIT = 5100 + "LYRICSBEGIN".length + "LYRICSEND".length;

/** Length of the ID3v2 tag at `at`, 10-byte header and footer included; 0 where there is none. */
export const id3v2Length = (bytes: Uint8Array, at: number): number => {
  if (!matches(bytes, at, "ID3") || at + 10 > bytes.length) return 0;
  if (bytes[at + 3] === 0xff || bytes[at + 4] === 0xff) return 0;
  let size = 0;
  for (let i = 6; i < 10; i++) {
    const byte = bytes[at + i]!;
    if (byte >= 0x80) return 0;
    size = size * 128 + byte;
  }
  const footer = (bytes[at + 5]! & 0x10) !== 0 ? 10 : 0;
  const length = 10 + size + footer;
  return at + length <= bytes.length ? length : 0;
};

const apeInFront = (bytes: Uint8Array, at: number): number => {
  if (!matches(bytes, at, "APETAGEX") || at + APE_FRAME > bytes.length) return 0;
  const length = APE_FRAME + view(bytes).getUint32(at + 12, true);
  return at + length <= bytes.length ? length : 0;
};

const apeBefore = (bytes: Uint8Array, start: number, end: number): ApeSpan | null => {
  const footer = end - APE_FRAME;
  if (footer < start || !matches(bytes, footer, "APETAGEX")) return null;
  const size = view(bytes).getUint32(footer + 12, true);
  if (size < APE_FRAME || end - size < start) return null;
  const header = end - size - APE_FRAME;
  const hasHeader = header >= start && matches(bytes, header, "APETAGEX");
  return { start: hasHeader ? header : end - size, end };
};

const lyrics3Before = (bytes: Uint8Array, start: number, end: number): number => {
  if (matches(bytes, end - 9, "LYRICS200")) {
    let size = 0;
    for (let at = end - 15; at < end - 9; at++) {
      const digit = (bytes[at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) return 0;
      size = size * 10 + digit;
    }
    const length = size + 15;
    return end - length >= start && matches(bytes, end - length, "LYRICSBEGIN") ? length : 0;
  }
  if (matches(bytes, end - 9, "LYRICSEND")) {
    for (let at = end - 20; at >= Math.max(start, end - LYRICS3V1_LIMIT); at--)
      if (matches(bytes, at, "LYRICSBEGIN")) return end - at;
  }
  return 0;
};

/** An ID3v2.4 tag at the end is found by its footer, which repeats the size (id3v2.4 §3.4). */
const id3v2Before = (bytes: Uint8Array, start: number, end: number): number => {
  const footer = end - 10;
  if (footer < start || !matches(bytes, footer, "3DI")) return 0;
  let size = 0;
  for (let at = end - 4; at < end; at++) size = size * 128 + bytes[at]!;
  const length = size + 20;
  return end - length >= start && matches(bytes, end - length, "ID3") ? length : 0;
};

export const findAudio = (bytes: Uint8Array): AudioRegion => {
  let start = 0;
  for (;;) {
    const length = id3v2Length(bytes, start) || apeInFront(bytes, start);
    if (length === 0) break;
    start += length;
  }

  let end = bytes.length;
  const apeTags: ApeSpan[] = [];
  for (;;) {
    const ape = apeBefore(bytes, start, end);
    if (ape !== null) {
      apeTags.push(ape);
      end = ape.start;
      continue;
    }
    let length = lyrics3Before(bytes, start, end) || id3v2Before(bytes, start, end);
    if (length === 0 && end - ID3V1 >= start && matches(bytes, end - ID3V1, "TAG")) length = ID3V1;
    if (
      length === 0 &&
      end - ENHANCED_ID3V1 >= start &&
      matches(bytes, end - ENHANCED_ID3V1, "TAG+")
    )
      length = ENHANCED_ID3V1;
    if (length === 0) break;
    end -= length;
  }
  return { start, end, apeTags };
};
