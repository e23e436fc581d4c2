/**
 * The header of an MPEG audio frame as one 32-bit word: ISO 11172-3 §2.4.2.3, ISO 13818-3
 * §2.4.2.3; "MPEG-2.5" is Fraunhofer's extension of the latter to a quarter of the sample rates.
 */

/** Bit rates in kbit/s by index 1…14. Index 0 is free format, 15 is forbidden. */
const mpeg1Layer1 = [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
const mpeg1Layer2 = [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const mpeg1Layer3 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const mpeg2Layer1 = [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
const mpeg2Layer23 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

const mpeg1SampleRates = [44_100, 48_000, 32_000];

/** The bit rates in kbit/s that layer III has at a sample rate in Hz, ascending. */
export const layer3Kilobits = (rate: number): readonly number[] =>
  rate >= 32_000 ? mpeg1Layer3 : mpeg2Layer23;

const MPEG_1 = 3;
const MPEG_2 = 2;
const RESERVED_VERSION = 1;
const LAYER_1 = 3;
const LAYER_2 = 2;
export const LAYER_3 = 1;

/** What every frame of one stream has in common: sync, version, layer and sample rate. */
export const STREAM_MASK = 0xfffe0c00;
/** What rarely changes: all but bit rate, padding, private bit and mode extension. */
export const UNCHANGING_MASK = 0xffff0ccf;

/** The header word at `at`, or 0 (never a header) where four bytes are not there. */
export const headerAt = (bytes: Uint8Array, at: number): number =>
  at < 0 || at + 4 > bytes.length
    ? 0
    : ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

const version = (header: number): number => (header >>> 19) & 3;
export const layer = (header: number): number => (header >>> 17) & 3;
const bitRateIndex = (header: number): number => (header >>> 12) & 15;

/**
 * Sync word, and no reserved value in a field that a frame's length depends on. Free format
 * passes. So does the reserved emphasis: nothing but a filter behind the decoder depends on it, no
 * decoder heeds it, and a frame that is played must get its gain like all others.
 */
export const isHeader = (header: number): boolean =>
  header >>> 21 === 0x7ff &&
  version(header) !== RESERVED_VERSION &&
  layer(header) !== 0 &&
  bitRateIndex(header) !== 15 &&
  ((header >>> 10) & 3) !== 3;

/** The encoder chose a bit rate that is in no table: only the next header tells the length. */
export const isFreeFormat = (header: number): boolean => bitRateIndex(header) === 0;

export const isMpeg1 = (header: number): boolean => version(header) === MPEG_1;
export const isMono = (header: number): boolean => ((header >>> 6) & 3) === 3;
export const channels = (header: number): 1 | 2 => (isMono(header) ? 1 : 2);
/** The protection bit is 0 when a CRC-16 follows the header. */
export const hasCrc = (header: number): boolean => (header & 0x10000) === 0;

/** Hz. */
export const sampleRate = (header: number): number =>
  mpeg1SampleRates[(header >>> 10) & 3]! /
  (isMpeg1(header) ? 1 : version(header) === MPEG_2 ? 2 : 4);

const kilobits = (header: number): number => {
  const index = bitRateIndex(header) - 1;
  if (!isMpeg1(header)) return (layer(header) === LAYER_1 ? mpeg2Layer1 : mpeg2Layer23)[index]!;
  if (layer(header) === LAYER_1) return mpeg1Layer1[index]!;
  return (layer(header) === LAYER_2 ? mpeg1Layer2 : mpeg1Layer3)[index]!;
};

const computeLength = (header: number): number => {
  const padding = (header >>> 9) & 1;
  const bitRate = kilobits(header) * 1000;
  if (layer(header) === LAYER_1)
    return (Math.floor((12 * bitRate) / sampleRate(header)) + padding) * 4;
  const halved = layer(header) === LAYER_3 && !isMpeg1(header);
  return Math.floor(((halved ? 72 : 144) * bitRate) / sampleRate(header)) + padding;
};

/** Bits 9…20 of a header, version to padding, say all that the length depends on. */
const lengths = Uint16Array.from({ length: 1 << 12 }, (_, fields) => {
  const header = (0xffe00000 | (fields << 9)) >>> 0;
  return isHeader(header) && !isFreeFormat(header) ? computeLength(header) : 0;
});

/** Bytes from this header to the next, padding included; 0 for free format. */
export const frameLength = (header: number): number => lengths[(header >>> 9) & 0xfff]!;

export const LONGEST_FRAME = lengths.reduce((longest, length) => Math.max(longest, length), 0);

/** Samples a channel that one layer III frame decodes to. */
export const samplesPerFrame = (header: number): 1152 | 576 => (isMpeg1(header) ? 1152 : 576);

/** Bytes of layer III side information. */
export const sideInfoLength = (header: number): number =>
  isMpeg1(header) ? (isMono(header) ? 17 : 32) : isMono(header) ? 9 : 17;
