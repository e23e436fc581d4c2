/**
 * Every `global_gain` of every granule and channel, in file order. Side information is read as
 * ISO/IEC 11172-3 §2.4.1.7 (MPEG-1: two granules) and ISO/IEC 13818-3 §2.4.1.7 (MPEG-2 and 2.5:
 * one granule) lay it out; only `global_gain` is touched.
 */
import { mpegCrc } from "../crc";
import { channels, hasCrc, headerAt, isMono, isMpeg1, sideInfoLength } from "./header";

export interface GainFields {
  /** `global_gain`, 0…255. */
  readonly values: Uint8Array;
  /** 0 for mono or the left channel, 1 for the right one. */
  readonly channels: Uint8Array;
  /** 1 where the granule has no data (`part2_3_length` 0), so that its gain scales nothing. */
  readonly empty: Uint8Array;
}

/** `part2_3_length` (12 bits) and `big_values` (9) stand before `global_gain`. */
const BEFORE_GLOBAL_GAIN = 21;

interface Layout {
  /** Bit of the first `global_gain`, counted from the start of the side information. */
  readonly first: number;
  /** Bits from one `global_gain` to the next. */
  readonly stride: number;
  readonly fields: number;
}

const layout = (header: number): Layout => {
  const count = channels(header);
  return isMpeg1(header)
    ? {
        // main_data_begin, private_bits, scfsi.
        first: 9 + (isMono(header) ? 5 : 3) + 4 * count + BEFORE_GLOBAL_GAIN,
        stride: 59,
        fields: 2 * count,
      }
    : { first: 8 + count + BEFORE_GLOBAL_GAIN, stride: 63, fields: count };
};

/** The layout follows from version and channels alone, so four are enough. */
const layouts = new Map<number, Layout>();
const layoutOf = (header: number): Layout => {
  const key = (isMpeg1(header) ? 2 : 0) + (isMono(header) ? 1 : 0);
  let known = layouts.get(key);
  if (known === undefined) layouts.set(key, (known = layout(header)));
  return known;
};

const sideInfoAt = (header: number, frame: number): number => frame + (hasCrc(header) ? 6 : 4);

const fieldCount = (bytes: Uint8Array, frames: Uint32Array): number => {
  let count = 0;
  for (const frame of frames) count += layoutOf(headerAt(bytes, frame)).fields;
  return count;
};

/** The 12 bits at `bit`, which span two bytes or three. */
const part23Length = (bytes: Uint8Array, bit: number): number => {
  const at = bit >>> 3;
  const three = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  return (three >>> (12 - (bit & 7))) & 0xfff;
};

export const readFields = (bytes: Uint8Array, frames: Uint32Array): GainFields => {
  const count = fieldCount(bytes, frames);
  const values = new Uint8Array(count);
  const sides = new Uint8Array(count);
  const empty = new Uint8Array(count);
  let index = 0;
  for (const frame of frames) {
    const header = headerAt(bytes, frame);
    const { first, stride, fields } = layoutOf(header);
    const lastChannel = channels(header) - 1;
    let bit = sideInfoAt(header, frame) * 8 + first;
    for (let field = 0; field < fields; field++, bit += stride, index++) {
      const byte = bit >>> 3;
      const pair = (bytes[byte]! << 8) | bytes[byte + 1]!;
      values[index] = pair >>> (8 - (bit & 7));
      sides[index] = field & lastChannel;
      empty[index] = part23Length(bytes, bit - BEFORE_GLOBAL_GAIN) === 0 ? 1 : 0;
    }
  }
  return { values, channels: sides, empty };
};

/**
 * The CRC that the frame at `at` ought to carry in its bytes 4 and 5: over the last two bytes of
 * the header and the side information (ISO/IEC 11172-3 §2.4.3.1).
 */
const frameCrc = (bytes: Uint8Array, at: number, header: number): number =>
  mpegCrc(bytes, at + 6, at + 6 + sideInfoLength(header), mpegCrc(bytes, at + 2, at + 4));

/**
 * Writes `values` back, in the order of `readFields`, into `bytes` itself.
 *
 * A CRC changes by what the change of the side information adds to it. So a right CRC stays
 * right, as mp3gain writes it. A wrong one stays wrong by the same bits: a damaged frame is not
 * passed off as an intact one, and undo finds the very CRC that was there.
 */
export const writeFields = (bytes: Uint8Array, frames: Uint32Array, values: Uint8Array): void => {
  let index = 0;
  for (const frame of frames) {
    const header = headerAt(bytes, frame);
    const { first, stride, fields } = layoutOf(header);
    const crcBefore = hasCrc(header) ? frameCrc(bytes, frame, header) : 0;
    let bit = sideInfoAt(header, frame) * 8 + first;
    for (let field = 0; field < fields; field++, bit += stride, index++) {
      const byte = bit >>> 3;
      const shift = 8 - (bit & 7);
      const kept = ((bytes[byte]! << 8) | bytes[byte + 1]!) & ~(0xff << shift);
      const pair = kept | (values[index]! << shift);
      bytes[byte] = pair >>> 8;
      bytes[byte + 1] = pair;
    }
    if (hasCrc(header)) {
      const change = crcBefore ^ frameCrc(bytes, frame, header);
      bytes[frame + 4] = bytes[frame + 4]! ^ (change >>> 8);
      bytes[frame + 5] = bytes[frame + 5]! ^ (change & 0xff);
    }
  }
};
