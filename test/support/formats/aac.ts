/**
 * AAC frames field by field (ISO/IEC 14496-3 §4.4.2), apart from the code under test: the elements of
 * a `raw_data_block`, ADTS around it, and the description of a track in MP4.
 */
import { big, join, zeros } from "./bytes";
import { box, ftyp, mvhd, trak } from "./mp4";

class BitWriter {
  readonly bits: number[] = [];
  put(value: number, count: number): this {
    for (let i = count - 1; i >= 0; i--) this.bits.push(Math.floor(value / 2 ** i) % 2);
    return this;
  }
  text(bits: string): this {
    for (const bit of bits) this.bits.push(Number(bit));
    return this;
  }
  align(): this {
    while (this.bits.length % 8 > 0) this.bits.push(0);
    return this;
  }
  bytes(): Uint8Array {
    this.align();
    return Uint8Array.from({ length: this.bits.length / 8 }, (_, byte) =>
      Number.parseInt(this.bits.slice(8 * byte, 8 * byte + 8).join(""), 2),
    );
  }
}

/** Codewords of scale factor differences, table 4.A.1. */
const differences: Readonly<Record<number, string>> = {
  [-2]: "1011",
  [-1]: "100",
  0: "0",
  1: "1010",
  2: "1100",
};
/** A codeword or two of some books, with signs, and how many values each stands for. */
const codewords: Readonly<Record<number, readonly [values: number, ...codes: string[]]>> = {
  1: [4, "0", "10000"],
  2: [4, "000"],
  3: [4, "0"],
  5: [2, "0"],
  7: [2, "0"],
  8: [2, "00001", "00110"],
  9: [2, "0"],
  // (0, 0); (1, 1) with signs; (16, 16) with signs and the escapes 16 and 100.
  11: [2, "0000", "000110", "00100" + "01" + "00000" + "110100100"],
};

export const ZERO = 0;
export const NOISE = 13;
export const INTENSITY = 15;
export type Book = 0 | 1 | 2 | 3 | 5 | 7 | 8 | 9 | 11 | 13 | 15;

export interface ChannelSpec {
  /** 0 to 255 */
  readonly gain: number;
  /** One book for every band. Bands of long windows at 44.1 kHz, of the first group of short ones. */
  readonly books: readonly Book[];
  /** Cycled through for all that have one. -2 to 2 */
  readonly steps: readonly number[];
  /** First noise energy, relative to `gain` - 90. */
  readonly noise?: number;
  readonly pulse?: boolean;
  readonly shaping?: boolean;
  readonly gainControl?: boolean;
}

interface FrameSpec {
  readonly isShort?: boolean;
  readonly prediction?: boolean;
}

/** At 44.1 and 48 kHz, the first bands. */
const longWidths = [...Array<number>(10).fill(4), ...Array<number>(7).fill(8), 12, 12, 12, 12];
const shortWidths = [4, 4, 4, 4, 4, 8, 8, 8, 12, 12, 12, 16, 16, 16];
export const MOST_BANDS = shortWidths.length;

const putWindows = (out: BitWriter, frame: FrameSpec, bands: number): void => {
  out.put(0, 1);
  if (frame.isShort) out.put(2, 2).put(1, 1).put(bands, 4).put(0b111_0111, 7);
  else
    out
      .put(0, 2)
      .put(0, 1)
      .put(bands, 6)
      .put(frame.prediction ? 1 : 0, 1);
};

/** Scale factors and noise energies that the fields lead to. */
interface Levels {
  readonly scales: number[];
  readonly noises: number[];
}

