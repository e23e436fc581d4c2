/** Tags, pictures and other metadata blocks of FLAC. */
import { apeSpanBefore } from "../ape/ape";
import { concat, u32be, type ByteSource } from "../bytes";
import { id3v1Before } from "../id3/id3v1";
import { carryId3v2 } from "../id3/carry";
import { replayGainTags } from "../loudness-tags";
import { tidy } from "../parts";
import { Report } from "../report";
import {
  MAX_CARRIED_BYTES,
  type Part,
  type TransplantOptions,
  type TransplantResult,
} from "../types";
import {
  buildVorbisComment,
  carryEntries,
  parseVorbisComment,
  type VorbisComment,
} from "../vorbis-comment";
import {
  flacBlock,
  flacComment,
  flacLayout,
  readBlock,
  type FlacBlock,
  type FlacLayout,
} from "./layout";

const emptyComment: VorbisComment = parseVorbisComment(new Uint8Array(8));

export function transplantFlac(
  source: ByteSource,
  encoded: ByteSource,
  options: TransplantOptions,
): TransplantResult {
  const from = flacLayout(source);
  if (from === null) return { kind: "refused", reason: "source-not-recognised" };
  const to = flacLayout(encoded);
  const streamInfo = to?.blocks[0];
  if (to === null || !to.intact || streamInfo === undefined)
    return { kind: "refused", reason: "encoded-not-recognised" };
  const carriedBlocks = from.intact ? from.blocks : intactBlocks(source, from.blocks);
  const isCarried = ({ type }: FlacBlock) => options.sameSound === true || !isOfTheAudio(type);
  const carriedSize = carriedBlocks
    .filter(isCarried)
    .reduce((sum, { length }) => sum + length, from.start);
  if (carriedSize > MAX_CARRIED_BYTES) return { kind: "refused", reason: "tags-too-large" };

  const report = new Report(options);
  if (!from.intact) report.note("damaged-tag-trimmed");
  // In the file itself they stay where they are.
  if (!report.sameSound) {
    if (from.id3.length === 0 && from.start > 0) report.note("bytes-in-front-dropped");
    if (hasTagBehind(source)) report.note("tag-behind-flac-dropped");
  }
  const id3 = carryFront(from, report);
  const encodedComment = flacComment(encoded, to) ?? emptyComment;
  const add = options.loudness ? replayGainTags(options.loudness) : [];
  const comment = (old: VorbisComment): Uint8Array => {
    const entries = carryEntries(old, encodedComment, add, report);
    return buildVorbisComment(encodedComment.vendor, entries, old.trailing);
  };

  const blocks: Array<{ type: number; content: Uint8Array }> = [];
  // The encoder's seek points fit its own frames; the source's do not.
  if (!report.sameSound)
    for (const block of [streamInfo, ...to.blocks.filter(isSeekTable)])
      blocks.push({ type: block.type, content: readBlock(encoded, block).slice() });
  let hasComment = false;
  for (const block of carriedBlocks) {
    if (!isCarried(block)) continue;
    if (block.type !== flacBlock.vorbisComment)
      blocks.push({ type: block.type, content: readBlock(source, block).slice() });
    else if (hasComment) report.note("second-comment-block-dropped");
    else {
      hasComment = true;
      const content = comment(parseVorbisComment(readBlock(source, block)));
      blocks.push({ type: block.type, content });
    }
  }
  // RFC 9639 wants no comment block, but the channel mask and loudness need one.
  if (!hasComment) {
    const content = comment({ ...emptyComment, entries: [] });
    if (parseVorbisComment(content).entries.length > 0)
      blocks.splice(1, 0, { type: flacBlock.vorbisComment, content });
  }
  if (blocks.some(({ content }) => content.length > 0xff_ffff))
    return { kind: "refused", reason: "output-too-large" };

  const stream = blocks.flatMap(({ type, content }, index) => {
    const last = index === blocks.length - 1 ? 0x80 : 0;
    const size = content.length;
    return [Uint8Array.of(type | last, size >> 16, size >> 8, size), content];
  });
  const signature = encoded.read(to.start, 4).slice();
  const audio: Part = {
    from: "encoded",
    offset: to.audioStart,
    length: encoded.size - to.audioStart,
  };
  return {
    kind: "done",
    parts: tidy([...id3, concat([signature, ...stream]), audio]),
    removed: report.removed,
    outdated: report.outdated,
    notes: report.notes,
  };
}

const hasTagBehind = (source: ByteSource): boolean =>
  id3v1Before(source, source.size) !== null || apeSpanBefore(source, source.size) !== null;

const isSeekTable = ({ type }: FlacBlock): boolean => type === flacBlock.seekTable;

/** All other blocks, of unknown types too, are kept as they are. */
const isOfTheAudio = (type: number): boolean =>
  type === flacBlock.streamInfo || type === flacBlock.seekTable;

/**
 * In a damaged list, the blocks up to the first that cannot be one: of a type not yet given out,
 * or a picture whose inner lengths do not add up.
 */
function intactBlocks(source: ByteSource, blocks: readonly FlacBlock[]): FlacBlock[] {
  const end = blocks.findIndex(
    (block) =>
      block.type > flacBlock.picture ||
      (block.type === flacBlock.picture && !isIntactPicture(readBlock(source, block))),
  );
  return end < 0 ? [...blocks] : blocks.slice(0, end);
}

/** Type, MIME type, description, four numbers, data: the lengths fill the block (§8.8). */
function isIntactPicture(bytes: Uint8Array): boolean {
  const description = 8 + u32be(bytes, 4);
  const data = description + 4 + u32be(bytes, description) + 16;
  return data + 4 + u32be(bytes, data) === bytes.length;
}

function carryFront(layout: FlacLayout, report: Report): Uint8Array[] {
  const carried: Uint8Array[] = [];
  let end = 0;
  for (const tag of layout.id3) {
    end += tag.declaredLength;
    const bytes = carryId3v2(tag, end <= layout.start, [], report);
    if (bytes !== null) carried.push(bytes);
  }
  return carried;
}
