/** The identification header of Ogg Opus: RFC 7845 §5.1. */
import { matches, view } from "../bitstream-bytes";

export interface OpusHead {
  readonly channels: number;
  /** Samples at 48 kHz that a decoder drops at the beginning. */
  readonly preSkip: number;
  /** Output gain in 1/256 dB, -32768…32767. Decoders apply it before anything else. */
  readonly outputGain: number;
}

const SHORTEST = 19;
const OUTPUT_GAIN_AT = 16;

export const isOpusHead = (packet: Uint8Array): boolean => matches(packet, 0, "OpusHead");

/** Null where the packet is too short, or of a version with another layout (its upper 4 bits). */
export const readHead = (packet: Uint8Array): OpusHead | null => {
  if (!isOpusHead(packet) || packet.length < SHORTEST || (packet[8]! & 0xf0) !== 0) return null;
  const numbers = view(packet);
  return {
    channels: packet[9]!,
    preSkip: numbers.getUint16(10, true),
    outputGain: numbers.getInt16(OUTPUT_GAIN_AT, true),
  };
};

export const writeOutputGain = (packet: Uint8Array, outputGain: number): void =>
  view(packet).setInt16(OUTPUT_GAIN_AT, outputGain, true);
