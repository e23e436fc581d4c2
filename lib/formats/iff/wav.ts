/**
 * Chunks of WAV: RIFF (Multimedia Programming Interface and Data Specifications 1.0), and RF64
 * with 64-bit sizes (EBU Tech 3306, ITU-R BS.2088).
 */
import {
  concat,
  fromLatin1,
  has,
  latin1,
  putU32le,
  putU64le,
  section,
  u16le,
  u32le,
  u64le,
  windowed,
  type ByteSource,
} from "../bytes";
import { newId3v2 } from "../id3/carry";
import {
  carryId3Chunk,
  chunkHeader,
  chunkParts,
  isId,
  isId3Chunk,
  readChunks,
  type Chunk,
} from "./iff";
import { replayGainTags } from "../loudness-tags";
import { partsSize, tidy } from "../parts";
import { Report } from "../report";
import {
  MAX_CARRIED_BYTES,
  type LoudnessTags,
  type NamedText,
  type Part,
  type TransplantOptions,
  type TransplantResult,
} from "../types";

export interface WavLayout {
  readonly form: "RIFF" | "RF64";
  readonly chunks: readonly Chunk[];
}

const UNKNOWN_SIZE = 0xffff_ffff;

/**
 * Whether this is what writers leave in a header that they cannot go back to: 0, or about 2^31,
 * 2^32 or 2^63 bytes or more. `available` follow.
 */
export const isStreamedSize = (size: number, available: number): boolean =>
  size === 0
    ? available > 0
    : size > available &&
      ((size >= 0x7fff_0000 && size <= 0x8000_0000) ||
        (size >= 0xffff_0000 && size <= 0xffff_ffff) ||
        size >= Number.MAX_SAFE_INTEGER);

export function wavLayout(file: ByteSource): WavLayout | null {
  const source = windowed(file);
  const header = source.read(0, 12);
  const form = latin1(header, 0, 4);
  // BW64 is RF64 under the ITU's name.
  const wide = form === "RF64" || form === "BW64";
  if ((form !== "RIFF" && !wide) || !has(header, 8, "WAVE")) return null;
  const sizes = wide ? largeSizes(source) : new Map<string, number>();
  const chunks = readChunks(source, 12, "little", ({ id, size, offset }) => {
    const stated = size === UNKNOWN_SIZE ? (sizes.get(id) ?? size) : size;
    // No chunk of sound is empty while no other chunk follows it.
    const empty = id === "data" && stated === 0 && !isId(latin1(source.read(offset, 4)));
    return empty ? UNKNOWN_SIZE : stated;
  });
  return { form: wide ? "RF64" : "RIFF", chunks };
}

/** Sizes that do not fit 32 bits, by chunk (Tech 3306 §3). */
function largeSizes(source: ByteSource): Map<string, number> {
  const sizes = new Map<string, number>();
  const ds64 = source.read(12, 8 + 28);
  if (!has(ds64, 0, "ds64")) return sizes;
  sizes.set("data", u64le(ds64, 16));
  const count = Math.min(u32le(ds64, 32), 1024);
  const table = source.read(12 + 8 + 28, count * 12);
  for (let i = 0; i + 12 <= table.length; i += 12)
    sizes.set(latin1(table, i, i + 4), u64le(table, i + 4));
  return sizes;
}

/** What belongs to the audio and its layout in the old file; the encoder writes its own. */
const ofTheAudio = new Set([
  "fmt ",
  "fact",
  "data",
  "JUNK",
  "junk",
  "PAD ",
  "ds64",
  "PEAK",
  "levl",
  "slnt",
]);

