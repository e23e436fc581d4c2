import type { EncoderResponse } from "@/lib/loudness/encoder-response";
import type { SliceEdges } from "@/lib/loudness/limiting";
import type { LimitingCurve } from "@/lib/loudness/limiting-curve";
import type { Measurement, MeasurementDetail } from "@/lib/loudness/measurement";
import type { HeldBy } from "@/lib/loudness/plan";
import type { OwnGain } from "@/lib/loudness/stepped-plan";
import type { Decibels, Lu, Lufs, Seconds } from "@/lib/loudness/units";
import type { EncodingWay, OutputFormat } from "@/lib/settings/settings";
import type { SongBytes } from "@/lib/storage/song-bytes";
import type { Damage } from "./damage";
import type { WrittenTags } from "./loudness-tags";
import type { SongNote } from "./notes";
import type { RefusalReason, Shortfall, SkipReason } from "./refusals";
import type { SourceFormat } from "./source-format";
import type { SongWay } from "./way";

/** A stretch of a song, decoded to be played. */
export interface DecodedStretch {
  readonly kind: "decoded";
  readonly sampleRate: number;
  /** One or two channels of the same length; more were mixed down to two. */
  readonly channels: readonly Float32Array<ArrayBuffer>[];
  /** Of these samples. */
  readonly measurement: Measurement;
  /** The song goes on: it is too long to be held in memory. */
  readonly cut: boolean;
}

export type ListenOutcome = DecodedStretch | Refused;

type EncoderResponses = Readonly<
  Record<EncodingWay["whenEncodedAgain"], Readonly<Record<OutputFormat, EncoderResponse>>>
>;

export interface Measured {
  readonly format: SourceFormat;
  /** Length of the decoded audio. */
  readonly duration: Seconds;
  readonly measurement: Measurement;
  /** Loudness over time for pictures; gating blocks for albums. */
  readonly detail: MeasurementDetail;
  /** What limiting would take from its loudness. */
  readonly limiting: LimitingCurve;
  /** Its first and last peaks, for the songs that play before and after it. */
  readonly edges: SliceEdges;
  /** What the encoder does that each way of encoding comes to. */
  readonly encoders: EncoderResponses;
  /** The gain in its coded audio; null = there is none, or it cannot be changed safely. */
  readonly ownGain: OwnGain | null;
  /** Loudness tags can be written into the file as it is. */
  readonly takesLoudnessTags: boolean;
  /** Album, disc and so on, as far as the tags tell. */
  readonly tags: SongTags;
  readonly damage: Damage | null;
}

export interface SongTags {
  readonly album: string | null;
  readonly albumArtist: string | null;
  readonly disc: string | null;
}

export interface PhaseSeconds {
  readonly measure: number;
  readonly render: number;
  readonly verify: number;
  readonly total: number;
  /** Waiting for the file's bytes; part of the others. */
  readonly reading: number;
}

export interface Refused {
  readonly kind: "refused";
  readonly reason: RefusalReason;
  /** The engine's own words, for the report. */
  readonly detail: string;
  /** What was found out before it was refused. */
  readonly format: SourceFormat | null;
  readonly measured: Measured | null;
}

export type MeasureOutcome =
  | { readonly kind: "measured"; readonly measured: Measured; readonly seconds: PhaseSeconds }
  | Refused;

export type LevelOutcome =
  | {
      readonly kind: "skipped";
      readonly reason: SkipReason;
      /** LU that it stays above the target (below: negative), where steps are why. */
      readonly missedBy?: Lu | null;
      readonly measured: Measured;
      readonly seconds: PhaseSeconds;
    }
  | Leveled
  | Refused;

export interface Leveled {
  readonly kind: "leveled";
  readonly measured: Measured;
  readonly gain: Decibels;
  /** Most gain reduction that the limiter applied; 0 where it did nothing. */
  readonly limited: Decibels;
  /** `tags`: the sound is the source's, and only loudness tags were written. */
  readonly route: "encode" | "lossless" | "tags";
  /** Why it went that way; null where a change was taken back, or only tags were written. */
  readonly way: SongWay | null;
  /** Encodes made. */
  readonly passes: number;
  /** Of the bytes delivered; null when verification is off. */
  readonly result: Measurement | null;
  /** Of the same; for pictures. */
  readonly resultDetail: MeasurementDetail | null;
  readonly shortfall: Shortfall | null;
  /** What keeps it under the target, and how far it got; null when nothing does. */
  readonly held: { readonly by: HeldBy | "encoder"; readonly at: Lufs } | null;
  readonly notes: readonly SongNote[];
  /** What was written where that is all. */
  readonly tags?: WrittenTags;
  readonly bytes: SongBytes;
  /** Name of the scratch file behind `bytes` in the origin-private file system, to be removed. */
  readonly scratch: string | null;
  readonly extension: string;
  readonly seconds: PhaseSeconds;
}
