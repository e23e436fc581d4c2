/** Other loudness tags in the same WAV or AIFF: every other chunk stays where it is. */
import { putU32be, putU32le, putU64le, section, type ByteSource } from "../bytes";
import { newId3v2 } from "../id3/carry";
import { replayGainTags } from "../loudness-tags";
import { partsSize, tidy } from "../parts";
import { Report } from "../report";
import type { NamedText, Part, TransplantOptions, TransplantResult } from "../types";
import { aiffChunks } from "./aiff";
import { carryId3Chunk, chunkHeader, chunkParts, isId3Chunk, type Chunk } from "./iff";
import { isStreamedSize, setBroadcastLoudness, wavLayout } from "./wav";

export function retagWav(source: ByteSource, options: TransplantOptions): TransplantResult {
  const layout = wavLayout(source);
  if (layout === null) return refused;
  const wide = layout.form === "RF64";
  // What `ds64` begins with is the size of the whole (Tech 3306 §3).
  const sizes = wide ? source.read(12, 28).slice() : null;
  // A header that was never gone back to tells no size: nothing would be found behind the sound.
  const isStreamed = ({ id, stated, length, truncated }: Chunk) =>
    id === "data" && truncated && !wide && isStreamedSize(stated, length);
  const change = (chunk: Chunk, report: Report): Part[] | null => {
    const { id, offset, length } = chunk;
    if (isStreamed(chunk)) return [chunkHeader(id, length, "little"), stretch(offset, length)];
    if (id === "ds64" && sizes) return [sizes, stretch(offset + 20, length - 20)];
    if (id !== "bext") return null;
    const bytes = source.read(offset, length).slice();
    setBroadcastLoudness(bytes, options.loudness ?? null, report);
    return [chunkHeader(id, length, "little"), bytes];
  };
  if (layout.chunks.some((chunk) => chunk.truncated && !isStreamed(chunk))) return refused;
  if (wide && layout.chunks[0]?.id !== "ds64") return refused;
  const chunks = { source, chunks: layout.chunks, order: "little", id3: "id3 ", change } as const;
  return retagged(chunks, options, (header, size) => {
    if (sizes) putU64le(sizes, 8, size);
    else putU32le(header, 4, size);
    return sizes !== null || size < 2 ** 32;
  });
}

export function retagAiff(source: ByteSource, options: TransplantOptions): TransplantResult {
  const chunks = aiffChunks(source)?.chunks;
  if (chunks === undefined || chunks.some(({ truncated }) => truncated)) return refused;
  const change = () => null;
  return retagged(
    { source, chunks, order: "big", id3: "ID3 ", change },
    options,
    (header, size) => {
      putU32be(header, 4, size);
      return size < 2 ** 32;
    },
  );
}

const refused = { kind: "refused", reason: "source-not-recognised" } as const;

const stretch = (offset: number, length: number): Part => ({ from: "encoded", offset, length });

interface Chunks {
  readonly source: ByteSource;
  readonly chunks: readonly Chunk[];
  readonly order: "little" | "big";
  /** The name of a new chunk for ID3v2. */
  readonly id3: string;
  /** Header and content of a chunk that changes by itself; null for all others. */
  readonly change: (chunk: Chunk, report: Report) => Part[] | null;
}

/**
 * `seal` writes the size of all behind the first eight bytes into the header, which has twelve; false
 * where it has no room for it.
 */
function retagged(
  { source, chunks, order, id3, change }: Chunks,
  options: TransplantOptions,
  seal: (header: Uint8Array, size: number) => boolean,
): TransplantResult {
  const report = new Report(options);
  let pending: readonly NamedText[] = options.loudness ? replayGainTags(options.loudness) : [];
  const body: Part[] = [];
  let end = 12;
  for (const [index, chunk] of chunks.entries()) {
    const { id, offset, length } = chunk;
    const behind = offset + length;
    // Not every writer pads a chunk of odd length.
    const padded = Math.min(behind + (length % 2), source.size);
    end = Math.max(behind, (chunks[index + 1]?.offset ?? padded + 8) - 8);
    if (isId3Chunk(chunk)) {
      const tag = carryId3Chunk(section(source, offset, length), pending, report);
      pending = [];
      if (tag !== null) body.push(...chunkParts(id, tag, order));
      continue;
    }
    const changed = change(chunk, report) ?? [stretch(offset - 8, length + 8)];
    body.push(...changed, stretch(behind, end - behind));
  }
  if (pending.length > 0) {
    body.push(new Uint8Array(partsSize(body) % 2));
    body.push(...chunkParts(id3, newId3v2(pending), order));
  }
  const size = 4 + partsSize(body);
  const header = source.read(0, 12).slice();
  if (!seal(header, size)) return { kind: "refused", reason: "output-too-large" };
  // What stands behind the chunks is none of them, and no reader looks for it.
  return {
    kind: "done",
    parts: tidy([header, ...body, stretch(end, source.size - end)]),
    removed: report.removed,
    outdated: report.outdated,
    notes: report.notes,
  };
}