const putChannel = (
  out: BitWriter,
  channel: ChannelSpec,
  frame: FrameSpec,
  common: boolean,
): { at: number; levels: Levels } => {
  const at = out.bits.length;
  const { books, gain } = channel;
  // Short windows are in two groups of four here; each has the same books.
  const groups = frame.isShort ? 2 : 1;
  out.put(gain, 8);
  if (!common) putWindows(out, frame, books.length);
  for (let group = 0; group < groups; group++)
    for (const book of books) out.put(book, 4).put(1, frame.isShort ? 3 : 5);
  const levels: Levels = { scales: [], noises: [] };
  let [scale, noise, number] = [gain, gain - 90, 0];
  for (let group = 0; group < groups; group++)
    for (const book of books) {
      if (book === ZERO) continue;
      if (book === NOISE && levels.noises.length === 0) {
        const first = channel.noise ?? 0;
        out.put(first + 256, 9);
        levels.noises.push((noise += first));
        continue;
      }
      const step = channel.steps[number++ % channel.steps.length] ?? 0;
      out.text(differences[step]!);
      if (book === NOISE) levels.noises.push((noise += step));
      else if (book !== INTENSITY) levels.scales.push((scale += step));
    }
  if (channel.pulse) out.put(1, 1).put(1, 2).put(0, 6).put(0x1ff, 9).put(0x0aa, 9);
  else out.put(0, 1);
  out.put(channel.shaping ? 1 : 0, 1);
  if (channel.shaping && frame.isShort)
    for (let window = 0; window < 8; window++) {
      out.put(window % 2, 1);
      if (window % 2 === 1) out.put(1, 1).put(5, 4).put(3, 3).put(0, 1).put(1, 1).put(0x1ff, 9);
    }
  else if (channel.shaping) {
    out.put(2, 2).put(0, 1).put(20, 6).put(0, 5);
    out.put(9, 6).put(2, 5).put(1, 1).put(0, 1).put(0x2a, 6);
  }
  out.put(channel.gainControl ? 1 : 0, 1);
  const widths = frame.isShort ? shortWidths : longWidths;
  for (let group = 0; group < groups; group++)
    for (const [band, book] of books.entries()) {
      const known = codewords[book];
      if (known === undefined) continue;
      const [values, ...codes] = known;
      const count = (widths[band]! * (frame.isShort ? 4 : 1)) / values;
      for (let i = 0; i < count; i++) out.text(codes[(i + band) % codes.length]!);
    }
  const isHeard = books.some((book) => book !== ZERO && book !== INTENSITY);
  if (isHeard) levels.scales.push(gain);
  else {
    levels.scales.length = 0;
    levels.noises.length = 0;
  }
  return { at: isHeard ? at : -1, levels };
};

export type Element =
  | { readonly kind: "single" | "low"; readonly channel: ChannelSpec; readonly frame?: FrameSpec }
  | {
      readonly kind: "pair";
      readonly left: ChannelSpec;
      readonly right: ChannelSpec;
      readonly frame?: FrameSpec;
      /** Windows in common; both have as many bands then. */
      readonly common?: boolean;
      readonly mask?: 0 | 1 | 2 | 3;
    }
  | { readonly kind: "data"; readonly length: number; readonly align: boolean }
  | {
      readonly kind: "fill";
      readonly length: number;
      readonly type?: number;
      /** The first bytes, instead of one of the type. */
      readonly start?: readonly number[];
    }
  | { readonly kind: "program" }
  | { readonly kind: "coupling" };

interface Block {
  readonly bytes: Uint8Array;
  /** Bits from its start, of every `global_gain` that scales something. */
  readonly gainsAt: readonly number[];
  readonly levels: readonly Levels[];
  /** Bits that a checksum covers: elements whole, and how much of each counts. */
  readonly covered: readonly { readonly bits: readonly number[]; readonly most: number }[];
}

