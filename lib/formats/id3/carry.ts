/** Putting an ID3v2 tag together again without changing what is not meant to change. */
import { concat, fromLatin1, putSyncsafe, putU32be, u32be } from "../bytes";
import { crc32 } from "../crc";
import type { Report } from "../report";
import type { NamedText } from "../types";
import { contentStart, frameContent, isStuffed, type Id3v2Frame, type Id3v2Tag } from "./id3v2";
import { hasFooter, id3v2Header, UNSYNCHRONISATION_FLAG } from "./id3v2-header";
import { decodeTerminated } from "./id3v2-text";
import { resynchronise, unsynchronise } from "./unsynchronisation";

const none = new Uint8Array(0);

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

/**
 * The tag to put into the new file: the source's bytes, unless something has to go or come.
 * `endIsRight` says that what follows the declared end is what should follow a tag, so its size
 * is right even if its inside is odd. Null: nothing of it is left.
 */
export function carryId3v2(
  tag: Id3v2Tag,
  endIsRight: boolean,
  add: readonly NamedText[],
  report: Report,
): Uint8Array | null {
  const fits = tag.raw.length === tag.declaredLength;
  const trusted = fits && (tag.intact || endIsRight);
  if (tag.opaque) {
    if (trusted) return tag.raw;
    report.note("damaged-tag-trimmed");
    return null;
  }
  const kept: Uint8Array[] = [];
  let changed = add.length > 0;
  for (const frame of tag.frames) {
    const name = frameName(frame, tag);
    if (loudnessFrames.has(frame.id)) report.removed.push(name);
    else if (!report.sameSound && outdatedFrames.has(frame.id)) report.outdated.push(name);
    else if (!report.leavesOut(name)) {
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
  const header = id3v2Header(tag.raw.subarray(3, 6), body.length);
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
  return concat([id3v2Header([3, 0, 0], body.length), body]);
}
