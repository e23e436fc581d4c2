/** The identification header of Ogg Opus: RFC 7845 §5.1. */
import { has, putU16le, u16le } from "../bytes";

const SHORTEST = 19;
const OUTPUT_GAIN_AT = 16;

export const isOpusHead = (packet: Uint8Array): boolean => has(packet, 0, "OpusHead");

/**
 * The output gain in 1/256 dB, -32768…32767, which decoders apply before anything else. Null where
 * the packet is too short, or of a version with another layout (its upper 4 bits).
 */
export function readOutputGain(packet: Uint8Array): number | null {
  if (!isOpusHead(packet) || packet.length < SHORTEST || (packet[8]! & 0xf0) !== 0) return null;
  return (u16le(packet, OUTPUT_GAIN_AT) << 16) >> 16;
}

export const writeOutputGain = (packet: Uint8Array, outputGain: number): void =>
  putU16le(packet, OUTPUT_GAIN_AT, outputGain & 0xffff);
