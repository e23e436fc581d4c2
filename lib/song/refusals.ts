import type { PlanSkip } from "@/lib/loudness/plan";

/** Why a song was left as it is. */
export type SkipReason =
  | PlanSkip
  /** Lossy songs are never to be encoded, and its gain cannot be changed without that. */
  | "no-lossless-way"
  /** The same, and it was to become another kind. */
  | "would-be-encoded"
  /** Only tags were asked for, and the file has them. */
  | "tagged-already"
  /** An earlier visit made its result with these settings, and neither has changed since. */
  | "done-before"
  /** No lossless gain is recorded in the file. */
  | "nothing-to-undo";

/** Why a leveled song is not at the target, or not quite. */
export type Shortfall =
  /** Its peaks do not allow more gain under the chosen policy. */
  | "held-back-by-peaks"
  /** The last allowed encode is still further from the target than the accuracy asked for. */
  | "accuracy-not-reached"
  /** The last allowed encode still peaks above the ceiling. */
  | "ceiling-not-reached"
  /** Lossless steps of 1.5 dB cannot come nearer. */
  | "lossless-step"
  /** Limiting makes it quieter beside the other songs of its album than it was. */
  | "out-of-balance";

/**
 * Why a song could not be leveled: expected refusals as data. Foreign errors are mapped to these
 * where they appear.
 */
export type RefusalReason =
  | "empty-file"
  /** Named like a song and none by its content. */
  | "not-audio"
  | "no-audio-stream"
  /** Opened, but no audio could be decoded from it. */
  | "damaged"
  /** NaN or infinite samples (float files only). */
  | "invalid-samples"
  /** Not all of its sound could be decoded, and the original would be replaced. */
  | "damaged-original"
  /** One of several sound tracks is leveled, and the original would be replaced. */
  | "more-sound-tracks"
  | "video-original"
  /** A codec, or a form of one, that the engine has no decoder for. */
  | "unsupported-codec"
  | "copy-protected"
  /** The record of a lossless gain is damaged or does not fit the audio. */
  | "not-undoable"
  /** Only tags were asked for, and the file has no place for them that could be written safely. */
  | "tags-not-writable"
  | "encoder-refused"
  | "too-long"
  | "out-of-memory"
  | "worker-crashed"
  | "worker-hung"
  | "file-gone"
  | "file-changed"
  | "changed-since"
  | "file-unreadable"
  /** The file is there as it was, and its drive gives no bytes. */
  | "drive-failed"
  | "permission-denied"
  | "disk-full"
  /** The browser has no room for what a song needs while it is in work. */
  | "no-working-room"
  /** Originals are to be kept, and there is no place to keep this one. */
  | "no-backup"
  | "name-refused"
  /** A directory handle does not show its name: it can be read out of a drop and not be replaced. */
  | "name-hidden"
  | "write-failed"
  | "engine-unavailable"
  | "unexpected";
