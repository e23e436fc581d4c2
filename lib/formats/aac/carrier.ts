/** What gain needs of a file that has AAC in it, whatever the container. */
import type { BlockRefusal, GainFields } from "./raw-data-block";
import type { ConfigRefusal } from "./config";

export type AacGainReason =
  | BlockRefusal
  | ConfigRefusal
  /** Neither an MP4 with an audio track nor ADTS from the start. */
  | "not-aac"
  | "encrypted"
  /** Movie fragments, whose samples the movie's tables do not list. */
  | "fragmented"
  | "several-audio-tracks"
  /** A track whose samples lie in another file: of offsets in it nothing is known. */
  | "outside-media"
  /** Boxes, or tables of samples, that do not add up. */
  | "damaged-container"
  /** ADTS frames that are not alike, or something else between them. */
  | "damaged-stream"
  /** A checksum in ADTS is not what we make of the frame, so a new one would not be right either. */
  | "unknown-checksum"
  /** A gain or scale factor would be outside of 0 to 255, or a noise energy outside of its limits. */
  | "out-of-range"
  /** Tags are such that nothing can be written into them safely. */
  | "no-place-for-undo"
  /** ADTS with loudness tags, which would be wrong after the change and have no place in its record. */
  | "loudness-tags"
  /** The loudness tags that are to be taken out are too large to be kept for undo. */
  | "too-much-to-record"
  /** Undo information is there and says nothing that can be read. */
  | "damaged-undo"
  /** Undo information that would lead outside of the range of a field. */
  | "undo-does-not-fit"
  /** Undo information of another tool, which has changed left and right differently. */
  | "channels-differ"
  /** Undo would not lead from the changed file back to its original. */
  | "not-taken-back"
  /** With tags, sizes or offsets no longer fit the fields of this container. */
  | "output-too-large"
  /** No change is recorded in the file. Only from undo. */
  | "nothing-to-undo";

export interface Carrier {
  readonly kind: "mp4" | "adts";
  readonly frames: number;
  /** Hz */
  readonly sampleRate: number;
  readonly fields: GainFields;
  /** Steps that are recorded as made before; null without a record. */
  readonly made: number | null;
  /** The file with every field moved by `steps`, and a record of `total`; 0 removes it. */
  write(steps: number, total: number): Uint8Array | AacGainReason;
}