export function transplantWav(
  source: ByteSource,
  encoded: ByteSource,
  options: TransplantOptions,
): TransplantResult {
  const from = wavLayout(source);
  if (from === null) return { kind: "refused", reason: "source-not-recognised" };
  const to = wavLayout(encoded);
  const dataIndex = to?.chunks.findIndex(({ id }) => id === "data") ?? -1;
  const data = to?.chunks[dataIndex];
  const format = to?.chunks.find(({ id }) => id === "fmt ");
  if (to === null || data === undefined || format === undefined || format.truncated)
    return { kind: "refused", reason: "encoded-not-recognised" };

  const report = new Report(options);
  const sourceData = from.chunks.find(({ id }) => id === "data");
  const wanted = from.chunks.filter((chunk) => isCarried(source, chunk, report));
  if (wanted.reduce((sum, { length }) => sum + length, 0) > MAX_CARRIED_BYTES)
    return { kind: "refused", reason: "tags-too-large" };

  let pending: readonly NamedText[] = options.loudness ? replayGainTags(options.loudness) : [];
  const carry = (chunk: Chunk): Uint8Array[] => {
    const content = section(source, chunk.offset, chunk.length);
    if (isId3Chunk(chunk)) {
      const tag = carryId3Chunk(content, pending, report);
      pending = [];
      return tag === null ? [] : chunkParts(chunk.id, tag, "little");
    }
    const bytes = content.read(0, content.size).slice();
    if (chunk.id === "bext") setBroadcastLoudness(bytes, options.loudness ?? null, report);
    return chunkParts(chunk.id, bytes, "little");
  };
  const isBefore = (chunk: Chunk) => sourceData === undefined || chunk.offset < sourceData.offset;
  const before = wanted.filter(isBefore).flatMap(carry);
  const after = wanted.filter((chunk) => !isBefore(chunk)).flatMap(carry);
  if (pending.length > 0) after.push(...chunkParts("id3 ", newId3v2(pending), "little"));

  const own = to.chunks
    .slice(0, dataIndex)
    .filter(({ id, truncated }) => !truncated && ["fmt ", "fact", "PEAK"].includes(id))
    .flatMap(({ id, offset, length }) =>
      chunkParts(id, encoded.read(offset, length).slice(), "little"),
    );
  const audio: Part = { from: "encoded", offset: data.offset, length: data.length };
  const body: Part[] = [audio, new Uint8Array(data.length % 2), ...after];
  const lengthWithoutHeaders = partsSize([...own, ...before, ...body]) + 8;
  const wide = to.form === "RF64" || lengthWithoutHeaders + 4 >= UNKNOWN_SIZE;
  const riffSize = 4 + (wide ? 36 : 0) + lengthWithoutHeaders;
  const blockAlign = Math.max(1, u16le(encoded.read(format.offset, format.length), 12));
  const sizes = wide ? largeSizeChunk(riffSize, data.length, data.length / blockAlign) : [];
  const header = concat([
    chunkHeader(wide ? "RF64" : "RIFF", wide ? UNKNOWN_SIZE : riffSize, "little"),
    fromLatin1("WAVE"),
    ...sizes,
    ...own,
    ...before,
    chunkHeader("data", wide ? UNKNOWN_SIZE : data.length, "little"),
  ]);
  return {
    kind: "done",
    parts: tidy([header, ...body]),
    removed: report.removed,
    outdated: report.outdated,
    notes: report.notes,
  };
}

function isCarried(source: ByteSource, chunk: Chunk, report: Report): boolean {
  if (ofTheAudio.has(chunk.id)) return false;
  // A wave list is audio in pieces.
  if (chunk.id === "LIST" && has(source.read(chunk.offset, 4), 0, "wavl")) return false;
  if (!chunk.truncated) return true;
  report.note("damaged-chunk-dropped");
  return false;
}

function largeSizeChunk(riffSize: number, dataSize: number, samples: number): Uint8Array[] {
  const content = new Uint8Array(28);
  putU64le(content, 0, riffSize);
  putU64le(content, 8, dataSize);
  putU64le(content, 16, Math.floor(samples));
  putU32le(content, 24, 0);
  return chunkParts("ds64", content, "little");
}

/**
 * Version 2 of `bext` has five loudness figures in hundredths (EBU Tech 3285 §2.4): integrated,
 * range, true peak, highest momentary and short-term. 7FFF says "not given".
 */
export function setBroadcastLoudness(
  bext: Uint8Array,
  loudness: LoudnessTags | null,
  report: Report,
): void {
  const [versionOffset, start, end] = [346, 412, 422];
  if (bext.length < end || u16le(bext, versionOffset) < 2) return;
  const values = [0, 2, 4, 6, 8].map((at) => u16le(bext, start + at));
  const given = values.some((value) => value !== 0x7fff) && values.some((value) => value !== 0);
  if (!given && loudness === null) return;
  if (given) report.removed.push("bext loudness");
  const put = (at: number, value: number | undefined): void => {
    const hundredths = value === undefined ? NaN : Math.round(value * 100);
    const stored = Math.abs(hundredths) < 0x7fff ? hundredths & 0xffff : 0x7fff;
    bext[start + at] = stored;
    bext[start + at + 1] = stored >> 8;
  };
  put(0, loudness?.track.integrated);
  put(2, loudness?.track.range);
  put(4, loudness?.track.truePeak);
  put(6, loudness?.track.momentaryMax);
  put(8, loudness?.track.shortTermMax);
}