const rawDataBlock = (elements: readonly Element[]): Block => {
  const out = new BitWriter();
  const gainsAt: number[] = [];
  const levels: Levels[] = [];
  const covered: { bits: readonly number[]; most: number }[] = [];
  const add = (channel: { at: number; levels: Levels }) => {
    if (channel.at >= 0) gainsAt.push(channel.at);
    levels.push(channel.levels);
  };
  for (const element of elements) {
    const id = { single: 0, pair: 1, coupling: 2, low: 3, data: 4, program: 5, fill: 6 };
    out.put(id[element.kind], 3);
    const start = out.bits.length;
    let second = -1;
    if (element.kind === "single" || element.kind === "low") {
      out.put(0, 4);
      add(putChannel(out, element.channel, element.frame ?? {}, false));
    } else if (element.kind === "pair") {
      const { left, right, frame = {}, common = false, mask = 0 } = element;
      out.put(1, 4).put(common ? 1 : 0, 1);
      if (common) {
        putWindows(out, frame, left.books.length);
        out.put(mask, 2);
        if (mask === 1)
          for (let i = 0; i < left.books.length * (frame.isShort ? 2 : 1); i++) out.put(i % 2, 1);
      }
      add(putChannel(out, left, frame, common));
      second = out.bits.length;
      add(putChannel(out, right, frame, common));
    } else if (element.kind === "data") {
      out
        .put(3, 4)
        .put(element.align ? 1 : 0, 1)
        .put(Math.min(element.length, 255), 8);
      if (element.length >= 255) out.put(element.length - 255, 8);
      if (element.align) out.align();
      for (let i = 0; i < element.length; i++) out.put(0xe5, 8);
    } else if (element.kind === "fill") {
      const { length, type = 0 } = element;
      out.put(Math.min(length, 15), 4);
      if (length >= 15) out.put(length - 14, 8);
      const { start = [16 * type] } = element;
      for (let i = 0; i < length; i++) out.put(start[i] ?? 0xa5, 8);
    } else if (element.kind === "program") {
      out.put(0, 4).put(1, 2).put(4, 4).put(1, 4).put(0, 4).put(0, 4).put(1, 2).put(0, 3).put(1, 4);
      out.put(0, 1).put(1, 1).put(3, 4).put(0, 1).put(1, 5).put(0, 4).put(2, 5).align();
      out.put(3, 8).put(0x616263, 24);
    }
    const bits = out.bits.slice(start);
    if (element.kind === "fill") continue;
    covered.push({ bits, most: id[element.kind] < 4 ? 192 : bits.length });
    if (second >= 0) covered.push({ bits: out.bits.slice(second), most: 128 });
  }
  out.put(7, 3);
  return { bytes: out.bytes(), gainsAt, levels, covered };
};

/** Bit by bit, as the standard writes it. */
const crc16 = (bits: readonly number[]): number => {
  let crc = 0xffff;
  for (const bit of bits) {
    const carry = ((crc >> 15) & 1) ^ bit;
    crc = ((crc << 1) & 0xffff) ^ (carry ? 0x8005 : 0);
  }
  return crc;
};
const protectedBits = ({ covered }: Block): number[] =>
  covered.flatMap(({ bits, most }) => Array.from({ length: most }, (_, i) => bits[i] ?? 0));

export interface AdtsSpec {
  readonly blocks: readonly (readonly Element[])[];
  readonly crc?: boolean;
  readonly profile?: number;
}

export interface Built {
  readonly bytes: Uint8Array;
  /** Bits from the start of `bytes`. */
  readonly gainsAt: readonly number[];
  readonly levels: readonly Levels[];
}

/** One ADTS frame at 44.1 kHz. */
export const adtsFrame = ({ blocks, crc = false, profile = 1 }: AdtsSpec): Built => {
  const built = blocks.map(rawDataBlock);
  const count = built.length;
  const between = crc && count > 1 ? 2 : 0;
  const lead = 7 + (crc ? 2 * count : 0);
  const length = built.reduce((sum, { bytes }) => sum + bytes.length + between, lead);
  const header = new BitWriter()
    .put(0xfff, 12)
    .put(0, 3)
    .put(crc ? 0 : 1, 1);
  header.put(profile, 2).put(4, 4).put(0, 1).put(2, 3).put(0, 4).put(length, 13);
  header.put(0x7ff, 11).put(count - 1, 2);
  const parts: Uint8Array[] = [header.bytes()];
  const gainsAt: number[] = [];
  if (crc && count === 1)
    parts.push(big(crc16([...header.bits, ...built.flatMap(protectedBits)]), 2));
  if (crc && count > 1) parts.push(zeros(2 * count));
  let at = lead;
  for (const block of built) {
    gainsAt.push(...block.gainsAt.map((bit) => bit + 8 * at));
    parts.push(block.bytes);
    if (between > 0) parts.push(big(crc16(protectedBits(block)), 2));
    at += block.bytes.length + between;
  }
  return { bytes: join(...parts), gainsAt, levels: built.flatMap(({ levels }) => levels) };
};

