/**
 * What an MP4 track of AAC says of itself: `esds` (ISO/IEC 14496-1 §7.2.6) and the
 * `AudioSpecificConfig` in it (ISO/IEC 14496-3 §1.6.2.1).
 */
import { sampleRates } from "./bands";
import { MsbReader } from "./msb-bits";
import { skipProgramConfig } from "./raw-data-block";

export type ConfigRefusal =
  /** Another codec, or an AAC other than Low Complexity: Main, SSR, LTP, ER, LD, ELD. */
  | "not-aac-lc"
  | "he-aac"
  /** MPEG-D USAC, also called xHE-AAC. */
  | "xhe-aac"
  /** Frames of 960 samples, with bands of their own. */
  | "short-frames"
  /** The description is cut short or does not add up. */
  | "damaged-config";

const LOW_COMPLEXITY = 2;
const SBR = 5;
const PARAMETRIC_STEREO = 29;
const USAC = 42;
const ESCAPE = 31;
const EXPLICIT_RATE = 15;
const SYNC_EXTENSION = 0x2b7;

/** Table 4.82: rates that are not in the list use the bands of the one they are nearest to. */
const leastRates = [
  92_017, 75_132, 55_426, 46_009, 37_566, 27_713, 23_004, 18_783, 13_856, 11_502, 9391, 0,
];

const readObjectType = (bits: MsbReader): number => {
  const type = bits.read(5);
  return type === ESCAPE ? 32 + bits.read(6) : type;
};

/** The sampling frequency index, 0 to 12; null for one that is reserved. */
const readRate = (bits: MsbReader): number | null => {
  const index = bits.read(4);
  if (index !== EXPLICIT_RATE) return index < sampleRates.length ? index : null;
  const rate = bits.read(12) * 0x1000 + bits.read(12);
  return leastRates.findIndex((least) => rate >= least);
};

/** The sampling frequency index of AAC-LC, or why it is none. */
const readAudioConfig = (config: Uint8Array): number | ConfigRefusal => {
  const bits = new MsbReader(config, 0, 8 * config.length);
  const type = readObjectType(bits);
  if (bits.overrun) return "damaged-config";
  if (type === SBR || type === PARAMETRIC_STEREO) return "he-aac";
  if (type === USAC) return "xhe-aac";
  if (type !== LOW_COMPLEXITY) return "not-aac-lc";
  const rate = readRate(bits);
  const channels = bits.read(4);
  if (bits.flag()) return "short-frames";
  if (bits.flag()) bits.skip(14);
  bits.skip(1);
  if (channels === 0) skipProgramConfig(bits, 0);
  if (bits.overrun || rate === null) return "damaged-config";
  // SBR that old decoders need not know of (§1.6.5).
  const extension = bits.end - bits.at >= 17 && bits.read(11) === SYNC_EXTENSION;
  if (extension && readObjectType(bits) === SBR && bits.flag()) return "he-aac";
  return rate;
};

const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;
const DECODER_SPECIFIC = 5;
/** Object type indications: MPEG-4 audio, and MPEG-2 AAC Main, LC and SSR. */
const MPEG4_AUDIO = 0x40;
const MPEG2_LC = 0x67;

interface Descriptor {
  readonly tag: number;
  readonly content: number;
  readonly end: number;
}

const descriptorAt = (bytes: Uint8Array, at: number): Descriptor | null => {
  let [length, content] = [0, at + 1];
  for (let i = 0; i < 4; i++) {
    const byte = bytes[content++];
    if (byte === undefined) return null;
    length = length * 128 + (byte & 127);
    if (byte < 128) break;
  }
  return content + length > bytes.length
    ? null
    : { tag: bytes[at]!, content, end: content + length };
};

/** The same for the content of an `esds` box. */
export const readEsds = (esds: Uint8Array): number | ConfigRefusal => {
  const stream = descriptorAt(esds, 4);
  if (stream?.tag !== ES_DESCRIPTOR) return "damaged-config";
  const flags = esds[stream.content + 2] ?? 0;
  let at = stream.content + 3;
  if (flags & 0x80) at += 2;
  if (flags & 0x40) at += 1 + (esds[at] ?? 0);
  if (flags & 0x20) at += 2;
  const decoder = descriptorAt(esds, at);
  if (decoder?.tag !== DECODER_CONFIG) return "damaged-config";
  const kind = esds[decoder.content];
  if (kind !== MPEG4_AUDIO && kind !== MPEG2_LC) return "not-aac-lc";
  const specific = descriptorAt(esds, decoder.content + 13);
  if (specific?.tag !== DECODER_SPECIFIC) return "damaged-config";
  return readAudioConfig(esds.subarray(specific.content, specific.end));
};
