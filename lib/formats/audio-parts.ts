/** What of a file is its sound, apart from everything that an editor of tags may write. */
import { fromLatin1, has, putU32be, type ByteSource } from "./bytes";
import { flacBlock, flacLayout, readBlock } from "./flac/layout";
import { aiffChunks } from "./iff/aiff";
import type { Chunk } from "./iff/iff";
import { wavLayout } from "./iff/wav";
import { boxContent, find } from "./mp4/boxes";
import { audioTrack, readMovie } from "./mp4/movie";
import { readSamples } from "./mp4/samples";
import { childrenOf } from "./mp4/track";
import { isPlain } from "./mp4/transplant";
import { mp3Layout } from "./mpeg/layout";
import { findStream, REACH } from "./mpeg/sync";
import { readOggHeaders } from "./ogg/headers";
import { readPage } from "./ogg/page";
import { tidy } from "./parts";
import { MAX_CARRIED_BYTES, type Kind, type Part } from "./types";

export interface AudioParts {
  readonly kind: Kind;
  /** Stretches of the file itself, and what a decoder has to know beside them, in order. */
  readonly parts: readonly Part[];
}

/**
 * The sound of a file. Two files with equal parts sound the same; an editor of tags leaves them as
 * they are, wherever it moves them. Null where tags and sound are not told apart safely: in other
 * kinds, chained or mixed Ogg streams, fragmented MP4, damaged structures.
 */
export function audioParts(source: ByteSource): AudioParts | null {
  for (const read of [ofFlac, ofOgg, ofWav, ofAiff, ofMp4, ofMp3]) {
    const audio = read(source);
    if (audio === null) continue;
    return audio === "inseparable" ? null : { ...audio, parts: tidy(audio.parts) };
  }
  return null;
}

/** `inseparable`: a file of this kind, whose sound cannot be told. Null: of another kind. */
type Found = AudioParts | "inseparable" | null;

const stretch = (offset: number, end: number): Part => ({
  from: "encoded",
  offset,
  length: end - offset,
});

/** Seek points and all other blocks are no sound; tags may stand in front and behind. */
function ofFlac(source: ByteSource): Found {
  const layout = flacLayout(source);
  if (layout === null) return null;
  const { audioEnd } = mp3Layout(source);
  const info = layout.blocks.find(({ type }) => type === flacBlock.streamInfo);
  if (!layout.intact || info === undefined || audioEnd <= layout.audioStart) return "inseparable";
  const parts = [readBlock(source, info).slice(), stretch(layout.audioStart, audioEnd)];
  return { kind: "flac", parts };
}

/** Packets, and where the last of them ends; their pages may be laid out and numbered anew. */
function ofOgg(source: ByteSource): Found {
  if (!has(source.read(0, 4), 0, "OggS")) return null;
  const count = (codec: string) => (codec === "vorbis" ? 3 : 2);
  const headers = readOggHeaders(source, count, MAX_CARRIED_BYTES);
  if (headers === null || headers.partial || headers.interleaved || !headers.endsPage)
    return "inseparable";
  const { codec, packets, serial, end } = headers;
  if (codec !== "vorbis" && codec !== "opus") return "inseparable";
  // All but the comment.
  const parts: Part[] = packets.filter((_, index) => index !== 1).map((packet) => packet.slice());
  let last: Part | null = null;
  for (let at = end; at < source.size;) {
    const page = readPage(source, at);
    if (page === null || page.serial !== serial || page.beginsStream) return "inseparable";
    parts.push(stretch(page.body, page.end));
    last = source.read(page.offset + GRANULE_AT, 8).slice();
    at = page.end;
  }
  if (last === null) return "inseparable";
  return { kind: codec === "opus" ? "opus" : "ogg", parts: [...parts, last] };
}
const GRANULE_AT = 6;

function ofWav(source: ByteSource): Found {
  const layout = wavLayout(source);
  return layout && ofChunks("wav", layout.chunks, ["fmt ", "data"]);
}

function ofAiff(source: ByteSource): Found {
  const layout = aiffChunks(source);
  return layout && ofChunks("aiff", layout.chunks, ["COMM", "SSND"]);
}

function ofChunks(kind: Kind, chunks: readonly Chunk[], ids: readonly string[]): Found {
  const wanted = chunks.filter(({ id }) => ids.includes(id));
  const isWhole = wanted.length === ids.length && ids.every((id) => wanted.some(isNamed(id)));
  if (!isWhole || wanted.some(({ truncated }) => truncated)) return "inseparable";
  const parts = ids
    .map((id) => wanted.find(isNamed(id))!)
    .map(({ offset, length }) => stretch(offset, offset + length));
  return { kind, parts };
}

const isNamed = (name: string) => (chunk: Chunk) => chunk.id === name;

/** The samples of the track that players take, wherever they lie, and what they are. */
function ofMp4(source: ByteSource): Found {
  if (!has(source.read(4, 4), 0, "ftyp")) return null;
  const movie = readMovie(source);
  const track = movie === null ? undefined : audioTrack(movie);
  if (movie === null || track === undefined || !isPlain(movie, source)) return "inseparable";
  const samples = readSamples(track);
  if (samples === null || movie.tracks.some(({ handler }) => handler === "vide"))
    return "inseparable";
  const { bytes, tables, children, timescale } = track;
  const edits = find(childrenOf(bytes, find(children, "edts")), "elst");
  const described = [find(tables, "stsd"), find(tables, "stts"), edits];
  const scales = new Uint8Array(8);
  putU32be(scales, 0, timescale);
  putU32be(scales, 4, movie.timescale);
  const parts: Part[] = [
    scales,
    ...described.map((each) => (each ? boxContent(bytes, each).slice() : fromLatin1("none"))),
  ];
  samples.offsets.forEach((offset, index) => {
    parts.push(stretch(offset, offset + samples.sizes[index]!));
  });
  return { kind: "m4a", parts };
}

/** All between the tags, the header of the encoder included. */
function ofMp3(source: ByteSource): Found {
  const { audioStart, audioEnd } = mp3Layout(source);
  if (audioEnd <= audioStart) return null;
  if (findStream(source, audioStart, audioEnd, REACH) === null) return null;
  return { kind: "mp3", parts: [stretch(audioStart, audioEnd)] };
}
