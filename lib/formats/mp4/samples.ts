/** Where the samples of a track lie in the file: `stsz`, `stsc`, `stco`/`co64` (ISO 14496-12 §8.7). */
import { u32be, u64be } from "../bytes";
import { boxContent, find, type Box } from "./boxes";
import type { Track } from "./track";

export interface Samples {
  /** From the start of the file, never falling. */
  readonly offsets: Float64Array;
  readonly sizes: Uint32Array;
}

/** More than a hundred hours of any audio; bounds what a table that lies can ask for. */
const MOST_SAMPLES = 1 << 24;

/**
 * Null where the tables do not add up: samples that overlap, that are not all in chunks or not in
 * order, or that have different descriptions.
 */
export function readSamples(track: Track): Samples | null {
  const content = (type: string): Uint8Array | null => {
    const box = find(track.tables, type);
    return box === undefined ? null : boxContent(track.bytes, box);
  };
  const [stsz, stsc] = [content("stsz"), content("stsc")];
  const [stco, co64] = [content("stco"), content("co64")];
  const chunks = stco ?? co64;
  if (stsz === null || stsc === null || chunks === null) return null;

  const constant = u32be(stsz, 4);
  const count = u32be(stsz, 8);
  if (count > MOST_SAMPLES || (constant === 0 && 12 + 4 * count > stsz.length)) return null;
  const width = stco === null ? 8 : 4;
  const chunkCount = u32be(chunks, 4);
  const runCount = u32be(stsc, 4);
  if (8 + width * chunkCount > chunks.length || 8 + 12 * runCount > stsc.length) return null;

  const [offsets, sizes] = [new Float64Array(count), new Uint32Array(count)];
  let [sample, run, end] = [0, 0, 0];
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    while (run + 1 < runCount && u32be(stsc, 8 + 12 * (run + 1)) <= chunk + 1) run++;
    const perChunk = u32be(stsc, 8 + 12 * run + 4);
    if (u32be(stsc, 8 + 12 * run + 8) !== 1 || perChunk > count - sample) return null;
    let offset = width === 8 ? u64be(chunks, 8 + 8 * chunk) : u32be(chunks, 8 + 4 * chunk);
    if (offset < end) return null;
    for (let left = perChunk; left > 0; left--, sample++) {
      offsets[sample] = offset;
      sizes[sample] = constant === 0 ? u32be(stsz, 12 + 4 * sample) : constant;
      offset += sizes[sample]!;
    }
    end = offset;
  }
  return sample === count ? { offsets, sizes } : null;
}

/**
 * Whether every chunk begins in one of these boxes and, where the tables tell samples, ends in it too.
 * What lies elsewhere would be moved, or written over, with the boxes around it.
 */
export function samplesLieIn(track: Track, media: readonly Box[]): boolean {
  const table = find(track.tables, "stco") ?? find(track.tables, "co64");
  if (table === undefined) return false;
  const [width, offsetAt] = table.type === "co64" ? ([8, u64be] as const) : ([4, u32be] as const);
  const count = u32be(track.bytes, table.content + 4);
  if (table.content + 8 + count * width > table.end) return false;
  const liesIn = (from: number, to: number) =>
    media.some(({ content, end }) => from >= content && to <= end);
  for (let i = 0; i < count; i++) {
    const offset = offsetAt(track.bytes, table.content + 8 + i * width);
    if (!liesIn(offset, offset)) return false;
  }
  const samples = readSamples(track);
  if (samples === null) return true;
  return samples.offsets.every((offset, i) => liesIn(offset, offset + samples.sizes[i]!));
}
