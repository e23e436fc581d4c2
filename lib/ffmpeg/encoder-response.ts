import type { EncoderResponse } from "@/lib/loudness/encoder-response";
import { decibels, lu } from "@/lib/loudness/units";

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
    ...overshooting(rate >= 240 ? 0.15 : 0.3),
  };
}

const overshooting = (by: number) => ({ toLimited: decibels(by), toUntouched: decibels(by) });
const keepingLevel = (by: number): EncoderResponse => ({
  loudnessChange: lu(0),
  ...overshooting(by),
});
export const transparent = keepingLevel(0);
export const aacResponse = keepingLevel(0.3);
export const vorbisResponse = keepingLevel(0.5);
export const opusResponse = keepingLevel(0.6);
export const wmaResponse = keepingLevel(0.5);
