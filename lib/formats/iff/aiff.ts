/** Chunks of AIFF and AIFF-C (Apple, "Audio Interchange File Format: AIFF", 1.3 and AIFF-C draft). */
import { concat, has, latin1, section, windowed, type ByteSource } from "../bytes";
import { newId3v2 } from "../id3/carry";
import { carryId3Chunk, chunkHeader, chunkParts, isId3Chunk, readChunks, type Chunk } from "./iff";
import { replayGainTags } from "../loudness-tags";
import { partsSize, tidy } from "../parts";
import { Report } from "../report";
import {
  MAX_CARRIED_BYTES,
  type NamedText,
  type Part,
  type TransplantOptions,
  type TransplantResult,
} from "../types";

export function aiffChunks(file: ByteSource): { form: string; chunks: Chunk[] } | null {
  const source = windowed(file);
  const header = source.read(0, 12);
  const form = latin1(header, 8, 12);
  if (!has(header, 0, "FORM") || (form !== "AIFF" && form !== "AIFC")) return null;
  return { form, chunks: readChunks(source, 12, "big") };
}

/** Format version, description of the audio, audio, channel layout, and its compression's data. */
const ofTheAudio = new Set(["FVER", "COMM", "SSND", "CHAN", "wave", "SAXL"]);

export function transplantAiff(
  source: ByteSource,
  encoded: ByteSource,
  options: TransplantOptions,
): TransplantResult {
  const from = aiffChunks(source);
  if (from === null) return { kind: "refused", reason: "source-not-recognised" };
  const to = aiffChunks(encoded);
  const own = to?.chunks.filter(({ id }) => ofTheAudio.has(id)) ?? [];
  const hasAll = ["COMM", "SSND"].every((id) => own.some((chunk) => chunk.id === id));
  if (to === null || !hasAll || own.some(({ truncated }) => truncated))
    return { kind: "refused", reason: "encoded-not-recognised" };

  const report = new Report(options);
  const wanted = from.chunks.filter(({ id, truncated }) => {
    if (ofTheAudio.has(id)) return false;
    if (truncated) report.note("damaged-chunk-dropped");
    return !truncated;
  });
  if (wanted.reduce((sum, { length }) => sum + length, 0) > MAX_CARRIED_BYTES)
    return { kind: "refused", reason: "tags-too-large" };

  let pending: readonly NamedText[] = options.loudness ? replayGainTags(options.loudness) : [];
  const carry = (chunk: Chunk): Uint8Array[] => {
    const content = section(source, chunk.offset, chunk.length);
    if (!isId3Chunk(chunk))
      return chunkParts(chunk.id, content.read(0, content.size).slice(), "big");
    const tag = carryId3Chunk(content, pending, report);
    pending = [];
    return tag === null ? [] : chunkParts(chunk.id, tag, "big");
  };
  const sound = from.chunks.find(({ id }) => id === "SSND");
  const isBefore = (chunk: Chunk) => sound === undefined || chunk.offset < sound.offset;
  const before = wanted.filter(isBefore).flatMap(carry);
  const after = wanted.filter((chunk) => !isBefore(chunk)).flatMap(carry);
  if (pending.length > 0) after.push(...chunkParts("ID3 ", newId3v2(pending), "big"));

  let body: Part[] = [];
  for (const { id, offset, length } of own) {
    // Not spread into the call: a hostile file has more chunks than a call takes arguments.
    if (id === "SSND") body = body.concat(before);
    body.push(chunkHeader(id, length, "big"));
    body.push({ from: "encoded", offset, length }, new Uint8Array(length % 2));
  }
  body = body.concat(after);
  const size = 4 + partsSize(body);
  if (size > 0xffff_ffff) return { kind: "refused", reason: "output-too-large" };
  const form = encoded.read(8, 4).slice();
  return {
    kind: "done",
    parts: tidy([concat([chunkHeader("FORM", size, "big"), form]), ...body]),
    removed: report.removed,
    outdated: report.outdated,
    notes: report.notes,
  };
}
