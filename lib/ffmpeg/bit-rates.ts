import { layer3Kilobits, type EncoderHints } from "@/lib/formats";
import type { SourceFormat } from "@/lib/song/source-format";

export const mp3Rates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];
export const aacRates = [
  7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000,
];

/** A rate that the encoder has: `rate` itself, or the highest that divides evenly: 96 kHz → 48, 88.2 → 44.1. */
export function nearestRate(rate: number, rates: readonly number[]): number {
  if (rates.includes(rate)) return rate;
  const divisor = rates.toReversed().find((each) => rate % each === 0);
  return divisor ?? rates.find((each) => each >= rate) ?? rates.at(-1)!;
}

/** Hz that FLAC's frames have no field for (RFC 9639 §9.1.2): 16 bits of 10 Hz, or of 1 Hz. */
const BEYOND_FLAC = 655_350;
const BEYOND_ONE_HERTZ = 65_535;

/** The rate, or where FLAC cannot hold it a whole part of it, or the next multiple of 10 Hz. */
export function flacRate(rate: number): number {
  const held = rate < BEYOND_FLAC ? rate : rate / Math.ceil((rate + 1) / BEYOND_FLAC);
  return held < BEYOND_ONE_HERTZ && Number.isInteger(held) ? held : Math.ceil(held / 10) * 10;
}

/** How LAME is asked for a rate. */
export interface LameRate {
  readonly args: readonly string[];
  readonly kilobits: number;
  /** By quality; the rate is what that comes to most often. */
  readonly variable: boolean;
}

/** Of LAME's V0 to V9, in stereo. */
const variableKilobits = [245, 225, 190, 175, 165, 130, 115, 100, 85, 65];

