import type { EncoderHints } from "./encoding";
import type { SourceFormat } from "./source-format";

export const MP3_RATES = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];
export const AAC_RATES = [
  7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000,
];
const MPEG1_KILOBITS = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_KILOBITS = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** The encoder's own rate, or the highest that divides evenly: 96 kHz → 48, 88.2 → 44.1. */
export function nearestRate(rate: number, rates: readonly number[]): number {
  if (rates.includes(rate)) return rate;
  const divisor = rates.toReversed().find((each) => rate % each === 0);
  return divisor ?? rates.find((each) => each >= rate) ?? rates.at(-1)!;
}

/** LAME's arguments for the rate or quality, and its nominal rate. */
export function mp3Rate(
  format: SourceFormat,
  hints: EncoderHints,
  sampleRate: number,
): { readonly args: readonly string[]; readonly kilobits: number | "vbr" } {
  const rates = sampleRate >= 32_000 ? MPEG1_KILOBITS : MPEG2_KILOBITS;
  const most = rates.at(-1)! * 1000;
  if (format.codec === "mp3" && hints.variableRate) {
    if (hints.lameQuality !== null) {
      return { args: ["-q:a", String(hints.lameQuality)], kilobits: "vbr" };
    }
    if (format.bitRate) {
      const rate = Math.min(most, Math.round(format.bitRate));
      return { args: ["-abr", "1", "-b:a", String(rate)], kilobits: rate / 1000 };
    }
  }
  const wanted = lossyRate(format, "mp3", 320_000, 32_000, most);
  const kilobits = rates.reduce((best, each) =>
    Math.abs(each * 1000 - wanted) < Math.abs(best * 1000 - wanted) ? each : best,
  );
  return { args: ["-b:a", `${kilobits}k`], kilobits };
}

/**
 * Bits per second for a lossy encoder: the source's own rate when it is of that codec, a rate of
 * the same class when it is another lossy codec, a transparent one when the source is lossless.
 */
export function lossyRate(
  format: SourceFormat,
  codec: string,
  forLossless: number,
  least: number,
  most: number,
): number {
  const rate = format.lossless || !format.bitRate ? forLossless : format.bitRate;
  // Another codec's rate is no promise of the same quality: never go below a safe one.
  const floor = format.codec.startsWith(codec) ? least : Math.max(least, 128_000);
  return Math.round(Math.min(most, Math.max(floor, rate)));
}

/** libvorbis's nominal rates (44.1 kHz stereo, kb/s) for its qualities -1…10. */
const VORBIS_NOMINAL = [45, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 500];

export function vorbisQuality(format: SourceFormat): number {
  if (format.lossless || !format.bitRate) return 8;
  const rate = ((format.bitRate / 1000) * 2) / Math.max(1, Math.min(2, format.channels));
  const above = VORBIS_NOMINAL.findIndex((nominal) => nominal >= rate);
  if (above <= 0) return above === 0 ? -1 : 10;
  const low = VORBIS_NOMINAL[above - 1]!;
  return above - 2 + (rate - low) / (VORBIS_NOMINAL[above]! - low);
}
