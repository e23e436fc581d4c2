/** AAC as a stream of frames with headers, ADTS (ISO/IEC 14496-3 §1.A.2.2), between tags or none. */
import { apeText, buildApe, carryApe } from "../ape/ape";
import { bytesSource, concat, u16be } from "../bytes";
import { carryId3v2 } from "../id3/carry";
import { readId3v2 } from "../id3/id3v2";
import { formatUndo, parseUndo, UNDO_KEY } from "../mpeg/gain-undo";
import { mp3Layout, type Mp3Layout } from "../mpeg/layout";
import { changeItems, findUndoTag, type UndoTag } from "../mpeg/undo-tag";
import { Report } from "../report";
import { sampleRates } from "./bands";
import type { AacGainReason, Carrier } from "./carrier";
import { moveFields } from "./fields";
import { MsbReader } from "./msb-bits";
import { GainFields, type Span, walkBlock } from "./raw-data-block";

interface Header {
  /** Everything that must not change in the stream: all but copyright bits, length and fullness. */
  readonly fixed: number;
  readonly isProtected: boolean;
  readonly profile: number;
  readonly rate: number;
  readonly length: number;
  readonly blocks: number;
}

/** A checksum, and the bits of the file that it covers. */
interface Checksum {
  readonly at: number;
  readonly covered: readonly Span[];
}

const HEADER = 7;
const LOW_COMPLEXITY = 1;

const headerAt = (bytes: Uint8Array, at: number): Header | null => {
  const byte = (i: number) => bytes[at + i] ?? 0;
  const fixed = byte(1) * 0x1_0000 + byte(2) * 0x100 + (byte(3) & 0xf0);
  const [profile, rate] = [byte(2) >> 6, (byte(2) >> 2) & 15];
  const isFrame = byte(0) === 0xff && (byte(1) & 0xf6) === 0xf0 && rate < sampleRates.length;
  if (!isFrame || at + HEADER > bytes.length) return null;
  return {
    fixed,
    isProtected: (byte(1) & 1) === 0,
    profile,
    rate,
    length: ((byte(3) & 3) << 11) | (byte(4) << 3) | (byte(5) >> 5),
    blocks: (byte(6) & 3) + 1,
  };
};

/** Polynomial 0x8005, start 0xFFFF, over single bits: elements do not begin at whole bytes. */
const checksum = (bytes: Uint8Array, covered: readonly Span[]): number => {
  let crc = 0xffff;
  for (const { at, most, end } of covered) {
    const start = Math.floor(at / 8);
    const bits = new MsbReader(bytes.subarray(start, Math.ceil(end / 8)), at % 8, end - 8 * start);
    for (let i = 0; i < most; i++) {
      const bit = bits.at < bits.end ? bits.read(1) : 0;
      const carry = (crc >>> 15) ^ bit;
      crc = (crc << 1) & 0xffff;
      if (carry) crc ^= 0x8005;
    }
  }
  return crc;
};

const shifted = (covered: readonly Span[], bits: number): Span[] =>
  covered.map(({ at, most, end }) => ({ at: at + bits, most, end: end + bits }));

