import { type Decibels, type Lu, decibels, lu } from "@/lib/loudness/units";

/**
 * What an encoder is known to do to every song. Counting on it beforehand spares most songs a
 * second encode; what it does to this very song only measuring tells.
 */
export interface EncoderHabit {
  /** Change of loudness. */
  readonly shift: Lu;
  /** Peaks that encoding adds to limited music: about the upper quartile of what was measured. */
  readonly overshoot: Decibels;
}

/**
 * LAME 3.100 scales its input by its preset for the rate: a 997 Hz sine comes back by exactly
 * these factors at every constant and average rate; VBR and rates from 256 kb/s on keep the level.
 */
const lameScales: readonly (readonly [upToKilobits: number, scale: number])[] = [
  [176, 0.95],
  [208, 0.97],
  [240, 0.98],
];

export function lameHabit(kilobits: number | "vbr"): EncoderHabit {
  const rate = kilobits === "vbr" ? Infinity : kilobits;
  const scale = lameScales.find(([upTo]) => rate <= upTo)?.[1] ?? 1;
  return {
    shift: lu(20 * Math.log10(scale)),
    overshoot: decibels(rate >= 240 ? 0.15 : 0.3),
  };
}

export const TRANSPARENT: EncoderHabit = { shift: lu(0), overshoot: decibels(0) };
export const aacHabit: EncoderHabit = { shift: lu(0), overshoot: decibels(0.3) };
export const vorbisHabit: EncoderHabit = { shift: lu(0), overshoot: decibels(0.5) };
export const opusHabit: EncoderHabit = { shift: lu(0), overshoot: decibels(0.6) };
export const wmaHabit: EncoderHabit = { shift: lu(0), overshoot: decibels(0.5) };
