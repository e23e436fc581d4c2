import { containers, type Encoding } from "@/lib/ffmpeg/encoding";
import type { Probe } from "@/lib/ffmpeg/probe";
import { chaptersOnly, mappedTags, noTags, type TagArgs } from "@/lib/ffmpeg/tag-args";
import {
  bytesSource,
  isCarriedKind,
  isKind,
  readMappedTags,
  tagsOnlyFile,
  transplantTags,
  type ByteSource,
  type CarriedKind,
  type Kind,
  type LoudnessTags,
  type MappedTags,
} from "@/lib/formats";
import type { SongNote } from "@/lib/song/notes";
import type { Scratch } from "@/lib/storage/scratch";
import { assembledFile, encodedFile, scratchSource, type AssembledFile } from "./assembled-file";
import { PATHS } from "./opening";

export interface TaggedEncode {
  readonly encoded: Scratch;
  readonly file: AssembledFile;
  /** On tags that could not come along as they were. */
  readonly notes: readonly SongNote[];
  /** The same with tags that tell its loudness; null where its kind has no place for them. */
  withLoudness(loudness: LoudnessTags): AssembledFile | null;
}

/**
 * How one song's tags get into what is encoded of it, the best way first: byte for byte where the
 * kind stays the same; field by field where it changes, or where the structure is too damaged; and
 * what ffmpeg can read of them where we cannot read or write them at all.
 */
export class SongTagging {
  readonly #source: ByteSource;
  readonly #probe: Probe;
  readonly #encoding: Encoding;
  #mapped: Promise<MappedTags | null> | null = null;

  constructor(source: ByteSource, probe: Probe, encoding: Encoding) {
    this.#source = source;
    this.#probe = probe;
    this.#encoding = encoding;
  }

  async encode(
    encodeWith: (tags: TagArgs) => Promise<Scratch>,
    discard: (encoded: Scratch) => void,
  ): Promise<TaggedEncode> {
    const kind = carriedKind(this.#encoding);
    const staysTheSame = kind === carriedKindOf(this.#probe);
    const isWritten = kind !== null && isKind(kind);
    if (kind !== null && (staysTheSame || (isWritten && (await this.#tags()) !== null))) {
      const encoded = await encodeWith(staysTheSame ? noTags : chaptersOnly(PATHS.source));
      const carried = staysTheSame ? tagged(this.#source, encoded, kind) : null;
      const result = carried ?? (isWritten ? await this.#mappedOnto(encoded, kind) : null);
      if (result !== null) return result;
      discard(encoded);
    }
    return this.#byFfmpeg(encodeWith, kind);
  }

  #tags(): Promise<MappedTags | null> {
    return (this.#mapped ??= readMappedTags(this.#source, this.#probe.format.container));
  }

  async #mappedOnto(encoded: Scratch, kind: Kind): Promise<TaggedEncode | null> {
    const tags = await this.#tags();
    if (tags === null) return null;
    const donor = tagsOnlyFile(kind, tags, scratchSource(encoded));
    const carried = tagged(bytesSource(donor.bytes), encoded, kind);
    if (carried === null || !donor.pictureLeftOut) return carried;
    return { ...carried, notes: ["picture-left-out", ...carried.notes] };
  }

  async #byFfmpeg(
    encodeWith: (tags: TagArgs) => Promise<Scratch>,
    kind: CarriedKind | null,
  ): Promise<TaggedEncode> {
    const mayHaveTags = kind !== null && !withoutTags.has(this.#probe.format.container);
    const encoded = await encodeWith(mappedTags(this.#probe, this.#encoding, PATHS.source));
    return {
      encoded,
      file: encodedFile(encoded),
      notes: mayHaveTags ? ["tags-read-in-part"] : [],
      // The file keeps the tags that ffmpeg has put in.
      withLoudness: (loudness) =>
        kind && transplanted(scratchSource(encoded), encoded, kind, loudness),
    };
  }
}

/** Bare streams, as the probe calls them: there is no place for tags. */
const withoutTags = new Set(["ac3", "eac3", "dts", "mlp", "truehd", "amr"]);

/** The kind of tags that the encoded file can hold; null where we do not write them. */
function carriedKind({ kind }: Encoding): CarriedKind | null {
  // In Ogg, FLAC has its tags in a place of its own.
  const name = kind === "oggflac" ? kind : containers[kind];
  return isCarriedKind(name) ? name : null;
}

/** The kind of tags that the song has; null where they are not carried as they are. */
function carriedKindOf({ format, hasVideo }: Probe): CarriedKind | null {
  const { container, codec } = format;
  const name = container === "ogg" && codec === "flac" ? "oggflac" : container;
  return !hasVideo && isCarriedKind(name) ? name : null;
}

/** The encoded file with the tags of `from`; null when their structure is too damaged for that. */
function tagged(from: ByteSource, encoded: Scratch, kind: CarriedKind): TaggedEncode | null {
  const result = transplantTags(from, scratchSource(encoded), kind);
  if (result.kind === "refused") return null;
  return {
    encoded,
    file: assembledFile(encoded, result.parts),
    // Times take the place of byte offsets: nothing that a person would miss.
    notes: result.notes.filter((note) => note !== "chapter-offsets-cleared"),
    withLoudness: (loudness) => transplanted(from, encoded, kind, loudness),
  };
}

function transplanted(
  from: ByteSource,
  encoded: Scratch,
  kind: CarriedKind,
  loudness: LoudnessTags,
): AssembledFile | null {
  const result = transplantTags(from, scratchSource(encoded), kind, { loudness });
  return result.kind === "refused" ? null : assembledFile(encoded, result.parts);
}
