/** The `fmt ` chunk of WAV and W64: Microsoft's WAVEFORMATEX and WAVEFORMATEXTENSIBLE. */
import { putU16le, u16le, u32le } from "../bytes";

export interface WavFormat {
  /** 1: integer PCM, 3: floating point; of EXTENSIBLE its subformat's. */
  readonly tag: number;
  readonly extensible: boolean;
  readonly channels: number;
  /** Bytes a second. */
  readonly byteRate: number;
  /** Bytes of one frame: a sample of each channel. */
  readonly blockAlign: number;
  /** Of a sample, as the header states them; EXTENSIBLE: of its container. */
  readonly bits: number;
  /** EXTENSIBLE: those that hold sound, from the highest down. */
  readonly validBits: number;
}

const EXTENSIBLE = 0xfffe;
export const wavTag = { pcm: 1, float: 3 } as const;
const VALID_BITS_AT = 18;
const BITS_AT = 14;

export function readWavFormat(content: Uint8Array): WavFormat | null {
  if (content.length < 16) return null;
  const extensible = u16le(content, 0) === EXTENSIBLE && content.length >= 26;
  const bits = u16le(content, BITS_AT);
  return {
    tag: u16le(content, extensible ? 24 : 0),
    extensible,
    channels: u16le(content, 2),
    byteRate: u32le(content, 8),
    blockAlign: u16le(content, 12),
    bits,
    validBits: (extensible && u16le(content, VALID_BITS_AT)) || bits,
  };
}

/** Bits of the container that each sample lies in, whatever the header says of them; null: no whole bytes. */
export const containerBits = ({ blockAlign, channels }: WavFormat): number | null =>
  channels > 0 && blockAlign > 0 && blockAlign % channels === 0
    ? (blockAlign / channels) * 8
    : null;

/** The same chunk that says its containers are full of bits. */
export function withBits(content: Uint8Array, { extensible }: WavFormat, bits: number): Uint8Array {
  const full = content.slice();
  putU16le(full, BITS_AT, bits);
  if (extensible) putU16le(full, VALID_BITS_AT, bits);
  return full;
}
