/**
 * A walk through one frame of AAC-LC, `raw_data_block` (ISO/IEC 14496-3 §4.4.2), to the
 * `global_gain` of every channel. That one scales the channel's whole spectrum: each scale factor is
 * a running sum that begins with it (§4.6.2.3), and so does the energy of noise bands (§4.6.13). The
 * positions of intensity stereo are sums of their own from 0 and relative to the left channel
 * (§4.6.8.2.3), which moves along. Mid/side, TNS and the filter bank are linear.
 */
import { type Bands, bands } from "./bands";
import { readDifference, skipSpectrum } from "./huffman";
import { MsbReader } from "./msb-bits";

export type BlockRefusal =
  /** Lengths run past the end of the frame, or a value that the standard does not know. */
  | "damaged-frame"
  /** Prediction as in the Main and LTP profiles: its result is not linear in the gain. */
  | "prediction"
  /** A coupling channel element scales others by gains of its own. */
  | "coupling"
  /** Gain control as in the SSR profile. */
  | "gain-control"
  /** Spectral band replication: its envelopes are absolute levels beside the gain. */
  | "he-aac"
  /** Gains and a loudness for players, which not all of them apply: encoding leaves them out. */
  | "dynamic-range";

/** Bits that a frame's checksum covers: `most` from `at` on, zeros from `end` on (§1.A.3.2.2). */
export interface Span {
  readonly at: number;
  readonly most: number;
  readonly end: number;
}

/** What the channels of all frames walked so far have in common. */
export class GainFields {
  /** Positions in bits from the start of the file. */
  readonly at: number[] = [];
  /** Over `global_gain` and all scale factors that scale something. */
  leastScale = Infinity;
  mostScale = -Infinity;
  /** Over the energies of noise bands, which have 90 less. */
  leastNoise = Infinity;
  mostNoise = -Infinity;

  addScale(value: number): void {
    if (value < this.leastScale) this.leastScale = value;
    if (value > this.mostScale) this.mostScale = value;
  }
  addNoise(value: number): void {
    if (value < this.leastNoise) this.leastNoise = value;
    if (value > this.mostNoise) this.mostNoise = value;
  }
}

const SINGLE = 0;
const PAIR = 1;
const COUPLING = 2;
const LOW_FREQUENCY = 3;
const DATA = 4;
const PROGRAM = 5;
const FILL = 6;
const END = 7;

const ZERO_BOOK = 0;
const RESERVED_BOOK = 12;
const NOISE_BOOK = 13;
const NOISE_OFFSET = 90;
/** Kinds of `extension_payload` (table 4.121). SBR comes with and without a checksum of its own. */
const DATA_PAYLOAD = 2;
const DYNAMIC_RANGE = 11;
const SBR = [13, 14];

interface Windows {
  readonly isShort: boolean;
  readonly maxBand: number;
  /** How many windows each group has. */
  readonly groups: readonly number[];
}

/** Steps over bits to a whole number of bytes from `start`. */
const align = (bits: MsbReader, start: number): void => bits.skip((start - bits.at) & 7);

/** Table 4.2. Its comment begins at a whole number of bytes from `start`. */
export const skipProgramConfig = (bits: MsbReader, start: number): void => {
  bits.skip(4 + 2 + 4);
  const [front, side, back, low, data, coupling] = [4, 4, 4, 2, 3, 4].map((width) =>
    bits.read(width),
  ) as [number, number, number, number, number, number];
  for (const width of [4, 4, 3]) if (bits.flag()) bits.skip(width);
  bits.skip(5 * (front + side + back + coupling) + 4 * (low + data));
  align(bits, start);
  bits.skip(8 * bits.read(8));
};

/** Reads one frame. */
class BlockReader {
  readonly #bits: MsbReader;
  readonly #bands: Bands;
  readonly #base: number;
  readonly #fields: GainFields;
  readonly #start: number;
  readonly #covered: Span[] = [];
  /** The second channel of the pair that was read last. */
  #second: Span = { at: 0, most: 0, end: 0 };

  constructor(bits: MsbReader, table: Bands, base: number, fields: GainFields) {
    this.#bits = bits;
    this.#bands = table;
    this.#base = base;
    this.#fields = fields;
    this.#start = bits.at;
  }

