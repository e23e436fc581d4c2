import { decibels, lu, type Decibels, type Lu } from "@/lib/loudness/units";

/**
 * What an encoder does to the loudness and the peaks of every song. To reckon with it beforehand
 * spares most songs a second encode; what it does to one song only measuring tells.
 */
export interface EncoderResponse {
  readonly loudnessChange: Lu;
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

export function lameResponse(kilobits: number | "vbr"): EncoderResponse {
  const rate = kilobits === "vbr" ? Infinity : kilobits;
  const scale = lameScales.find(([upTo]) => rate <= upTo)?.[1] ?? 1;
  return {
    loudnessChange: lu(20 * Math.log10(scale)),
    overshoot: decibels(rate >= 240 ? 0.15 : 0.3),
  };
}

const overshooting = (by: number): EncoderResponse => ({
  loudnessChange: lu(0),
  overshoot: decibels(by),
});
export const transparent = overshooting(0);
export const aacResponse = overshooting(0.3);
export const vorbisResponse = overshooting(0.5);
export const opusResponse = overshooting(0.6);
export const wmaResponse = overshooting(0.5);
