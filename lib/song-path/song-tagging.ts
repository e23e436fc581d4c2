import type { Encoding } from "@/lib/ffmpeg/encoding";
import type { Probe } from "@/lib/ffmpeg/probe";
import { chaptersOnly, mappedTags, noTags, type TagArgs } from "@/lib/ffmpeg/tag-args";
import {
  bytesSource,
  readMappedTags,
  tagsOnlyFile,
  type ByteSource,
  type Kind,
  type LoudnessTags,
  type MappedTags,
} from "@/lib/formats";
import {
  encodedDelivery,
  scratchSource,
  tagKind,
  transplantedDelivery,
  transplantKind,
  type Delivery,
} from "./delivery";
import { PATHS } from "./measuring";
import type { Scratch } from "@/lib/storage/scratch";
import { PICTURE_LEFT_OUT, sentenceOf, TAGS_UNREADABLE } from "./tag-notes";

export interface TaggedEncode {
  readonly encoded: Scratch;
  readonly delivery: Delivery;
  /** Sentences on tags that could not come along. */
  readonly notes: readonly string[];
  /** The same with tags that tell its loudness; null where its kind has no place for them. */
  withLoudness(loudness: LoudnessTags): Delivery | null;
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
    const kind = tagKind(this.#encoding);
    const staysTheSame = transplantKind(this.#probe, this.#encoding) !== null;
    if (kind !== null && (staysTheSame || (await this.#tags()) !== null)) {
      const encoded = await encodeWith(staysTheSame ? noTags : chaptersOnly(PATHS.source));
      const carried = staysTheSame ? tagged(this.#source, encoded, kind) : null;
      const result = carried ?? (await this.#mappedOnto(encoded, kind));
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
    const notes = donor.pictureLeftOut ? [PICTURE_LEFT_OUT] : [];
    return tagged(bytesSource(donor.bytes), encoded, kind, notes);
  }

  async #byFfmpeg(
    encodeWith: (tags: TagArgs) => Promise<Scratch>,
    kind: Kind | null,
  ): Promise<TaggedEncode> {
    const encoded = await encodeWith(mappedTags(this.#probe, this.#encoding, PATHS.source));
    return {
      encoded,
      delivery: encodedDelivery(encoded),
      notes: kind === null ? [] : [TAGS_UNREADABLE],
      // The file keeps the tags that ffmpeg has put in.
      withLoudness: (loudness) =>
        kind &&
        (transplantedDelivery(scratchSource(encoded), encoded, kind, loudness)?.delivery ?? null),
    };
  }
}

function tagged(
  from: ByteSource,
  encoded: Scratch,
  kind: Kind,
  notes: readonly string[] = [],
): TaggedEncode | null {
  const carried = transplantedDelivery(from, encoded, kind);
  return (
    carried && {
      encoded,
      delivery: carried.delivery,
      notes: [...notes, ...carried.notes.map(sentenceOf).filter((each) => each !== null)],
      withLoudness: (loudness) =>
        transplantedDelivery(from, encoded, kind, loudness)?.delivery ?? null,
    }
  );
}
