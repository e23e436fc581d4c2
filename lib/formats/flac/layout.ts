/** FLAC metadata blocks (RFC 9639 §8), with ID3v2 in front where a file has it. */
import { has, indexOfText, section, u24be, windowed, type ByteSource } from "../bytes";
import { readId3v2, type Id3v2Tag } from "../id3/id3v2";
import { parseVorbisComment, type VorbisComment } from "../vorbis-comment";

export const flacBlock = {
  streamInfo: 0,
  padding: 1,
  application: 2,
  seekTable: 3,
  vorbisComment: 4,
  cueSheet: 5,
  picture: 6,
} as const;

export interface FlacBlock {
  readonly type: number;
  /** Of the content, after the four bytes of header. */
  readonly offset: number;
  readonly length: number;
}

export interface FlacLayout {
  readonly id3: readonly Id3v2Tag[];
  /** Where `fLaC` stands. */
  readonly start: number;
  readonly blocks: readonly FlacBlock[];
  readonly audioStart: number;
  /** The last block's flag was met, and a frame (or the end) follows it. */
  readonly intact: boolean;
}

/** More than any file has; keeps hostile ones from costing time. */
const MAX_BLOCKS = 4096;

/** Null when there is no `fLaC` and STREAMINFO at the start (or after ID3v2 tags). */
export function flacLayout(file: ByteSource): FlacLayout | null {
  const source = windowed(file);
  const id3: Id3v2Tag[] = [];
  let start = 0;
  for (let tag = readId3v2(source, 0); tag !== null && id3.length < 8;) {
    id3.push(tag);
    start += tag.declaredLength;
    tag = readId3v2(source, start);
  }
  if (!has(source.read(start, 4), 0, "fLaC")) {
    // A tag whose size lies: the signature cannot be far.
    const found = indexOfText(source.read(0, 1 << 16), "fLaC\0\0\0\x22");
    if (found < 0) return null;
    start = found;
  }
  const blocks: FlacBlock[] = [];
  let offset = start + 4;
  let intact = false;
  for (let last = false; !last && blocks.length < MAX_BLOCKS;) {
    const header = source.read(offset, 4);
    const length = u24be(header, 1);
    if (header.length < 4 || offset + 4 + length > source.size) break;
    const type = (header[0] ?? 0) & 0x7f;
    // 127 is forbidden because it looks like a frame's sync code.
    if (type === 127) break;
    blocks.push({ type, offset: offset + 4, length });
    offset += 4 + length;
    last = intact = (header[0] ?? 0) >= 0x80;
  }
  const sync = source.read(offset, 2);
  intact &&= sync.length === 0 || (sync[0] === 0xff && ((sync[1] ?? 0) & 0xfc) === 0xf8);
  if (blocks[0]?.type !== flacBlock.streamInfo || blocks[0].length !== 34) return null;
  return { id3, start, blocks, audioStart: offset, intact };
}

/** The file from where FLAC begins in it, for readers that want that in front; all of it elsewhere. */
export function readableFlac(source: ByteSource): ByteSource {
  const head = source.read(0, 4);
  if (has(head, 0, "fLaC") || has(head, 0, "ID3")) return source;
  const layout = flacLayout(source);
  return layout === null ? source : section(source, layout.start, source.size - layout.start);
}

export const readBlock = (source: ByteSource, block: FlacBlock): Uint8Array =>
  source.read(block.offset, block.length);

export function flacComment(source: ByteSource, layout: FlacLayout): VorbisComment | null {
  const block = layout.blocks.find(({ type }) => type === flacBlock.vorbisComment);
  return block === undefined ? null : parseVorbisComment(readBlock(source, block));
}
