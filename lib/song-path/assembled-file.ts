import { partsSource, type ByteSource, type Part } from "@/lib/formats";
import { joinedBlob } from "@/lib/storage/joined-blob";
import { BLOCK_BYTES, type Block, type Scratch } from "@/lib/storage/scratch";
import type { SongBytes } from "@/lib/storage/song-bytes";

/** The file to deliver: the encoded bytes, with the song's own tags put in without a copy. */
export interface AssembledFile {
  readonly source: ByteSource;
  /** Its bytes, once. A file that they were encoded into is closed, and has to stay. */
  toBytes(): Promise<SongBytes>;
}

export const scratchSource = (scratch: Scratch): ByteSource => ({
  size: scratch.size,
  read(offset, length) {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, scratch.size - offset)));
    return bytes.subarray(0, scratch.read(offset, bytes));
  },
  readInto: (offset, target) => scratch.read(offset, target),
});

/** As the encoder wrote it. */
export const encodedFile = (encoded: Scratch): AssembledFile => ({
  source: scratchSource(encoded),
  toBytes: () => deliveredBytes(encoded, [{ from: "encoded", offset: 0, length: encoded.size }]),
});

/** The parts of the encoded file and of what stands between them, in order. */
export function assembledFile(encoded: Scratch, parts: readonly Part[]): AssembledFile {
  return {
    source: partsSource(parts, scratchSource(encoded)),
    toBytes: () => deliveredBytes(encoded, parts),
  };
}

async function deliveredBytes(encoded: Scratch, parts: readonly Part[]): Promise<SongBytes> {
  const blocks = encoded.toBlocks();
  if (blocks) {
    return parts.flatMap((part) =>
      // What comes of the source may lie in memory that the next song is read into.
      part instanceof Uint8Array ? [part.slice()] : within(blocks, part.offset, part.length),
    );
  }
  return joinedBlob((await encoded.toFile())!, parts);
}

/** What of the blocks holds these bytes of all that is in them. */
function within(blocks: readonly Block[], offset: number, length: number): Block[] {
  const first = Math.floor(offset / BLOCK_BYTES);
  const last = Math.ceil((offset + length) / BLOCK_BYTES);
  return blocks.slice(first, last).map((block, index) => {
    const start = (first + index) * BLOCK_BYTES;
    return block.subarray(Math.max(0, offset - start), offset + length - start);
  });
}
