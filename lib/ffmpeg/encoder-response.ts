import type { EncoderResponse, PeakMargins } from "@/lib/loudness/encoder-response";
import { decibels, lu } from "@/lib/loudness/units";

// What encoders do to every song. To reckon with it beforehand spares most songs a second encode; what
// one does to one song only measuring tells. Margins are by bench/encoder-margins.ts.

/** dB, up to a measure of the encoder's quality; the last row is for all above. */
type Margins = readonly (readonly [upTo: number, toLimited: number, toUntouched: number])[];

/** By kb/s a channel. */
const mp3Margins: Margins = [
  [80, 1.2, 0.35],
  [104, 1.3, 0.4],
  [136, 0.7, 0.1],
  [Infinity, 0.45, 0.05],
];
const aacMargins: Margins = [
  [56, 1.3, 0.4],
  [80, 0.75, 0.25],
  [Infinity, 0.5, 0.05],
];
const opusMargins: Margins = [
  [40, 1.7, 0.75],
  [56, 1.5, 0.7],
  [80, 1.2, 0.5],
  [Infinity, 0.7, 0.4],
];
/** By libvorbis's quality. */
const vorbisMargins: Margins = [
  [4, 1.2, 0.35],
  [6, 0.8, 0.35],
  [Infinity, 0.35, 0.3],
];

function marginsAt(margins: Margins, at: number): PeakMargins {
  const [, toLimited, toUntouched] = margins.find(([upTo]) => at <= upTo)!;
  return { toLimited: decibels(toLimited), toUntouched: decibels(toUntouched) };
}

const keepingLevel = (margins: PeakMargins): EncoderResponse => ({
  loudnessChange: lu(0),
  ...margins,
});

/**
 * LAME 3.100 scales its input by its preset for the rate: a 997 Hz sine comes back by exactly
 * these factors at every constant and average rate; VBR and rates from 256 kb/s on keep the level.
 */
const lameScales: readonly (readonly [upToKilobits: number, scale: number])[] = [
  [176, 0.95],
  [208, 0.97],
  [240, 0.98],
];

export function lameResponse(kilobits: number | "vbr", channels: number): EncoderResponse {
  const rate = kilobits === "vbr" ? Infinity : kilobits;
  const scale = lameScales.find(([upTo]) => rate <= upTo)?.[1] ?? 1;
  return {
    loudnessChange: lu(20 * Math.log10(scale)),
    ...marginsAt(mp3Margins, rate / channels),
  };
}

export const transparent = keepingLevel({ toLimited: decibels(0), toUntouched: decibels(0) });
export const wmaResponse = keepingLevel({ toLimited: decibels(0.8), toUntouched: decibels(0.4) });

/** `rate`: bits per second of a channel. */
export const aacResponse = (rate: number) => keepingLevel(marginsAt(aacMargins, rate / 1000));
export const opusResponse = (rate: number) => keepingLevel(marginsAt(opusMargins, rate / 1000));
export const vorbisResponse = (quality: number) => keepingLevel(marginsAt(vorbisMargins, quality));
