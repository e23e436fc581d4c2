import type { Probe } from "@/lib/ffmpeg/probe";
import type { OwnGain } from "@/lib/loudness/stepped-plan";
import { decibels, type Decibels } from "@/lib/loudness/units";
import {
  applyMp3Gain,
  changeOpusGain,
  applyVorbisGain,
  assemble,
  bytesSource,
  canBeTakenBack,
  leadsBackTo,
  nearestSteps,
  openAac,
  planMp3Gain,
  planOpusGain,
  planVorbisGain,
  STEP,
  transplantTags,
  undoAacGain,
  undoMp3Gain,
  undoOpusGain,
  undoVorbisGain,
  type AacFile,
  type ByteSource,
} from "@/lib/formats";

type LosslessResult =
  /** Taken back, the gain leaves the audio byte for byte as it was: that was tried. */
  | { readonly kind: "done"; readonly bytes: Uint8Array; readonly gain: Decibels }
  /** No step brings it nearer: it stays as it is. */
  | { readonly kind: "unchanged" }
  /** Not a song for this route; the engine's word for it. It can still be encoded. */
  | { readonly kind: "refused"; readonly reason: string };

interface LosslessGain {
  /** As planned: a whole number of steps. */
  readonly wanted: Decibels;
  /** The highest gain that keeps the peaks under the ceiling. */
  readonly headroom: Decibels;
}

/** Larger files would have to be held in memory whole. */
const MOST_BYTES = 200 * 1024 * 1024;

/**
 * Codings with a gain of their own: `global_gain` of MP3 and AAC-LC, Opus's output gain, the values of
 * Vorbis's codebooks.
 */
type Coding = "mp3" | "opus" | "vorbis" | "aac";

function codingOf({ format, profile, hasVideo }: Probe): Coding | null {
  const { container, codec } = format;
  if (container === "opus") return "opus";
  if (container === "mp3" && codec === "mp3") return "mp3";
  if (container === "ogg" && codec === "vorbis" && !hasVideo) return "vorbis";
  // The levels that HE-AAC adds are absolute. A film in MP4 keeps its pictures: sizes stay.
  const isAacLc = codec === "aac" && profile === "LC";
  return isAacLc && (container === "m4a" || container === "aac") ? "aac" : null;
}

/** Of RFC 7845 §5.1: the output gain is counted in 1/256 dB. */
const opusStep = decibels(1 / 256);
const anyGain = { lowest: decibels(-Infinity), highest: decibels(Infinity) } as const;

/** The gain of this file's coded audio; null where there is none, or where it would be refused. */
export function ownGain(source: ByteSource, probe: Probe): OwnGain | null {
  const coding = codingOf(probe);
  if (coding === null || source.size > MOST_BYTES) return null;
  const bytes = source.read(0, source.size);
  switch (coding) {
    case "opus":
      return planOpusGain(bytes).kind === "done" ? { step: opusStep, ...anyGain } : null;
    case "vorbis":
      return planVorbisGain(bytes).kind === "done" ? { step: decibels(0), ...anyGain } : null;
    case "mp3":
      return inStepsOf(planMp3Gain(bytes));
    case "aac":
      return aacGain(source, bytes);
  }
}

/**
 * AAC files that were walked, for the change that mostly follows; a walk takes a third as long as
 * decoding. What they hold of a file is bounded by `MOST_KEPT`, and goes with its source.
 */
const walked = new WeakMap<ByteSource, AacFile>();
/** Bytes. */
const MOST_KEPT = 32 * 1024 * 1024;

function aacGain(source: ByteSource, bytes: Uint8Array): OwnGain | null {
  const file = openAac(bytes);
  if (!("apply" in file)) return null;
  if (bytes.length <= MOST_KEPT) walked.set(source, file);
  return inStepsOf(file.plan);
}

type StepPlan = {
  readonly kind: "done";
  readonly lowestSteps: number;
  readonly highestSteps: number;
};

function inStepsOf(plan: StepPlan | { readonly kind: "refused" }): OwnGain | null {
  if (plan.kind === "refused") return null;
  const { lowestSteps, highestSteps } = plan;
  const [lowest, highest] = [decibels(lowestSteps * STEP), decibels(highestSteps * STEP)];
  return { step: STEP, lowest, highest };
}

