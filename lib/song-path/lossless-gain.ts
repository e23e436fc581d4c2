import type { Probe } from "@/lib/ffmpeg/probe";
import { decibels, type Decibels } from "@/lib/loudness/units";
import {
  applyMp3Gain,
  applyOpusGain,
  assemble,
  bytesSource,
  canBeTakenBack,
  equalBytes,
  nearestSteps,
  planMp3Gain,
  STEP,
  transplantTags,
  undoMp3Gain,
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

/** The coded audio has gain fields: MP3's `global_gain`, Opus's output gain. */
export const supportsLosslessGain = ({ format }: Probe): boolean =>
  (format.container === "mp3" && format.codec === "mp3") || format.container === "opus";

/** Changes the gain fields; the sound is not decoded, its bytes stay as they are. */
export function applyLosslessGain(
  source: ByteSource,
  { format }: Probe,
  gain: LosslessGain,
): LosslessResult {
  if (source.size > MOST_BYTES) return { kind: "refused", reason: "too large" };
  return format.container === "opus" ? applyOpus(source, gain) : applyMp3(source, gain);
}

/** In steps of 1.505 dB; the nearest that the peaks allow. */
function applyMp3(source: ByteSource, { wanted, headroom }: LosslessGain): LosslessResult {
  const bytes = source.read(0, source.size);
  const plan = planMp3Gain(bytes);
  if (plan.kind === "refused") return plan;
  const steps = Math.min(nearestSteps(wanted), Math.floor(headroom / STEP + 1e-6));
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
function applyOpus(source: ByteSource, { wanted, headroom }: LosslessGain): LosslessResult {
  const gain = Math.min(wanted, headroom);
  const clean = withoutLoudnessTags(source.read(0, source.size), "opus");
  const changed = applyOpusGain(clean, decibels(gain));
  if (changed.kind === "refused") return changed;
  if (changed.gain === 0) return { kind: "unchanged" };
  const back = applyOpusGain(changed.bytes, decibels(-changed.gain));
  if (back.kind === "refused" || !equalBytes(back.bytes, clean)) return notExact;
  return { kind: "done", bytes: changed.bytes, gain: changed.gain };
}

const notExact = { kind: "refused", reason: "the change could not be taken back" } as const;

/** Takes back what `applyLosslessGain` (or mp3gain) did to an MP3. */
export function undoLosslessGain(source: ByteSource, { format }: Probe): LosslessResult {
  if (format.codec !== "mp3") return { kind: "unchanged" };
  if (source.size > MOST_BYTES) return { kind: "refused", reason: "too large" };
  const undone = undoMp3Gain(source.read(0, source.size));
  if (undone.kind === "refused") {
    return undone.reason === "nothing-to-undo" ? { kind: "unchanged" } : undone;
  }
  const { left, right, bytes } = undone;
  if (left === 0 && right === 0) return { kind: "unchanged" };
  return { kind: "done", bytes, gain: decibels(left * STEP) };
}

/** Their figures are about to be wrong. What undoes an earlier gain of this kind stays. */
function withoutLoudnessTags(bytes: Uint8Array, kind: "mp3" | "opus"): Uint8Array {
  const file = bytesSource(bytes);
  const result = transplantTags(file, file, kind, { keepUndo: true });
  return result.kind === "done" && result.removed.length > 0 ? assemble(result.parts, file) : bytes;
}