export function mp3Rate(format: SourceFormat, hints: EncoderHints, sampleRate: number): LameRate {
  const rates = layer3Kilobits(sampleRate);
  const most = rates.at(-1)! * 1000;
  if (format.codec === "mp3" && hints.variableRate) {
    const { lameQuality } = hints;
    if (lameQuality !== null) {
      const kilobits = (variableKilobits[lameQuality] ?? 65) / (format.channels === 1 ? 2 : 1);
      return { args: ["-q:a", String(lameQuality)], kilobits, variable: true };
    }
    if (format.bitRate) {
      const rate = Math.min(most, Math.round(format.bitRate));
      return { args: ["-abr", "1", "-b:a", String(rate)], kilobits: rate / 1000, variable: false };
    }
  }
  const wanted = lossyRate(format, "mp3", 320_000, 8_000, most);
  const kilobits = rates.reduce((best, each) =>
    Math.abs(each * 1000 - wanted) < Math.abs(best * 1000 - wanted) ? each : best,
  );
  return { args: ["-b:a", `${kilobits}k`], kilobits, variable: false };
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

/** A setting of libvorbis: the nominal kb/s of its qualities 0…10. */
interface VorbisMode {
  /** Hz; for sample rates from here on. */
  readonly from: number;
  /** Both channels together. */
  readonly stereo: readonly number[];
  /** One channel; all others than stereo and 5.1 are that many single ones. */
  readonly single: readonly number[];
}

/** As the encoder states them in the headers that it writes, each quality tried in this core. */
const vorbisModes: readonly VorbisMode[] = [
  {
    from: 40_000,
    stereo: [64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 500],
    single: [48, 60, 70, 80, 86, 96, 110, 120, 140, 160, 240],
  },
  {
    from: 26_000,
    stereo: [56, 70, 90, 112, 120, 150, 180, 200, 230, 300, 380],
    single: [42, 52, 64, 72, 78, 86, 92, 110, 120, 140, 190],
  },
  {
    from: 19_000,
    stereo: [36.7, 45.3, 56, 66.7, 77.3, 88, 104.8, 121.6, 138.4, 155.2, 172],
    single: [24, 30.4, 35.3, 40.2, 45.1, 50, 58, 66, 74, 82, 90],
  },
  {
    from: 15_000,
    stereo: [34.7, 45.3, 56, 66.7, 77.3, 88, 104.8, 121.6, 138.4, 155.2, 172],
    single: [24, 32, 40, 48, 56, 64, 71.2, 78.4, 85.6, 92.8, 100],
  },
  {
    from: 9000,
    stereo: [26, 32.2, 38.4, 44.6, 50.8, 57, 63.2, 69.4, 75.6, 81.8, 88],
    single: [20, 23, 26, 29, 32, 35, 38, 41, 44, 47, 50],
  },
  {
    from: 0,
    stereo: [18, 22.6, 27.2, 31.8, 36.4, 41, 45.6, 50.2, 54.8, 59.4, 64],
    single: [14, 16.8, 19.6, 22.4, 25.2, 28, 30.8, 33.6, 36.4, 39.2, 42],
  },
];
/** 5.1 from 40 kHz on, all six channels together. */
const vorbisSurround = [120, 168, 228, 276, 324, 450, 576, 720, 840, 1080, 1440];

/** The nominal kb/s of each quality. */
function vorbisRates({ channels, sampleRate }: SourceFormat): readonly number[] {
  const mode = vorbisModes.find(({ from }) => sampleRate >= from)!;
  if (channels === 2) return mode.stereo;
  if (channels === 6 && sampleRate >= 40_000) return vorbisSurround;
  return mode.single.map((rate) => rate * channels);
}

/** Of a lossless source. */
const BEST_VORBIS = 8;

/**
 * The quality whose nominal rate is the source's. At least 0: ffmpeg takes a negative one for
 * none given, which is 3.
 */
export function vorbisQuality(format: SourceFormat): number {
  if (format.lossless || !format.bitRate) return BEST_VORBIS;
  const nominal = vorbisRates(format);
  const rate = format.bitRate / 1000;
  const above = nominal.findIndex((each) => each >= rate);
  if (above < 0) return nominal.length - 1;
  if (above === 0) return 0;
  const low = nominal[above - 1]!;
  return above - 1 + (rate - low) / (nominal[above]! - low);
}

/** What is encoded, as far as its rate depends on it. */
interface Rated {
  readonly format: SourceFormat;
  readonly hints: EncoderHints;
}

/** kb/s of stereo. */
const rungs = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
/** A rung that is nearer to the source's own rate brings nothing. */
const STEP = 1.125;
const VORBIS_STEP = 1.5;

/**
 * A source of the same sound and one step more of rate, so that it loses less when it is encoded to
 * its own kind again (docs/encoding-cost.md). As it is where there is no more, and where more is not
 * heard: Opus, Vorbis from quality 8 and others from 288 kb/s on.
 */
export function oneStepUp({ format, hints }: Rated): Rated {
  const { bitRate, channels, codec } = format;
  if (!bitRate || format.lossless || codec === "opus") return { format, hints };
  const at = (rate: number): Rated => ({ format: { ...format, bitRate: rate }, hints });
  if (codec === "vorbis") {
    const quality = vorbisQuality(format);
    if (quality >= BEST_VORBIS) return { format, hints };
    const nominal = vorbisRates(format);
    const wanted = Math.min(BEST_VORBIS, quality + VORBIS_STEP);
    const [low, high] = [nominal[Math.floor(wanted)]!, nominal[Math.ceil(wanted)]!];
    return at(1000 * (low + (wanted % 1) * (high - low)));
  }
  if (hints.lameQuality !== null && hints.lameQuality > 0) {
    return { format, hints: { ...hints, lameQuality: hints.lameQuality - 1 } };
  }
  const perStereo = (1000 * channels) / 2;
  const rung = rungs.find((each) => each * perStereo >= STEP * bitRate);
  return rung === undefined ? { format, hints } : at(rung * perStereo);
}
