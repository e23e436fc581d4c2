import type { EncoderResponse } from "@/lib/loudness/encoder-response";
import { decibels, lu } from "@/lib/loudness/units";
import type { LameRate } from "./bit-rates";

// What encoders do to every song. To reckon with it beforehand spares most songs a second encode; what
// one does to one song only measuring tells. Figures are of docs/encoder-margins.md, by
// bench/encoder-margins.ts: at least the 95th percentile of the peaks, and more where songs that are driven
// harder, or longer ones, gained more (docs/decisions/0004); and the middle between the least and the most
// of the loudness, so that a song which can get no louder is as near to its plan as can be.

/** Up to a measure of the encoder's quality; the last row is for all above. */
type Responses = readonly (readonly [
  upTo: number,
  /** dB added to the peaks. */
  toLimited: number,
  toUntouched: number,
  /** LU; what is cut off at the top of the spectrum and rounded to nothing. */
  loudnessChange: number,
])[];

/** By kb/s a channel. LAME's scale comes on top. */
const mp3Responses: Responses = [
  [104, 1.3, 0.4, 0],
  [136, 0.7, 0.1, 0],
  [Infinity, 0.45, 0.05, 0],
];
const aacResponses: Responses = [
  [56, 1.3, 0.45, -0.1],
  [80, 1.3, 0.25, -0.08],
  [112, 0.5, 0.05, -0.04],
  [Infinity, 0.5, 0.05, -0.01],
];
const opusResponses: Responses = [
  [40, 1.7, 0.8, 0],
  [56, 1.5, 0.7, 0],
  [80, 1.2, 0.5, 0],
  [Infinity, 0.7, 0.4, 0],
];
/** By libvorbis's quality. */
const vorbisResponses: Responses = [
  [4, 1.2, 0.6, -0.08],
  [6, 0.8, 0.35, -0.02],
  [Infinity, 0.35, 0.3, 0],
];
const wmaResponses: Responses = [[Infinity, 0.8, 0.4, 0]];

function responseAt(responses: Responses, at: number): EncoderResponse {
  const [, toLimited, toUntouched, change] = responses.find(([upTo]) => at <= upTo)!;
  return {
    loudnessChange: lu(change),
    toLimited: decibels(toLimited),
    toUntouched: decibels(toUntouched),
  };
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

export function lameResponse(
  { kilobits, variable }: Pick<LameRate, "kilobits" | "variable">,
  channels: number,
): EncoderResponse {
  const scale = (!variable && lameScales.find(([upTo]) => kilobits <= upTo)?.[1]) || 1;
  return {
    ...responseAt(mp3Responses, kilobits / channels),
    loudnessChange: lu(20 * Math.log10(scale)),
  };
}

export const transparent = responseAt([[Infinity, 0, 0, 0]], 0);
export const wmaResponse = responseAt(wmaResponses, 0);

/** `rate`: bits per second of a channel. */
export const aacResponse = (rate: number) => responseAt(aacResponses, rate / 1000);
export const opusResponse = (rate: number) => responseAt(opusResponses, rate / 1000);
export const vorbisResponse = (quality: number) => responseAt(vorbisResponses, quality);
