import { type ByteSource, isZero, section, windowed } from "../bytes";
import { readableFlac } from "../flac/layout";
import { flacOfOgg } from "../ogg/flac-transplant";
import { apeTagsOf, id3TagsOf } from "./ape";
import { mendAsf } from "./asf";
import { fromLibrary } from "./from-library";
import { asMeant, misreadTexts, withoutCodePage } from "./misread";
import { slashedTexts } from "./slashes";
import type { MappedTags } from "./types";

/** Tells the library what it is about to read; what is not here it finds out by itself. */
const mediaTypes: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  flac: "audio/flac",
  wav: "audio/wav",
  aiff: "audio/aiff",
  m4a: "audio/mp4",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  wma: "audio/x-ms-wma",
  wavpack: "audio/x-wavpack",
};

/**
 * A song's tags for a file of another kind, read by music-metadata, which is loaded when the first
 * song needs it. Null when they cannot be read. What `source` throws passes through: a file that
 * is gone has no unreadable tags.
 */
export async function readMappedTags(
  source: ByteSource,
  container: string,
): Promise<MappedTags | null> {
  const { parseBlob } = await import("music-metadata");
  const bounded = new BoundedSource(source);
  // What is read here beside the library does not count as its work.
  const own = new BoundedSource(source);
  try {
    const { tags, kind, mend } = asTheLibraryTakesThem(bounded, container);
    const beside = windowed(kind === container ? own : tags);
    const options = { duration: false, includeChapters: false };
    const answer = await parseBlob(new SourceBlob(tags, mediaTypes[kind]), options);
    const meant = asMeant(answer, misreadTexts(beside, kind));
    const mapped = fromLibrary(meant, slashedTexts(beside, kind));
    return mapped && mend(mapped);
  } catch (error) {
    const failure = bounded.failure ?? own.failure;
    if (failure !== null) throw failure;
    // The library rejects with errors of many classes for what is no tag it knows.
    if (error instanceof Error) return null;
    throw error;
  }
}

interface LibraryInput {
  readonly tags: ByteSource;
  /** What the library is told that this is. */
  readonly kind: string;
  /** Puts right what it reads wrongly. */
  readonly mend: (tags: MappedTags) => MappedTags;
}

/** Tags that the library does not find where they stand, or reads twice there, are given to it alone. */
function asTheLibraryTakesThem(source: ByteSource, container: string): LibraryInput {
  const asItIs = (tags: MappedTags) => tags;
  if (container === "wma")
    return { tags: source, kind: container, mend: (tags) => mendAsf(tags, source) };
  const flac = container === "ogg" ? flacOfOgg(source) : null;
  if (flac !== null) return { tags: flac, kind: "flac", mend: asItIs };
  if (container === "flac") return { tags: readableFlac(source), kind: container, mend: asItIs };
  const ape = apeTagsOf(source, container);
  if (ape !== null) {
    const mend = (tags: MappedTags) => ({ ...tags, pictures: ape.pictures });
    return { tags: ape.source, kind: "wavpack", mend };
  }
  const id3 = id3TagsOf(source, container);
  if (id3 !== null) return { tags: id3, kind: "mp3", mend: asItIs };
  return { tags: withoutCodePage(source, container), kind: container, mend: asItIs };
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

/** What the library may read of one song: covers of this size are none. */
const MOST_BYTES = 64 * 1024 * 1024;
/** And in this many pieces; a file that is not damaged takes a few hundred. */
const MOST_READS = 200_000;
/** Padding costs the library as much time as frames do. */
const LONGEST_PADDING = 4 * 1024 * 1024;

/** Bounds the library's work on bytes that were made to keep it busy. */
class BoundedSource implements ByteSource {
  readonly #source: ByteSource;
  /** What the file itself threw, as the library may wrap or swallow it. */
  failure: Error | null = null;
  #bytes = 0;
  #reads = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get size(): number {
    return this.#source.size;
  }

  read(offset: number, length: number): Uint8Array {
    if ((this.#bytes += length) > MOST_BYTES || ++this.#reads > MOST_READS)
      throw new Error("more than a song's tags take");
    const bytes = this.#readSource(offset, length);
    if (length > LONGEST_PADDING && isZero(bytes.subarray(-LONGEST_PADDING)))
      throw new Error("mostly padding");
    return bytes;
  }

  #readSource(offset: number, length: number): Uint8Array {
    try {
      return this.#source.read(offset, length);
    } catch (error) {
      this.failure = asError(error);
      throw this.failure;
    }
  }
}

/** The song as the library takes it: a Blob whose bytes are only fetched where they are asked for. */
class SourceBlob extends Blob {
  readonly #source: ByteSource;
  readonly #mediaType: string;

  constructor(source: ByteSource, mediaType = "") {
    super();
    this.#source = source;
    this.#mediaType = mediaType;
  }

  override get size(): number {
    return this.#source.size;
  }

  override get type(): string {
    return this.#mediaType;
  }

  override slice(start = 0, end = this.size): Blob {
    return new SourceBlob(section(this.#source, start, end - start));
  }

  // Not async: what `read` throws must not leave a rejection behind that nobody awaits.
  override arrayBuffer(): Promise<ArrayBuffer> {
    try {
      return Promise.resolve(this.#source.read(0, this.size).slice().buffer);
    } catch (error) {
      return Promise.reject(asError(error));
    }
  }
}
