import type { EncoderResponse } from "@/lib/loudness/encoder-response";
import { decibels, lu } from "@/lib/loudness/units";
import type { LameRate } from "./bit-rates";

// What encoders do to every song. To reckon with it beforehand spares most songs a second encode; what
// one does to one song only measuring tells. Figures are of docs/encoder-margins.md, by
// bench/encoder-margins.ts: 95th percentiles of the peaks over the loudness's median.

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
  [80, 0.75, 0.35, 0],
  [104, 0.4, 0.2, 0],
  [136, 0.3, 0.1, 0],
  [Infinity, 0.15, 0.05, 0],
];
const aacResponses: Responses = [
  [56, 0.9, 0.45, -0.08],
  [80, 0.6, 0.15, -0.05],
  [112, 0.4, 0.05, -0.02],
  [Infinity, 0.15, 0.05, -0.01],
];
const opusResponses: Responses = [
  [40, 1.65, 0.8, 0],
  [56, 1.05, 0.5, 0],
  [80, 0.8, 0.45, 0],
  [Infinity, 0.5, 0.3, 0],
];
/** By libvorbis's quality. */
const vorbisResponses: Responses = [
  [4, 1.1, 0.6, -0.08],
  [6, 0.55, 0.2, -0.01],
  [Infinity, 0.3, 0.1, 0.02],
];
const wmaResponses: Responses = [[Infinity, 0.3, 0.15, 0]];

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