/** Changes the gain fields; the sound is not decoded, its other bytes stay as they are. */
export function applyLosslessGain(
  source: ByteSource,
  probe: Probe,
  gain: LosslessGain,
): LosslessResult {
  const coding = codingOf(probe);
  if (coding === null) return { kind: "refused", reason: "no gain fields" };
  if (source.size > MOST_BYTES) return tooLarge;
  if (coding === "aac") return applyAac(source, gain);
  return appliers[coding](source.read(0, source.size), gain);
}

function applyMp3(bytes: Uint8Array, { wanted }: LosslessGain): LosslessResult {
  const plan = planMp3Gain(bytes);
  if (plan.kind === "refused") return plan;
  const steps = nearestSteps(wanted);
  // A field that stops at a limit would change the sound, and not by the same amount everywhere.
  if (steps < plan.lowestSteps || steps > plan.highestSteps) {
    return { kind: "refused", reason: "a gain field would saturate" };
  }
  const clean = withoutLoudnessTags(bytes);
  const changed = applyMp3Gain(clean, steps);
  if (changed.kind === "refused") return changed;
  if (!canBeTakenBack(changed.bytes, steps, clean)) return notExact;
  return { kind: "done", bytes: changed.bytes, gain: decibels(changed.steps * STEP) };
}

/** Exact to 1/256 dB, in the header's output gain (RFC 7845 §5.1). */
function applyOpus(bytes: Uint8Array, { wanted }: LosslessGain): LosslessResult {
  const changed = changeOpusGain(bytes, wanted);
  if (changed.kind === "refused") return changed;
  if (changed.gain === 0) return { kind: "unchanged" };
  if (!leadsBackTo(undoOpusGain, changed.bytes, bytes)) return notExact;
  return changed;
}

/** To the nearest factor that the codebooks can hold, at most 0.015 dB away. */
function applyVorbis(bytes: Uint8Array, { wanted, headroom }: LosslessGain): LosslessResult {
  const changed = applyVorbisGain(bytes, wanted, headroom);
  if (changed.kind === "refused") return changed;
  if (changed.gain === 0) return { kind: "unchanged" };
  if (!leadsBackTo(undoVorbisGain, changed.bytes, bytes)) return notExact;
  return changed;
}

/** No field stops at a limit: a gain that does not fit, or cannot be taken back, is refused. */
function applyAac(source: ByteSource, { wanted }: LosslessGain): LosslessResult {
  const file = walked.get(source) ?? openAac(source.read(0, source.size));
  if (!("apply" in file)) return file;
  const steps = nearestSteps(wanted);
  const changed = file.apply(steps);
  if (changed.kind === "refused") return changed;
  return { kind: "done", bytes: changed.bytes, gain: decibels(steps * STEP) };
}

const appliers = { mp3: applyMp3, opus: applyOpus, vorbis: applyVorbis } as const;

const notExact = { kind: "refused", reason: "the change could not be taken back" } as const;
const tooLarge = { kind: "refused", reason: "too large" } as const;

/** Takes back all that `applyLosslessGain` (or mp3gain, or aacgain) did. */
export function undoLosslessGain(source: ByteSource, probe: Probe): LosslessResult {
  const coding = codingOf(probe);
  if (coding === null) return { kind: "unchanged" };
  if (source.size > MOST_BYTES) return tooLarge;
  const undone = undoers[coding](source.read(0, source.size));
  if (undone.kind === "refused")
    return undone.reason === "nothing-to-undo" ? { kind: "unchanged" } : undone;
  return undone;
}

const undoers = {
  mp3: (bytes: Uint8Array): LosslessResult => {
    const undone = undoMp3Gain(bytes);
    if (undone.kind === "refused") return undone;
    const { left, right } = undone;
    if (left === 0 && right === 0) return { kind: "unchanged" };
    // mp3gain writes loudness tags too, which told of the gain that is gone.
    const clean = withoutLoudnessTags(undone.bytes);
    return { kind: "done", bytes: clean, gain: decibels(left * STEP) };
  },
  vorbis: undoVorbisGain,
  opus: undoOpusGain,
  aac: (bytes: Uint8Array): LosslessResult => {
    const undone = undoAacGain(bytes);
    return undone.kind === "refused" ? undone : { ...undone, gain: decibels(undone.steps * STEP) };
  },
} as const;

/** Their figures are about to be wrong. What undoes an earlier gain of this kind stays. */
function withoutLoudnessTags(bytes: Uint8Array): Uint8Array {
  const file = bytesSource(bytes);
  const result = transplantTags(file, file, "mp3", { keepUndo: true });
  return result.kind === "done" && result.removed.length > 0 ? assemble(result.parts, file) : bytes;
}
