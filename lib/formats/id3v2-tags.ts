import { section, type ByteSource } from "./bytes";
import { flacLayout } from "./flac/layout";
import { readId3v2, type Id3v2Tag } from "./id3/id3v2";
import { aiffChunks } from "./iff/aiff";
import { isId3Chunk, type Chunk } from "./iff/iff";
import { wavLayout } from "./iff/wav";
import { mp3Layout } from "./mpeg/layout";

/** Every ID3v2 tag of a file, in order; none in kinds that have no place for them. */
export const id3v2TagsOf = (source: ByteSource, container: string): readonly Id3v2Tag[] =>
  readers[container]?.(source) ?? [];

const inChunks = (source: ByteSource, chunks: readonly Chunk[] = []): Id3v2Tag[] =>
  chunks
    .filter(isId3Chunk)
    .map(({ offset, length }) => readId3v2(section(source, offset, length), 0))
    .filter((tag) => tag !== null);

function ofMp3(source: ByteSource): Id3v2Tag[] {
  const { head, tail } = mp3Layout(source);
  return [...head, ...tail]
    .filter(({ type }) => type === "id3v2")
    .map(({ offset }) => readId3v2(source, offset))
    .filter((tag) => tag !== null);
}

const readers: Readonly<Record<string, (source: ByteSource) => readonly Id3v2Tag[]>> = {
  mp3: ofMp3,
  flac: (source) => flacLayout(source)?.id3 ?? [],
  wav: (source) => inChunks(source, wavLayout(source)?.chunks),
  aiff: (source) => inChunks(source, aiffChunks(source)?.chunks),
};