  walk(): readonly Span[] | BlockRefusal {
    const bits = this.#bits;
    for (;;) {
      const element = bits.read(3);
      if (bits.overrun) return "damaged-frame";
      if (element === END) break;
      const at = bits.at;
      const refusal = this.#readElement(element);
      if (refusal !== null) return refusal;
      if (bits.overrun) return "damaged-frame";
      if (element <= LOW_FREQUENCY) this.#covered.push({ at, most: 192, end: bits.at });
      else if (element !== FILL) this.#covered.push({ at, most: bits.at - at, end: bits.at });
      if (element === PAIR) this.#covered.push(this.#second);
    }
    align(bits, this.#start);
    return this.#covered;
  }

  #readElement(element: number): BlockRefusal | null {
    switch (element) {
      case SINGLE:
      case LOW_FREQUENCY:
        this.#bits.skip(4);
        return this.#readChannel(null);
      case PAIR:
        return this.#readPair();
      case COUPLING:
        return "coupling";
      case DATA:
        this.#skipData();
        return null;
      case PROGRAM:
        skipProgramConfig(this.#bits, this.#start);
        return null;
      default:
        return this.#readFill();
    }
  }

  /** Table 4.5 */
  #readPair(): BlockRefusal | null {
    const bits = this.#bits;
    bits.skip(4);
    let common: Windows | null = null;
    if (bits.flag()) {
      const windows = this.#readWindows();
      if (typeof windows === "string") return windows;
      common = windows;
      const mask = bits.read(2);
      if (mask === 3) return "damaged-frame";
      if (mask === 1) bits.skip(windows.groups.length * windows.maxBand);
    }
    const refusal = this.#readChannel(common);
    if (refusal !== null) return refusal;
    const at = bits.at;
    const second = this.#readChannel(common);
    this.#second = { at, most: 128, end: bits.at };
    return second;
  }

  /** Table 4.10 */
  #skipData(): void {
    const bits = this.#bits;
    bits.skip(4);
    const aligned = bits.flag();
    let count = bits.read(8);
    if (count === 255) count += bits.read(8);
    if (aligned) align(bits, this.#start);
    bits.skip(8 * count);
  }

