/**
 * Gain of an MP3 without decoding it: `global_gain` is an exponent of 2^(1/4) that scales a
 * whole granule (ISO/IEC 11172-3 §2.4.3.4), so one added to it is 1.505 dB, exactly, and taken
 * away again leaves no trace. Audio bytes come out as `mp3gain -g` writes them, and undo
 * information stands where `mp3gain -u` looks for it.
 *
 * The LAME header's own CRC of the music is left alone, as mp3gain leaves it: no decoder reads
 * it, and `mp3gain -u` could not bring it back.
 */
import { type Decibels, decibels } from "@/lib/loudness/units";
import { apeText, buildApe } from "../ape/ape";
import { bytesSource, equalBytes } from "../bytes";
import { type GainFields, readFields, writeFields } from "./gain-fields";
import {
  type Change,
  changeFields,
  formatMinMax,
  formatUndo,
  inverse,
  isWritable,
  MINMAX_KEY,
  originalFields,
  parseUndo,
  recordSaturated,
  SATURATED_KEY,
  UNDO_KEY,
} from "./gain-undo";
import { clearId3Undo, findId3Undo, type Id3Undo } from "./id3-undo";
import { type Mp3Layout, mp3Layout } from "./layout";
import { changeItems, findUndoTag, type UndoTag } from "./undo-tag";
import { walkFrames, type WalkRefusalReason } from "./walk";

type Mp3GainReason =
  | WalkRefusalReason
  /** There is an APE tag whose items do not add up, so nothing can be written into it safely. */
  | "damaged-ape-tag"
  /** `MP3GAIN_UNDO` is there and says nothing that can be read. */
  | "damaged-undo"
  /** Undo information does not lead back to the fields it was made for. */
  | "undo-does-not-fit"
  /** The sum of all changes is beyond the ±999 steps that mp3gain's tag can say. */
  | "too-many-steps"
  /** So many fields would stop at a limit that their record is too large for a tag. */
  | "too-much-saturation"
  /** No change is recorded in the file. Only from undo. */
  | "nothing-to-undo";

export interface Mp3GainRefusal {
  readonly kind: "refused";
  readonly reason: Mp3GainReason;
}

export interface Mp3GainPlan {
  readonly kind: "done";
  /**
   * Steps, from and to, with which no field that scales anything stops at a limit. Granules
   * without data do not count: some encoders give them a `global_gain` of 0 or 255.
   */
  readonly lowestSteps: number;
  readonly highestSteps: number;
}

export interface Mp3GainResult {
  readonly kind: "done";
  /** The whole file, tags included. With 0 steps the very array that came in. */
  readonly bytes: Uint8Array;
  readonly steps: number;
  /** Fields that stopped at 0 or 255 instead of taking the whole change, and can be heard. */
  readonly saturated: number;
}

export interface Mp3UndoResult {
  readonly kind: "done";
  readonly bytes: Uint8Array;
  /** What was taken back, in steps. */
  readonly left: number;
  readonly right: number;
  /**
   * Fields that stood at a limit with no record of what they were before: mp3gain may have
   * stopped them there. 0 means that the audio is what it was to the byte.
   */
  readonly doubtful: number;
}

/** One step of `global_gain`: 20·log10(2^(1/4)) dB. */
export const STEP: Decibels = decibels(5 * Math.log10(2));

/** mp3gain reads no item above 1 MiB; half of that leaves room for what others keep there. */
const LONGEST_RECORD = 1 << 19;

/** The steps that come closest to a gain. The rest is at most half a step, 0.753 dB. */
export const nearestSteps = (gain: Decibels): number => Math.round(gain / STEP) + 0;

interface Source extends UndoTag {
  readonly kind: "done";
  readonly bytes: Uint8Array;
  /** Tags in front of the audio. */
  readonly head: Mp3Layout["head"];
  readonly audio: { readonly start: number; readonly end: number };
  /** Offsets of the frames of audio. */
  readonly frames: Uint32Array;
  readonly fields: GainFields;
  readonly made: Change | null;
  readonly record: string | null;
}

const noChange: Change = { left: 0, right: 0, wraps: false };

const refuse = (reason: Mp3GainReason): Mp3GainRefusal => ({ kind: "refused", reason });

const open = (bytes: Uint8Array): Source | Mp3GainRefusal => {
  const file = bytesSource(bytes);
  const layout = mp3Layout(file);
  const { audioStart: start, audioEnd: end } = layout;
  const walk = walkFrames(bytes, start, end);
  if (walk.kind === "refused") return walk;

  const found = findUndoTag(file, layout);
  if (found === null) return refuse("damaged-ape-tag");
  const { span, tag } = found;
  const undo = tag && apeText(tag, UNDO_KEY);
  const made = undo === null ? null : parseUndo(undo);
  if (undo !== null && made === null) return refuse("damaged-undo");
  return {
    kind: "done",
    bytes,
    head: layout.head,
    audio: { start, end },
    frames: walk.frames,
    fields: readFields(bytes, walk.frames),
    span,
    tag,
    made,
    record: tag && apeText(tag, SATURATED_KEY),
  };
};