export const chain = (parts: readonly Built[]): Built => {
  let at = 0;
  const gainsAt = parts.flatMap(({ bytes, gainsAt }) => {
    const shifted = gainsAt.map((bit) => bit + 8 * at);
    at += bytes.length;
    return shifted;
  });
  return {
    bytes: join(...parts.map(({ bytes }) => bytes)),
    gainsAt,
    levels: parts.flatMap(({ levels }) => levels),
  };
};

/** `AudioSpecificConfig` of AAC-LC at 44.1 kHz, stereo. */
export const LC_CONFIG: readonly number[] = [0x12, 0x10];

export const esds = (config: readonly number[], kind = 0x40): Uint8Array => {
  const descriptor = (
    tag: number,
    ...content: readonly (Uint8Array | string | readonly number[])[]
  ) => {
    const bytes = join(...content);
    return join([tag, 0x80, bytes.length], bytes);
  };
  const decoder = descriptor(4, [kind, 0x15], zeros(11), descriptor(5, config));
  return box("esds", zeros(4), descriptor(3, [0, 1, 0], decoder, descriptor(6, [2])));
};

export interface M4aSpec {
  readonly frames: readonly (readonly Element[])[];
  /** Frames of other making, behind those. */
  readonly samples?: readonly Uint8Array[];
  readonly first?: "moov" | "mdat";
  readonly config?: readonly number[];
  readonly description?: Uint8Array;
  readonly entry?: string;
  readonly wide?: boolean;
  /** Bytes between the chunks, of one sample each; else all are one chunk. */
  readonly gap?: number;
  /** Children of `moov` behind the track. */
  readonly rest?: readonly Uint8Array[];
  readonly inTrack?: readonly Uint8Array[];
  readonly tracks?: number;
}

export const m4a = (spec: M4aSpec): Built => {
  const { first = "mdat", config = LC_CONFIG, rest = [], inTrack = [], tracks = 1, gap } = spec;
  const others = (spec.samples ?? []).map((bytes): Block => ({
    bytes,
    gainsAt: [],
    levels: [],
    covered: [],
  }));
  const built = [...spec.frames.map(rawDataBlock), ...others];
  const sizes = built.map(({ bytes }) => bytes.length);
  const media = join(
    ...built.flatMap(({ bytes }) => (gap === undefined ? [bytes] : [bytes, zeros(gap)])),
  );
  const track = (offset: number, id: number) =>
    trak({
      id,
      sizes,
      offset,
      entry: spec.entry ?? "mp4a",
      description: spec.description ?? esds(config),
      wide: spec.wide ?? false,
      stts: [[sizes.length, 1024]],
      extra: inTrack,
      ...(gap === undefined ? {} : { gap }),
    });
  const moov = (offset: number) =>
    box("moov", mvhd(), ...Array.from({ length: tracks }, (_, i) => track(offset, i + 1)), ...rest);
  const mdat = box("mdat", media);
  const start = first === "moov" ? ftyp.length + moov(0).length : ftyp.length;
  const bytes =
    first === "moov" ? join(ftyp, moov(start + 8), mdat) : join(ftyp, mdat, moov(start + 8));
  let at = start + 8;
  const gainsAt = built.flatMap((block) => {
    const shifted = block.gainsAt.map((bit) => bit + 8 * at);
    at += block.bytes.length + (gap ?? 0);
    return shifted;
  });
  return { bytes, gainsAt, levels: built.flatMap(({ levels }) => levels) };
};

/** Eight bits at a position in bits. */
export const byteAt = (bytes: Uint8Array, at: number): number => {
  let value = 0;
  for (let i = at; i < at + 8; i++) value = 2 * value + ((bytes[i >> 3]! >> (7 - (i & 7))) & 1);
  return value;
};
