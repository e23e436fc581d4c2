import type { Measurement } from "@/lib/loudness/measurement";

/** Container of both the source and the encoded file. */
export type Kind = "mp3" | "flac" | "wav" | "aiff" | "m4a" | "ogg" | "opus";

/** Kinds whose tags are carried between files of the same one, beside those that are written anew. */
export type CarriedKind = Kind | "oggflac" | "wma" | "wavpack" | "tta";

/** A stretch of the file to deliver: new bytes, or bytes of the encoded file as they are. */
export type Part =
  Uint8Array | { readonly from: "encoded"; readonly offset: number; readonly length: number };

/** A tag under a name of its own, as in Vorbis comments. */
export type NamedText = readonly [name: string, value: string];

/** What is known of a song or an album; the figures that may be absent only some formats take. */
export type LoudnessFigures = Pick<Measurement, "integrated" | "truePeak"> &
  Partial<Pick<Measurement, "samplePeak" | "range" | "momentaryMax" | "shortTermMax">>;

/** The loudness of the delivered audio. Gains are derived from it, each format in its own way. */
export interface LoudnessTags {
  readonly track: LoudnessFigures;
  readonly album?: LoudnessFigures;
}

export interface TransplantOptions {
  /** Written as new loudness tags; absent or null: none are written. */
  readonly loudness?: LoudnessTags | null;
  /** Keeps `MP3GAIN_*` items: the encoded file still is the audio that they can undo. */
  readonly keepUndo?: boolean;
  /**
   * The encoded file is the source itself: everything stays where it is but the loudness tags that
   * the new ones take the place of. Album values stay where no new ones are given.
   */
  readonly sameSound?: boolean;
}

/** Why nothing was carried over. The caller then delivers the encoder's file as it is. */
type TransplantRefusal =
  /** The source does not begin like a file of this kind. */
  | "source-not-recognised"
  /** The encoded file is not built the way this module can put tags into. */
  | "encoded-not-recognised"
  /** Several streams in a row, each with tags of its own, of which only one can be written. */
  | "several-streams"
  /** More than 128 MiB of tags: more than a song has, and more than a worker should hold. */
  | "tags-too-large"
  /** With the tags, sizes or offsets no longer fit the fields of this container. */
  | "output-too-large";

/** What a person might want to know about a transplant that was not plain copying. */
export type Note =
  /** Sizes in a tag were wrong; its intact part was carried over. */
  | "damaged-tag-trimmed"
  /** The source is a chain of several Ogg streams; the first one's tags were carried over. */
  | "first-of-chain-only"
  /** A second comment block, which FLAC forbids, was left out. */
  | "second-comment-block-dropped"
  /** A QuickTime chapter or chapter-picture track could not be read and was left out. */
  | "chapter-track-dropped"
  /** ID3v2 chapters were found by byte offsets in the old audio; their times count now. */
  | "chapter-offsets-cleared"
  /** An ID3v1 or APE tag stood behind FLAC audio, where decoders take it for damage. */
  | "tag-behind-flac-dropped"
  /** Bytes that are no tag stood in front of FLAC; they were left out. */
  | "bytes-in-front-dropped"
  /** A chunk ran past the end of the file and was left out. */
  | "damaged-chunk-dropped";

export type TransplantResult =
  | {
      readonly kind: "done";
      /** The file to deliver, in order. */
      readonly parts: readonly Part[];
      /** Names of the source's loudness tags that were left out, in order of appearance. */
      readonly removed: readonly string[];
      /** Names of tags that describe the old encoding (byte offsets, gapless figures), left out. */
      readonly outdated: readonly string[];
      readonly notes: readonly Note[];
    }
  | { readonly kind: "refused"; readonly reason: TransplantRefusal };

export const MAX_CARRIED_BYTES = 128 * 1024 * 1024;

/** How much sound a file says that it holds. */
export interface StatedLength {
  /** Per channel, at the rate that the file is decoded to. */
  readonly samples: number;
  /** What a decoder may give less of a whole file, since not all that is stated is music. */
  readonly tolerance: number;
  /** The file ends in the middle of something, wherever that would have ended. */
  readonly endsInside: boolean;
}
