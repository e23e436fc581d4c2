/** The four bytes at the head of an MPEG audio frame (ISO 11172-3 §2.4.1.3, ISO 13818-3). */
import type { ByteSource } from "../bytes";

export interface MpegFrame {
  readonly version: 1 | 2 | 2.5;
  readonly layer: 1 | 2 | 3;
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  readonly protected: boolean;
  readonly samples: number;
  /** Bytes of the frame; 0 for free format, whose length is not in the header. */
  readonly length: number;
}

const rates = [44100, 48000, 32000];
// kbit/s by index, for MPEG-1 layers I, II, III and MPEG-2 layer I, layers II and III.
const bitRates = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

export function mpegFrame(bytes: Uint8Array, offset = 0): MpegFrame | null {
  const [b0, b1, b2, b3] = [bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]];
  if (b0 !== 0xff || b1 === undefined || b2 === undefined || b3 === undefined) return null;
  if ((b1 & 0xe0) !== 0xe0) return null;
  const version = ([2.5, null, 2, 1] as const)[(b1 >> 3) & 3];
  const layer = ([null, 3, 2, 1] as const)[(b1 >> 1) & 3];
  const baseRate = rates[(b2 >> 2) & 3];
  if (version == null || layer == null || baseRate === undefined) return null;
  const table = version === 1 ? layer - 1 : layer === 1 ? 3 : 4;
  const bitRate = bitRates[table]?.[b2 >> 4];
  if (bitRate === undefined || (b3 & 3) === 2) return null;
  const sampleRate = version === 1 ? baseRate : version === 2 ? baseRate / 2 : baseRate / 4;
  const samples = layer === 1 ? 384 : layer === 2 || version === 1 ? 1152 : 576;
  const padding = (b2 >> 1) & 1;
  const slots = Math.floor(((samples / 8) * bitRate * 1000) / sampleRate);
  const length =
    bitRate === 0
      ? 0
      : layer === 1
        ? (Math.floor((12 * bitRate * 1000) / sampleRate) + padding) * 4
        : slots + padding;
  const channels = b3 >> 6 === 3 ? 1 : 2;
  return { version, layer, sampleRate, channels, protected: (b1 & 1) === 0, samples, length };
}

/** A frame header at `offset`, followed by another of the same kind where it ends (or the end). */
export function isAudioAt(source: ByteSource, offset: number): boolean {
  const first = mpegFrame(source.read(offset, 4));
  if (first === null) return false;
  if (first.length === 0) return true;
  if (offset + first.length >= source.size) return true;
  const second = mpegFrame(source.read(offset + first.length, 4));
  return second !== null && second.layer === first.layer && second.sampleRate === first.sampleRate;
}

/** The first frame at or after `offset`, within `reach` bytes; null if there is none. */
export function findAudio(source: ByteSource, offset: number, reach = 1 << 16): number | null {
  const bytes = source.read(offset, reach);
  for (let i = 0; i + 4 <= bytes.length; i++)
    if (bytes[i] === 0xff && isAudioAt(source, offset + i)) return offset + i;
  return null;
}