/** Adds up the frames of one stream. */
class StreamReader {
  readonly fields = new GainFields();
  readonly checksums: Checksum[] = [];
  frames = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read({ audioStart, audioEnd: end }: Mp3Layout, first: Header): AacGainReason | null {
    let at = audioStart;
    while (at < end) {
      const header = headerAt(this.#bytes, at);
      // A last frame that is cut short stays as it is.
      const isCut = header === null ? end - at < HEADER : at + header.length > end;
      if (isCut && this.frames > 0) return null;
      if (header?.fixed !== first.fixed || isCut) return "damaged-stream";
      const refusal = this.#readFrame(at, header);
      if (refusal !== null) return refusal;
      at += header.length;
    }
    return null;
  }

  #readFrame(at: number, { isProtected, length, rate, blocks }: Header): AacGainReason | null {
    const bytes = this.#bytes;
    const frameEnd = at + length;
    // With several blocks the header has their positions, and each block a checksum of its own.
    let from = at + HEADER + (isProtected ? 2 * blocks : 0);
    const header: Span = { at: 8 * at, most: 8 * HEADER, end: 8 * (at + HEADER) };
    for (let left = blocks; left > 0; left--) {
      if (from > frameEnd) return "damaged-frame";
      const block = walkBlock(bytes, { from, to: frameEnd }, rate, this.fields);
      if (typeof block === "string") return block;
      if (isProtected) {
        const covered = shifted(block.covered, 8 * from);
        this.checksums.push(
          blocks === 1
            ? { at: at + HEADER, covered: [header, ...covered] }
            : { at: from + block.length, covered },
        );
      }
      from += block.length + (isProtected && blocks > 1 ? 2 : 0);
    }
    this.frames++;
    return from > frameEnd ? "damaged-frame" : null;
  }
}

/** Tags around the stream tell a loudness, which would be wrong after a change. */
const hasLoudnessTags = (bytes: Uint8Array, { head, tail }: Mp3Layout): boolean => {
  const file = bytesSource(bytes);
  const report = new Report({ keepUndo: true });
  for (const block of [...head, ...tail]) {
    const tag = block.type === "id3v2" ? readId3v2(file, block.offset) : null;
    if (tag !== null) carryId3v2(tag, true, [], report);
    if (block.type === "ape") carryApe(file, block, report);
  }
  return report.removed.length > 0;
};

/** The APE tag that has, or is to have, the record. */
const openTag = (
  bytes: Uint8Array,
  layout: Mp3Layout,
): (UndoTag & { readonly made: number | null }) | AacGainReason => {
  const found = findUndoTag(bytesSource(bytes), layout);
  if (found === null) return "no-place-for-undo";
  const { span, tag } = found;
  const text = tag === null ? null : apeText(tag, UNDO_KEY);
  if (text === null) return { span, tag, made: null };
  const undo = parseUndo(text);
  if (undo === null || undo.wraps) return "damaged-undo";
  return undo.left === undo.right ? { span, tag, made: undo.left } : "channels-differ";
};

/** Null where this is no ADTS. Undo information is kept as in an MP3: `MP3GAIN_UNDO` of an APE tag. */
export const openAdts = (bytes: Uint8Array): Carrier | AacGainReason | null => {
  const layout = mp3Layout(bytesSource(bytes));
  const first = headerAt(bytes, layout.audioStart);
  if (first === null || layout.audioStart + first.length > layout.audioEnd) return null;
  if (first.profile !== LOW_COMPLEXITY) return "not-aac-lc";
  const stream = new StreamReader(bytes);
  const refusal = stream.read(layout, first);
  if (refusal !== null) return refusal;
  const { fields, checksums, frames } = stream;
  for (const { at, covered } of checksums)
    if (u16be(bytes, at) !== checksum(bytes, covered)) return "unknown-checksum";
  const opened = openTag(bytes, layout);
  if (typeof opened === "string") return opened;
  const { span, tag, made } = opened;

  return {
    kind: "adts",
    frames,
    sampleRate: sampleRates[first.rate]!,
    fields,
    made,
    write(steps, total) {
      if (total !== 0 && hasLoudnessTags(bytes, layout)) return "loudness-tags";
      const moved = moveFields(bytes, fields, steps);
      for (const { at, covered } of checksums) {
        const crc = checksum(moved, covered);
        moved[at] = crc >>> 8;
        moved[at + 1] = crc;
      }
      const change = { left: total, right: total, wraps: false };
      const undo = total === 0 ? null : formatUndo(change);
      const ape = buildApe(changeItems(tag?.items ?? [], { [UNDO_KEY]: undo }), tag);
      return concat([
        moved.subarray(0, span.offset),
        ape,
        moved.subarray(span.offset + span.length),
      ]);
    },
  };
};
