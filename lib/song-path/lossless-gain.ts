import type { Probe } from "@/lib/ffmpeg/probe";
import { decibels, type Decibels } from "@/lib/loudness/units";
import {
  applyAacGain,
  applyMp3Gain,
  applyOpusGain,
  applyVorbisGain,
  assemble,
  bytesSource,
  canBeTakenBack,
  equalBytes,
  leadsBackTo,
  nearestSteps,
  planMp3Gain,
  STEP,
  transplantTags,
  undoAacGain,
  undoMp3Gain,
  undoVorbisGain,
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
  readonly wanted: Decibels;
  /** The highest gain that keeps the peaks under the ceiling. */
  readonly headroom: Decibels;
}

/** Larger files would have to be held in memory whole. */
const MOST_BYTES = 200 * 1024 * 1024;

/** Codings whose gain can be changed, and how. */
type Coding = "mp3" | "opus" | "vorbis" | "aac";

function codingOf({ format, profile, hasVideo }: Probe): Coding | null {
  const { container, codec } = format;
  if (container === "opus") return "opus";
  if (container === "mp3" && codec === "mp3") return "mp3";
  if (container === "ogg" && codec === "vorbis" && !hasVideo) return "vorbis";
  // The levels that HE-AAC adds are absolute.
  const isAacLc = codec === "aac" && profile === "LC" && !hasVideo;
  return isAacLc && (container === "m4a" || container === "aac") ? "aac" : null;
}

/**
 * The coded audio has gain fields: `global_gain` of MP3 and AAC-LC, Opus's output gain, the values
 * of Vorbis's codebooks.
 */
export const supportsLosslessGain = (probe: Probe): boolean => codingOf(probe) !== null;

/** dB; 0 = exactly, or as good as; null = it has no gain fields. */
export function losslessStep(probe: Probe): Decibels | null {
  const coding = codingOf(probe);
  if (coding === null) return null;
  return decibels(coding === "mp3" || coding === "aac" ? STEP : 0);
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
  return appliers[coding](source.read(0, source.size), gain);
}

/** Steps of 1.505 dB; the nearest that the peaks allow. */
const stepsOf = ({ wanted, headroom }: LosslessGain): number =>
  Math.min(nearestSteps(wanted), Math.floor(headroom / STEP + 1e-6));

function applyMp3(bytes: Uint8Array, gain: LosslessGain): LosslessResult {
  const plan = planMp3Gain(bytes);
  if (plan.kind === "refused") return plan;
  const steps = stepsOf(gain);
  if (steps === 0) return { kind: "unchanged" };
  // A field that stops at a limit would change the sound, and not by the same amount everywhere.
  if (steps < plan.lowestSteps || steps > plan.highestSteps) {
    return { kind: "refused", reason: "a gain field would saturate" };
  }
  const clean = withoutLoudnessTags(bytes, "mp3");
  const changed = applyMp3Gain(clean, steps);
  if (changed.kind === "refused") return changed;
  if (!canBeTakenBack(changed.bytes, steps, clean)) return notExact;
  return { kind: "done", bytes: changed.bytes, gain: decibels(changed.steps * STEP) };
}

/** Exact to 1/256 dB, in the header's output gain (RFC 7845 §5.1). */
function applyOpus(bytes: Uint8Array, { wanted, headroom }: LosslessGain): LosslessResult {
  const gain = Math.min(wanted, headroom);
  const clean = withoutLoudnessTags(bytes, "opus");
  const changed = applyOpusGain(clean, decibels(gain));
  if (changed.kind === "refused") return changed;
  if (changed.gain === 0) return { kind: "unchanged" };
  const back = applyOpusGain(changed.bytes, decibels(-changed.gain));
  if (back.kind === "refused" || !equalBytes(back.bytes, clean)) return notExact;
  return { kind: "done", bytes: changed.bytes, gain: changed.gain };
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
function applyAac(bytes: Uint8Array, gain: LosslessGain): LosslessResult {
  const steps = stepsOf(gain);
  if (steps === 0) return { kind: "unchanged" };
  const changed = applyAacGain(bytes, steps);
  if (changed.kind === "refused") return changed;
  return { kind: "done", bytes: changed.bytes, gain: decibels(steps * STEP) };
}

const appliers = { mp3: applyMp3, opus: applyOpus, vorbis: applyVorbis, aac: applyAac } as const;

const notExact = { kind: "refused", reason: "the change could not be taken back" } as const;
const tooLarge = { kind: "refused", reason: "too large" } as const;

/**
 * Takes back all that `applyLosslessGain` (or mp3gain, or aacgain) did. Opus has no record of what
 * its gain was.
 */
export function undoLosslessGain(source: ByteSource, probe: Probe): LosslessResult {
  const coding = codingOf(probe);
  if (coding === null || coding === "opus") return { kind: "unchanged" };
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
    // Tags that told of the gain are wrong now.
    const clean = withoutLoudnessTags(undone.bytes, "mp3");
    return { kind: "done", bytes: clean, gain: decibels(left * STEP) };
  },
  vorbis: undoVorbisGain,
  aac: (bytes: Uint8Array): LosslessResult => {
    const undone = undoAacGain(bytes);
    return undone.kind === "refused" ? undone : { ...undone, gain: decibels(undone.steps * STEP) };
  },
} as const;

/** Their figures are about to be wrong. What undoes an earlier gain of this kind stays. */
function withoutLoudnessTags(bytes: Uint8Array, kind: "mp3" | "opus"): Uint8Array {
  const file = bytesSource(bytes);
  const result = transplantTags(file, file, kind, { keepUndo: true });
  return result.kind === "done" && result.removed.length > 0 ? assemble(result.parts, file) : bytes;
}
