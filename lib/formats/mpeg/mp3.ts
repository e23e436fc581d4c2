/**
 * Tags around MPEG audio: ID3v2 (several may follow each other) and APE in front; APE, Lyrics3,
 * ID3v1 and an appended ID3v2.4 at the end, in any order. They are carried in the order found.
 */
import { carryApe, readApeAt, readApeBefore, type ApeTag } from "../ape/ape";
import { has, latin1, syncsafe, windowed, type ByteSource } from "../bytes";
import { carryId3v2, newId3v2, readId3v2, type Id3v2Tag, type NamedText } from "../id3/id3v2";
import { replayGainTags } from "../loudness-tags";
import { findAudio, isAudioAt } from "./frame";
import { partsSize, tidy } from "../parts";
import { Report } from "../report";
import {
  MAX_CARRIED_BYTES,
  type Part,
  type TransplantOptions,
  type TransplantResult,
} from "../types";

export type Mp3Block =
  | {
      readonly type: "id3v2";
      readonly offset: number;
      readonly length: number;
      readonly tag: Id3v2Tag;
    }
  | { readonly type: "ape"; readonly offset: number; readonly length: number; readonly tag: ApeTag }
  | { readonly type: "id3v1" | "lyrics3"; readonly offset: number; readonly length: number };

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
const MAX_BLOCKS = 32;

/** Where the tags lie. Never fails: what is no tag is audio. */
export function mp3Layout(file: ByteSource): Mp3Layout {
  const source = windowed(file);
  const head: Mp3Block[] = [];
  let audioStart = 0;
  while (head.length < MAX_BLOCKS) {
    const id3 = readId3v2(source, audioStart);
    const ape = id3 === null ? readApeAt(source, audioStart) : null;
    if (id3 !== null) {
      const length = frontLength(source, audioStart, id3);
      head.push({ type: "id3v2", offset: audioStart, length, tag: id3 });
      audioStart += length;
    } else if (ape !== null) {
      head.push({ type: "ape", offset: ape.offset, length: ape.length, tag: ape });
      audioStart += ape.length;
    } else break;
  }
  const tail: Mp3Block[] = [];
  let audioEnd = source.size;
  while (tail.length < MAX_BLOCKS) {
    const block = blockBefore(source, audioEnd);
    if (block === null || block.offset < audioStart || block.length === 0) break;
    tail.unshift(block);
    audioEnd = block.offset;
  }
  return { head, tail, audioStart, audioEnd };
}

/** A tag that claims more than the file has ends after its readable frames. */
function frontLength(source: ByteSource, offset: number, tag: Id3v2Tag): number {
  if (offset + tag.declaredLength <= source.size) return tag.declaredLength;
  const readable = tag.frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
  return Math.min(source.size - offset, 10 + tag.extended.length + readable);
}

/** The tag that ends at `end`, or null. */
function blockBefore(source: ByteSource, end: number): Mp3Block | null {
  // ID3v1 takes 128 bytes; "TAG+" (enhanced tag) takes 227 in front of it and ends like audio.
  if (end >= 128 && has(source.read(end - 128, 3), 0, "TAG")) {
    const enhanced = end >= 355 && has(source.read(end - 355, 4), 0, "TAG+");
    const length = enhanced ? 355 : 128;
    return { type: "id3v1", offset: end - length, length };
  }
  const ape = readApeBefore(source, end);
  if (ape !== null) return { type: "ape", offset: ape.offset, length: ape.length, tag: ape };
  const lyrics = lyrics3Before(source, end);
  if (lyrics !== null) return { type: "lyrics3", offset: end - lyrics, length: lyrics };
  const footer = end >= 20 ? source.read(end - 10, 10) : new Uint8Array(0);
  if (has(footer, 0, "3DI")) {
    const length = 20 + syncsafe(footer, 6);
    const tag = length <= end ? readId3v2(source, end - length) : null;
    if (tag !== null && tag.declaredLength === length)
      return { type: "id3v2", offset: end - length, length, tag };
  }
  return null;
}

/** Length of a Lyrics3 v2 or v1 block that ends at `end` (id3.org/Lyrics3, Lyrics3v2). */
function lyrics3Before(source: ByteSource, end: number): number | null {
  if (end < 20) return null;
  const mark = latin1(source.read(end - 9, 9));
  if (mark === "LYRICS200") {
    const digits = latin1(source.read(end - 15, 6));
    if (!/^\d{6}$/.test(digits)) return null;
    const length = Number(digits) + 15;
    return length <= end && has(source.read(end - length, 11), 0, "LYRICSBEGIN") ? length : null;
  }
  if (mark !== "LYRICSEND") return null;
  // Version 1 has no size: at most 5100 bytes of text after its first mark.
  const reach = Math.min(end, 5100 + 20);
  const begin = latin1(source.read(end - reach, reach)).lastIndexOf("LYRICSBEGIN");
  return begin < 0 ? null : reach - begin;
}

export function transplantMp3(
  source: ByteSource,
  encoded: ByteSource,
  options: TransplantOptions,
): TransplantResult {
  const from = mp3Layout(source);
  const to = mp3Layout(encoded);
  if (findAudio(windowed(encoded), to.audioStart) === null)
    return { kind: "refused", reason: "encoded-not-recognised" };
  // Nothing at all is what a song without tags gives that was of another kind.
  if (source.size > 0 && from.head.length === 0 && from.tail.length === 0) {
    // Without any tag only the audio can tell that this is MP3; junk in front may be long.
    if (findAudio(windowed(source), from.audioStart, 1 << 20) === null)
      return { kind: "refused", reason: "source-not-recognised" };
  }
  const report = new Report();
  let pending: readonly NamedText[] = options.loudness ? replayGainTags(options.loudness) : [];
  const carry = (block: Mp3Block, inFront: boolean): Part | null => {
    if (block.type === "ape") return carryApe(source, block.tag, options.keepUndo === true, report);
    if (block.type !== "id3v2") return source.read(block.offset, block.length).slice();
    const add = inFront && !block.tag.opaque ? pending : [];
    if (add.length > 0) pending = [];
    const after = block.offset + block.tag.declaredLength;
    const endIsSound =
      !inFront ||
      [...from.head, ...from.tail].some(({ offset }) => offset === after) ||
      isAudioAt(source, after);
    return carryId3v2(block.tag, endIsSound, add, report);
  };
  const isPart = (part: Part | null): part is Part => part !== null;
  const head = from.head.map((block) => carry(block, true)).filter(isPart);
  const tail = from.tail.map((block) => carry(block, false)).filter(isPart);
  if (pending.length > 0) head.push(newId3v2(pending));
  if (partsSize(head) + partsSize(tail) > MAX_CARRIED_BYTES)
    return { kind: "refused", reason: "tags-too-large" };
  const audio: Part = {
    from: "encoded",
    offset: to.audioStart,
    length: to.audioEnd - to.audioStart,
  };
  return {
    kind: "done",
    parts: tidy([...head, audio, ...tail]),
    removed: report.removed,
    outdated: report.outdated,
    notes: report.notes,
  };
}
