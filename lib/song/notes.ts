import type { Lu } from "@/lib/loudness/units";

/** What is worth knowing of a delivered file beside its figures, as data; texts.ts has the English. */
export type SongNote = PlainNote | SavedAs | MissedBy | OtherChannels | OtherDepth;

/** Steps of its gain leave it above the target by so many LU (below: negative). */
interface MissedBy {
  readonly missedBy: Lu;
}

type PlainNote =
  /** A lossless gain was taken back. */
  | "gain-undone"
  /** FLAC has no room for a picture of 16 MiB or more. */
  | "picture-left-out"
  | "tags-read-in-part"
  // What became of tags that could not come along as they were; named as in lib/formats.
  | "damaged-tag-trimmed"
  | "first-of-chain-only"
  | "second-comment-block-dropped"
  | "chapter-track-dropped"
  | "damaged-chunk-dropped"
  | "bytes-in-front-dropped"
  | "tag-behind-flac-dropped";

/** The format stays "as the source", and yet the delivered kind is another. */
export interface SavedAs {
  readonly savedAs: DeliveredKind;
  readonly why: "sound-of-video" | "usual-container" | "no-encoder";
  /** The source's, by ffmpeg's name. */
  readonly codec: string;
}

/** The delivered kind has no name for the source's channels. */
interface OtherChannels {
  /** Called by other names, or mixed into other channels. */
  readonly channels: "name" | "mix";
  /** ffmpeg's names of the layouts. */
  readonly from: string;
  readonly to: string;
}

/** Lossless samples are stored with another number of bits. */
interface OtherDepth {
  readonly bits: number;
  readonly before: number;
}

/** Container and codec that a song is delivered in. */
export type DeliveredKind =
  | "mp3"
  | "flac"
  | "wav"
  | "aiff"
  | "m4a"
  | "alac"
  | "ogg"
  | "oggflac"
  | "opus"
  | "wma"
  | "wavpack"
  | "tta"
  | "caf"
  | "w64";
