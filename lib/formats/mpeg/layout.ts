/**
 * Where the tags around MPEG audio lie: ID3v2 (several may follow each other) and APE in front;
 * APE, Lyrics3, ID3v1 and an appended ID3v2.4 at the end, in any order.
 */
import { apeSpanAt, apeSpanBefore } from "../ape/ape";
import { has, lastIndexOfText, latin1, section, windowed, type ByteSource } from "../bytes";
import { id3v1Before } from "../id3/id3v1";
import { readId3v2 } from "../id3/id3v2";
import { ID3V2_HEADER, id3v2Length, id3v2LengthByFooter } from "../id3/id3v2-header";

export interface Mp3Block {
  readonly type: "id3v2" | "ape" | "id3v1" | "lyrics3";
  readonly offset: number;
  readonly length: number;
}

export interface Mp3Layout {
  /** Tags in front of the audio, in file order. */
  readonly head: readonly Mp3Block[];
  /** Tags behind the audio, in file order. */
  readonly tail: readonly Mp3Block[];
  /** First byte that belongs to no tag in front; junk before the first frame counts as audio. */
  readonly audioStart: number;
  readonly audioEnd: number;
}

/** More tags in a row than any file has; keeps hostile ones from costing time. */
const MAX_BLOCKS = 128;

/** Where the tags lie. Never fails: what is no tag is audio. */
export function mp3Layout(file: ByteSource): Mp3Layout {
  const source = windowed(file);
  const head: Mp3Block[] = [];
  let audioStart = 0;
  while (head.length < MAX_BLOCKS) {
    const block = blockAt(source, audioStart);
    if (block === null) break;
    head.push(block);
    audioStart += block.length;
  }
  const tail: Mp3Block[] = [];
  let audioEnd = source.size;
  while (tail.length < MAX_BLOCKS) {
    const block = blockBefore(source, audioEnd);
    if (block === null || block.offset < audioStart) break;
    tail.unshift(block);
    audioEnd = block.offset;
  }
  return { head, tail, audioStart, audioEnd };
}

/** An MP3 without its tags, as a file of its own; all of it where nothing else is there. */
export function mp3Audio(source: ByteSource): ByteSource {
  const { audioStart, audioEnd } = mp3Layout(source);
  return audioEnd > audioStart ? section(source, audioStart, audioEnd - audioStart) : source;
}

/** The tag that begins at `offset`, or null. */
export function blockAt(source: ByteSource, offset: number): Mp3Block | null {
  const declared = id3v2Length(source.read(offset, ID3V2_HEADER));
  if (declared === null) {
    const ape = apeSpanAt(source, offset);
    return ape === null ? null : { type: "ape", ...ape };
  }
  const length = offset + declared <= source.size ? declared : readableLength(source, offset);
  return { type: "id3v2", offset, length };
}

/** An ID3v2 tag that claims more than the file has ends after its readable frames. */
function readableLength(source: ByteSource, offset: number): number {
  const { extended, frames } = readId3v2(source, offset)!;
  const readable = frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
  return Math.min(source.size - offset, ID3V2_HEADER + extended.length + readable);
}

/** The tag that ends at `end`, or null. */
export function blockBefore(source: ByteSource, end: number): Mp3Block | null {
  // First, since "APETAGEX" at the right distance has the mark of ID3v1 in it.
  const ape = apeSpanBefore(source, end);
  if (ape !== null) return { type: "ape", ...ape };
  const id3v1 = id3v1Before(source, end);
  if (id3v1 !== null) return { type: "id3v1", offset: end - id3v1, length: id3v1 };
  const lyrics = lyrics3Before(source, end);
  if (lyrics !== null) return { type: "lyrics3", offset: end - lyrics, length: lyrics };
  const id3v2 = id3v2LengthByFooter(source.read(end - ID3V2_HEADER, ID3V2_HEADER));
  if (id3v2 === null || id3v2 > end) return null;
  const offset = end - id3v2;
  return id3v2Length(source.read(offset, ID3V2_HEADER)) === id3v2
    ? { type: "id3v2", offset, length: id3v2 }
    : null;
}

/** Characters that Lyrics3 v1 may hold. */
const TEXT_LIMIT = 5100;

/** Length of a Lyrics3 v2 or v1 block that ends at `end` (id3.org/Lyrics3, Lyrics3v2). */
function lyrics3Before(source: ByteSource, end: number): number | null {
  if (end < 20) return null;
  const [begin, endOfV1, endOfV2] = ["LYRICSBEGIN", "LYRICSEND", "LYRICS200"] as const;
  const mark = source.read(end - 9, 9);
  if (has(mark, 0, endOfV2)) {
    const digits = latin1(source.read(end - 15, 6));
    if (!/^\d{6}$/.test(digits)) return null;
    const length = Number(digits) + 15;
    return length <= end && has(source.read(end - length, 11), 0, begin) ? length : null;
  }
  if (!has(mark, 0, endOfV1)) return null;
  // Version 1 does not state its size.
  const reach = Math.min(end, begin.length + TEXT_LIMIT + endOfV1.length);
  const at = lastIndexOfText(source.read(end - reach, reach), begin);
  return at < 0 ? null : reach - at;
}
