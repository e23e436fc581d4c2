/** The 32-bit header of an MPEG audio frame: ISO/IEC 11172-3 §2.4.2.3, ISO/IEC 13818-3 §2.4.2.3. */

/** Bitrates in kbit/s by index 1…14. Index 0 is free format, 15 is forbidden. */
const v1Layer1 = [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
const v1Layer2 = [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const v1Layer3 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const v2Layer1 = [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
const v2Layer23 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** The bit rates in kbit/s that layer III has at a sample rate in Hz, ascending. */
export const layer3Kilobits = (rate: number): readonly number[] =>
  rate >= 32_000 ? v1Layer3 : v2Layer23;

const v1SampleRates = [44100, 48000, 32000];

const MPEG_1 = 3;
const LAYER_1 = 3;
const LAYER_2 = 2;
export const LAYER_3 = 1;

/** What every frame of one stream has in common: sync, version, layer and sample rate. */
export const STREAM_MASK = 0xfffe0c00;
/** What rarely changes: all but bitrate, padding, private bit and mode extension. */
export const UNCHANGING_MASK = 0xffff0ccf;

/** The header word at `at`, or 0 (never a header) where four bytes are not there. */
export const headerAt = (bytes: Uint8Array, at: number): number =>
  at < 0 || at + 4 > bytes.length
    ? 0
    : ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

const version = (header: number): number => (header >>> 19) & 3;
export const layer = (header: number): number => (header >>> 17) & 3;
const bitrateIndex = (header: number): number => (header >>> 12) & 15;

/** Sync word, and no field with a reserved value. Free format passes. */
export const isHeader = (header: number): boolean =>
  header >>> 21 === 0x7ff &&
  version(header) !== 1 &&
  layer(header) !== 0 &&
  bitrateIndex(header) !== 15 &&
  ((header >>> 10) & 3) !== 3;

/** The encoder chose a bitrate that is in no table: only the next header tells the length. */
export const isFreeFormat = (header: number): boolean => bitrateIndex(header) === 0;

export const isMpeg1 = (header: number): boolean => version(header) === MPEG_1;
export const isMono = (header: number): boolean => ((header >>> 6) & 3) === 3;
export const channels = (header: number): 1 | 2 => (isMono(header) ? 1 : 2);
/** The protection bit is 0 when a CRC-16 follows the header. */
export const hasCrc = (header: number): boolean => (header & 0x10000) === 0;

export const sampleRate = (header: number): number =>
  v1SampleRates[(header >>> 10) & 3]! / (isMpeg1(header) ? 1 : version(header) === 2 ? 2 : 4);

const kilobits = (header: number): number => {
  const index = bitrateIndex(header) - 1;
  if (isMpeg1(header)) {
    if (layer(header) === LAYER_1) return v1Layer1[index]!;
    return (layer(header) === LAYER_2 ? v1Layer2 : v1Layer3)[index]!;
  }
  return (layer(header) === LAYER_1 ? v2Layer1 : v2Layer23)[index]!;
};

const computeLength = (header: number): number => {
  const padding = (header >>> 9) & 1;
  const bitrate = kilobits(header) * 1000;
  if (layer(header) === LAYER_1)
    return (Math.floor((12 * bitrate) / sampleRate(header)) + padding) * 4;
  const halved = layer(header) === LAYER_3 && !isMpeg1(header);
  return Math.floor(((halved ? 72 : 144) * bitrate) / sampleRate(header)) + padding;
};

/** Bits 9…20 of a header, version to padding, say all that the length depends on. */
const LENGTHS = Uint16Array.from({ length: 1 << 12 }, (_, fields) => {
  const header = (0xffe00000 | (fields << 9)) >>> 0;
  return isHeader(header) && !isFreeFormat(header) ? computeLength(header) : 0;
});

/** Bytes from this header to the next, padding included. Not for free format. */
export const frameLength = (header: number): number => LENGTHS[(header >>> 9) & 0xfff]!;

/** Samples a channel that one layer III frame decodes to. */
export const samplesPerFrame = (header: number): 1152 | 576 => (isMpeg1(header) ? 1152 : 576);

/** Bytes of layer III side information. */
export const sideInfoLength = (header: number): number =>
  isMpeg1(header) ? (isMono(header) ? 17 : 32) : isMono(header) ? 9 : 17;
