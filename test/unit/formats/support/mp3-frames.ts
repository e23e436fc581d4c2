/**
 * Builds layer III frames field by field from the tables of ISO/IEC 11172-3 and 13818-3, sharing
 * nothing with the code under test.
 */
import fc from "fast-check";

export interface FrameSpec {
  readonly version: "1" | "2" | "2.5";
  readonly mode: "stereo" | "joint" | "dual" | "mono";
  readonly crc: boolean;
  /** `global_gain` by granule and channel; as many as the version and mode have. */
  readonly gains: readonly number[];
  /** Fills the bytes behind the side information, and the other fields in it. */
  readonly seed: number;
  readonly padding: boolean;
}

const fieldsOf = (spec: Pick<FrameSpec, "version" | "mode">): number =>
  (spec.version === "1" ? 2 : 1) * (spec.mode === "mono" ? 1 : 2);

/** Bitrate index 9 and sample rate index 0 of each version: bytes of an unpadded frame. */
const LENGTH = {
  "1": Math.floor((144 * 128_000) / 44_100),
  "2": Math.floor((72 * 80_000) / 22_050),
  "2.5": Math.floor((72 * 80_000) / 11_025),
};

const noise = (seed: number) => {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8;
};

/** Bit by bit, as the standard writes it, over the given bits. */
const crc16 = (bits: readonly number[]): number => {
  let crc = 0xffff;
  for (const bit of bits) {
    const carry = ((crc >> 15) & 1) ^ bit;
    crc = ((crc << 1) & 0xffff) ^ (carry ? 0x8005 : 0);
  }
  return crc;
};

const toBits = (value: number, width: number): number[] =>
  Array.from({ length: width }, (_, i) => (value >> (width - 1 - i)) & 1);

const toBytes = (bits: readonly number[]): number[] =>
  Array.from({ length: Math.ceil(bits.length / 8) }, (_, byte) =>
    Array.from({ length: 8 }, (_, i) => bits[byte * 8 + i] ?? 0).reduce((v, b) => v * 2 + b, 0),
  );

const VERSION = { "1": 3, "2": 2, "2.5": 0 };
const MODE = { stereo: 0, joint: 1, dual: 2, mono: 3 };

export const buildFrame = (spec: FrameSpec): Uint8Array => {
  const next = noise(spec.seed);
  const random = (width: number) => toBits(next() & (2 ** width - 1), width);
  const header = [
    ...toBits(0x7ff, 11),
    ...toBits(VERSION[spec.version], 2),
    ...toBits(1, 2), // layer III
    spec.crc ? 0 : 1,
    ...toBits(9, 4),
    ...toBits(0, 2),
    spec.padding ? 1 : 0,
    0,
    ...toBits(MODE[spec.mode], 2),
    ...toBits(0, 6),
  ];
  const channels = spec.mode === "mono" ? 1 : 2;
  const sideInfo: number[] = [];
  if (spec.version === "1") {
    sideInfo.push(...random(9), ...random(channels === 1 ? 5 : 3), ...random(4 * channels));
  } else sideInfo.push(...random(8), ...random(channels));
  for (const gain of spec.gains) {
    sideInfo.push(...random(12), ...random(9), ...toBits(gain, 8));
    // scalefac_compress is 4 bits in MPEG-1 and 9 in MPEG-2; preflag is in MPEG-1 alone.
    sideInfo.push(...random(spec.version === "1" ? 4 : 9), 0, ...random(22));
    sideInfo.push(...random(spec.version === "1" ? 3 : 2));
  }
  const crc = spec.crc ? toBits(crc16([...header.slice(16), ...sideInfo]), 16) : [];
  const frame = new Uint8Array(LENGTH[spec.version] + (spec.padding ? 1 : 0));
  frame.set(toBytes([...header, ...crc, ...sideInfo]));
  const used = 4 + crc.length / 8 + sideInfo.length / 8;
  // 0xFF is left out of the main data, so that no false header can stand there.
  for (let i = used; i < frame.length; i++) frame[i] = next() % 255;
  return frame;
};

export const join = (
  ...parts: readonly (Uint8Array | readonly number[] | string)[]
): Uint8Array<ArrayBuffer> => {
  const arrays = parts.map((part) =>
    typeof part === "string" ? [...part].map((c) => c.charCodeAt(0)) : part,
  );
  const joined = new Uint8Array(arrays.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of arrays) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
};

export const buildStream = (specs: readonly FrameSpec[]): Uint8Array =>
  join(...specs.map(buildFrame));

/** A stream of one version and mode: `gain` draws the `global_gain` values. */
export const anyStream = (
  gain: fc.Arbitrary<number>,
  frames: { minLength: number; maxLength: number } = { minLength: 3, maxLength: 12 },
): fc.Arbitrary<FrameSpec[]> =>
  fc
    .record({
      version: fc.constantFrom("1" as const, "2" as const, "2.5" as const),
      mode: fc.constantFrom("stereo" as const, "joint" as const, "dual" as const, "mono" as const),
      crc: fc.boolean(),
    })
    .chain((shape) =>
      fc.array(
        fc.record({
          version: fc.constant(shape.version),
          mode: fc.constant(shape.mode),
          crc: fc.constant(shape.crc),
          gains: fc.array(gain, { minLength: fieldsOf(shape), maxLength: fieldsOf(shape) }),
          seed: fc.nat(),
          padding: fc.boolean(),
        }),
        frames,
      ),
    );

export const regain = (specs: readonly FrameSpec[], change: (gain: number) => number) =>
  specs.map((spec) => ({ ...spec, gains: spec.gains.map(change) }));