const rewrite = (
  { bytes, frames, span, tag }: Source,
  values: Uint8Array,
  undo: string | null,
  record: string | null,
): Uint8Array => {
  const hadMinMax = tag !== null && apeText(tag, MINMAX_KEY) !== null;
  const items = changeItems(tag?.items ?? [], {
    ...(hadMinMax ? { [MINMAX_KEY]: formatMinMax(values) } : {}),
    [UNDO_KEY]: undo,
    [SATURATED_KEY]: record,
  });
  const ape = buildApe(items, tag);
  const written = new Uint8Array(bytes.length - span.length + ape.length);
  written.set(bytes.subarray(0, span.offset));
  written.set(ape, span.offset);
  written.set(bytes.subarray(span.offset + span.length), span.offset + ape.length);
  writeFields(written, frames, values);
  return written;
};

/** What changing the gain of this MP3 would meet. Reads only. */
export const planMp3Gain = (bytes: Uint8Array): Mp3GainPlan | Mp3GainRefusal => {
  const source = open(bytes);
  if (source.kind === "refused") return source;
  const { values, empty } = source.fields;
  let [least, greatest] = [256, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // A field at 0 never moves, so it is no limit to the others.
    if (empty[i] === 1 || value === 0) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return { kind: "done", lowestSteps: 1 - least, highestSteps: 255 - greatest };
};

/**
 * Adds `steps` of 1.505 dB to every `global_gain`, and to the undo information. Fields at 0 stay
 * there, others stop at 0 and 255, as with `mp3gain -g`; what stops is recorded, so that
 * `undoMp3Gain` still finds the very bytes (`mp3gain -u` cannot know of that record). Tags other than the three items of undo, and all
 * other bytes, stay as they are: loudness tags such as `REPLAYGAIN_*` are the caller's to remove.
 *
 * @param steps a whole number from -255 to 255; anything else is a RangeError.
 */
export const applyMp3Gain = (bytes: Uint8Array, steps: number): Mp3GainResult | Mp3GainRefusal => {
  if (!Number.isInteger(steps) || Math.abs(steps) > 255)
    throw new RangeError(`Steps must be a whole number from -255 to 255, not ${steps}`);
  const source = open(bytes);
  if (source.kind === "refused") return source;
  if (steps === 0) return { kind: "done", bytes, steps, saturated: 0 };

  const { fields } = source;
  const before = source.made ?? noChange;
  const original = originalFields(fields, before, source.record);
  if (original === null) return refuse("undo-does-not-fit");
  const made: Change = { left: before.left + steps, right: before.right + steps, wraps: false };
  if (!isWritable(made)) return refuse("too-many-steps");

  const step: Change = { left: steps, right: steps, wraps: false };
  const values = changeFields(fields, step);
  const record = recordSaturated(original, { values, channels: fields.channels }, made);
  if (record !== null && record.length > LONGEST_RECORD) return refuse("too-much-saturation");

  let saturated = 0;
  for (let i = 0; i < values.length; i++)
    if (fields.empty[i] === 0 && fields.values[i] !== 0 && values[i] !== fields.values[i]! + steps)
      saturated++;

  const undone = made.left === 0 && made.right === 0 && record === null;
  const undo = undone ? null : formatUndo(made);
  return { kind: "done", bytes: rewrite(source, values, undo, record), steps, saturated };
};

/**
 * Whether `steps`, taken away again, leave the very audio of the file that `changed` was made of.
 * Tried on `changed` itself, which is then as it was: a copy of a song costs more than all else here.
 */
export const canBeTakenBack = (
  changed: Uint8Array,
  steps: number,
  original: Uint8Array,
): boolean => {
  const now = open(changed);
  if (now.kind === "refused") return false;
  const before = mp3Layout(bytesSource(original));
  const { bytes, frames, fields, audio } = now;
  const back = inverse({ left: steps, right: steps, wraps: false });
  writeFields(bytes, frames, changeFields(fields, back));
  const same = equalBytes(
    bytes.subarray(audio.start, audio.end),
    original.subarray(before.audioStart, before.audioEnd),
  );
  writeFields(bytes, frames, fields.values);
  return same;
};

/**
 * Takes back every recorded change, ours and mp3gain's, and removes the record. After changes
 * made here alone the file is what it was to the byte.
 */
export const undoMp3Gain = (bytes: Uint8Array): Mp3UndoResult | Mp3GainRefusal => {
  const source = open(bytes);
  if (source.kind === "refused") return source;
  const { fields, record } = source;
  const made = source.made ?? noChange;
  const isRecorded = made.left !== 0 || made.right !== 0 || record !== null;
  const inId3 = findId3Undo(bytesSource(bytes), source);
  if (!isRecorded && inId3 === null) return refuse("nothing-to-undo");
  const original = originalFields(fields, made, record);
  if (original === null) return refuse("undo-does-not-fit");
  const undone: Mp3UndoResult = {
    kind: "done",
    bytes: isRecorded ? rewrite(source, original.values, null, null) : bytes.slice(),
    left: made.left,
    right: made.right,
    doubtful: original.doubtful,
  };
  return inId3 === null ? undone : undoneInId3(undone, inId3);
};

/** What `mp3gain -s i` did before; in bytes that are ours to change. */
const undoneInId3 = (undone: Mp3UndoResult, inId3: Id3Undo): Mp3UndoResult | Mp3GainRefusal => {
  const { bytes } = undone;
  const now = open(bytes);
  if (now.kind === "refused") return now;
  const original = originalFields(now.fields, inId3.made, null)!;
  writeFields(bytes, now.frames, original.values);
  clearId3Undo(bytes, inId3, original.values);
  return {
    ...undone,
    left: undone.left + inId3.made.left,
    right: undone.right + inId3.made.right,
    doubtful: undone.doubtful + original.doubtful,
  };
};
