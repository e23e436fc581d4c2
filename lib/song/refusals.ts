import type { PlanSkip } from "@/lib/loudness/plan";
/** Every refusal's sentence and way out. */
export interface RefusalText {
  readonly message: string;
  readonly hint: string;
}

export const refusalText: Record<RefusalReason, RefusalText> = {
  "empty-file": {
    message: "The file is empty.",
    hint: "Copy it again from where it came from.",
  },
  "not-audio": {
    message: "This is not an audio file, whatever its name says.",
    hint: "Open it in a player to see what it is.",
  },
  "no-audio-stream": {
    message: "The file holds no audio.",
    hint: "It may be a picture or a video without sound.",
  },
  damaged: {
    message: "The audio is damaged and cannot be read.",
    hint: "Play it to the end in a player. If it stops there too, copy it again.",
  },
  "invalid-samples": {
    message: "The audio holds values that are not numbers.",
    hint: "A faulty export wrote them. Export the song again.",
  },
  "cut-short": {
    message: "The file is shorter than it says, so its original was left alone.",
    hint: "Save to the Leveled folder to level the part that can be read.",
  },
  "video-original": {
    message: "A video is not replaced by its sound.",
    hint: "Save to the Leveled folder to get the sound as a song.",
  },
  "not-undoable": {
    message: "The record of the lossless change does not fit this file.",
    hint: "The file was changed by another program since. Use a copy of the original.",
  },
  "unsupported-codec": {
    message: "Its audio codec cannot be read here.",
    hint: "Convert it to FLAC or WAV first.",
  },
  "encoder-refused": {
    message: "The output format cannot hold this audio.",
    hint: "Choose another output format, such as FLAC.",
  },
  "too-long": {
    message: "The song is too large for this output format.",
    hint: "Choose FLAC as the output format.",
  },
  "out-of-memory": {
    message: "There was not enough memory for this song.",
    hint: "Use fewer workers, then press Retry failed.",
  },
  "worker-crashed": {
    message: "The audio engine crashed on this song, twice.",
    hint: "The file may be damaged. The other songs are not affected.",
  },
  "worker-hung": {
    message: "The audio engine stopped responding on this song, twice.",
    hint: "The file may be damaged. Press Retry failed to try again.",
  },
  "file-gone": {
    message: "The file is no longer where it was.",
    hint: "It was moved or deleted after it was added. Add it again.",
  },
  "file-changed": {
    message: "The file changed while it was in work.",
    hint: "Close the program that writes to it, then press Retry failed.",
  },
  "file-unreadable": {
    message: "The browser is not allowed to read the file.",
    hint: "Check its permissions on disk.",
  },
  "permission-denied": {
    message: "Writing to the folder was not allowed.",
    hint: "Press Retry failed and allow the browser to edit files.",
  },
  "disk-full": {
    message: "The disk is full.",
    hint: "Make room, then press Retry failed.",
  },
  "no-backup": {
    message: "Its original could not be kept, so it was not replaced.",
    hint: "Add its folder with Choose folder, or turn off Keep originals.",
  },
  "name-refused": {
    message: "The browser refuses to write a file of this name.",
    hint: "Rename the song to something shorter or plainer.",
  },
  "write-failed": {
    message: "The result could not be written.",
    hint: "Check that the folder still exists and can be written to, then press Retry failed.",
  },
  "engine-unavailable": {
    message: "The audio engine could not be loaded.",
    hint: "Reload the page.",
  },
  unexpected: {
    message: "Something unexpected went wrong with this song.",
    hint: "Save the report and look at the details there.",
  },
};

/** Why a song was left as it is. */
export type SkipReason =
  | PlanSkip
  /** Lossless gain moves in steps of 1.5 dB, and none would bring it nearer. */
  | "nearest-lossless-step"
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
  | "lossless-step";

/**
 * Why a song could not be leveled: expected refusals as data. The sentences are in
 * lib/batch/refusals. Foreign errors are mapped to these at the border where they appear.
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
  /** Decoded to clearly less than its header declares, and the original would be replaced. */
  | "cut-short"
  | "video-original"
  | "unsupported-codec"
  /** The record of a lossless gain is damaged or does not fit the audio. */
  | "not-undoable"
  | "encoder-refused"
  | "too-long"
  | "out-of-memory"
  | "worker-crashed"
  | "worker-hung"
  | "file-gone"
  | "file-changed"
  | "file-unreadable"
  | "permission-denied"
  | "disk-full"
  /** Originals are to be kept, and there is no place to keep this one. */
  | "no-backup"
  | "name-refused"
  | "write-failed"
  | "engine-unavailable"
  | "unexpected";