  /** Table 4.11. All payloads but data reach to the end of the element. */
  #readFill(): BlockRefusal | null {
    const bits = this.#bits;
    let count = bits.read(4);
    if (count === 15) count += bits.read(8) - 1;
    const end = bits.at + 8 * count;
    while (bits.at < end) {
      const payload = bits.read(4);
      if (SBR.includes(payload)) return "he-aac";
      if (payload === DYNAMIC_RANGE) return "dynamic-range";
      if (payload !== DATA_PAYLOAD || bits.read(4) !== 0) break;
      let length = 0;
      for (let part = 255; part === 255 && bits.at < end;) length += part = bits.read(8);
      bits.skip(8 * length);
    }
    bits.skip(end - bits.at);
    return null;
  }

  /** `ics_info`, table 4.6 */
  #readWindows(): Windows | BlockRefusal {
    const bits = this.#bits;
    bits.skip(1);
    const isShort = bits.read(2) === 2;
    bits.skip(1);
    const table = isShort ? this.#bands.short : this.#bands.long;
    const maxBand = bits.read(isShort ? 4 : 6);
    const groups = [1];
    if (isShort)
      for (let window = 1; window < 8; window++) {
        if (bits.flag()) groups[groups.length - 1]!++;
        else groups.push(1);
      }
    else if (bits.flag()) return "prediction";
    return maxBand < table.length ? { isShort, maxBand, groups } : "damaged-frame";
  }

  /** `individual_channel_stream`, table 4.50 */
  #readChannel(common: Windows | null): BlockRefusal | null {
    const bits = this.#bits;
    const at = bits.at;
    const globalGain = bits.read(8);
    const windows = common ?? this.#readWindows();
    if (typeof windows === "string") return windows;
    const books = this.#readSections(windows);
    if (books === null) return "damaged-frame";
    // Where nothing is scaled the field means nothing, and encoders write anything into it.
    if (this.#readScaleFactors(books, globalGain)) {
      this.#fields.at.push(this.#base + at);
      this.#fields.addScale(globalGain);
    }
    if (bits.flag()) bits.skip(9 * bits.read(2) + 15);
    if (bits.flag()) this.#skipNoiseShaping(windows);
    if (bits.flag()) return "gain-control";
    return this.#skipSpectrum(windows, books) ? null : "damaged-frame";
  }

  /** `section_data`, table 4.52: the codebook of every band of every group. */
  #readSections({ isShort, maxBand, groups }: Windows): Uint8Array | null {
    const bits = this.#bits;
    const width = isShort ? 3 : 5;
    const escape = (1 << width) - 1;
    const books = new Uint8Array(groups.length * maxBand);
    for (let group = 0; group < groups.length; group++) {
      for (let band = 0; band < maxBand;) {
        const book = bits.read(4);
        let length = 0;
        let part = escape;
        while (part === escape && !bits.overrun) length += part = bits.read(width);
        if (book === RESERVED_BOOK || band + length > maxBand || bits.overrun) return null;
        books.fill(book, group * maxBand + band, group * maxBand + band + length);
        band += length;
      }
    }
    return books;
  }

  /** `scale_factor_data`, table 4.53. Whether any band depends on `global_gain`. */
  #readScaleFactors(books: Uint8Array, globalGain: number): boolean {
    const bits = this.#bits;
    let scale = globalGain;
    let noise = globalGain - NOISE_OFFSET;
    let isFirstNoise = true;
    let depends = false;
    for (const book of books) {
      if (book === ZERO_BOOK) continue;
      if (book > NOISE_BOOK) readDifference(bits);
      else if (book < NOISE_BOOK) this.#fields.addScale((scale += readDifference(bits)));
      else {
        noise += isFirstNoise ? bits.read(9) - 256 : readDifference(bits);
        isFirstNoise = false;
        this.#fields.addNoise(noise);
      }
      depends ||= book <= NOISE_BOOK;
    }
    return depends;
  }

  /** `tns_data`, table 4.54 */
  #skipNoiseShaping({ isShort }: Windows): void {
    const bits = this.#bits;
    for (let window = isShort ? 8 : 1; window > 0; window--) {
      const filters = bits.read(isShort ? 1 : 2);
      const resolution = filters > 0 ? bits.read(1) + 3 : 0;
      for (let filter = 0; filter < filters; filter++) {
        bits.skip(isShort ? 4 : 6);
        const order = bits.read(isShort ? 3 : 5);
        if (order === 0) continue;
        bits.skip(1);
        const compress = bits.read(1);
        bits.skip(order * (resolution - compress));
      }
    }
  }

  /** `spectral_data`, table 4.56: neighbouring bands of one book are stepped over together. */
  #skipSpectrum({ isShort, maxBand, groups }: Windows, books: Uint8Array): boolean {
    const bits = this.#bits;
    const starts = isShort ? this.#bands.short : this.#bands.long;
    let first = 0;
    for (const windows of groups) {
      for (let band = 0, end = 0; band < maxBand; band = end) {
        const book = books[first + band]!;
        for (end = band + 1; end < maxBand && books[first + end] === book;) end++;
        if (book === ZERO_BOOK || book > 11) continue;
        const count = (starts[end]! - starts[band]!) * windows;
        if (!skipSpectrum(bits, book, count) || bits.overrun) return false;
      }
      first += maxBand;
    }
    return true;
  }
}

/** Where one frame stands in a file, in bytes. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface WalkedBlock {
  /** What a checksum covers, in bits from the start of the frame. */
  readonly covered: readonly Span[];
  /** Bytes from the start of the frame. */
  readonly length: number;
}

/** A frame, and zeros behind it: reading past the end of an array is slow. */
const padded = new Uint8Array(1 << 16);
/** Bytes of the frame that it held last. */
let held = 0;

/** Holds until the next one is asked for. Frames that leave no zeros behind them stay where they are. */
const readerOf = (frame: Uint8Array): MsbReader => {
  const { length } = frame;
  if (length > padded.length / 2) return new MsbReader(frame, 0, 8 * length);
  padded.set(frame);
  if (held > length) padded.fill(0, length, held);
  held = length;
  return new MsbReader(padded, 0, 8 * length);
};

/**
 * Walks one frame and adds its channels to `fields`.
 *
 * @param rate sampling frequency index, 0 to 12.
 */
export const walkBlock = (
  bytes: Uint8Array,
  { from, to }: Stretch,
  rate: number,
  fields: GainFields,
): WalkedBlock | BlockRefusal => {
  const bits = readerOf(bytes.subarray(from, to));
  const covered = new BlockReader(bits, bands[rate]!, 8 * from, fields).walk();
  if (typeof covered === "string") return covered;
  return bits.overrun ? "damaged-frame" : { covered, length: bits.at / 8 };
};
