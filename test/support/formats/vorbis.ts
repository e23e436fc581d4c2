/**
 * Ogg Vorbis files field by field (Vorbis I §3.2.1, §4.2), apart from the code under test. Audio
 * packets are bytes of no meaning: nothing under test reads them.
 */
import { join, little } from "./bytes";
import { vorbisComment } from "./flac";
import { lacingOf, page } from "./ogg";

/** The bits of a Vorbis float: sign, ten bits of exponent over 788, 21 bits of mantissa. */
export const floatBits = (mantissa: number, exponent: number): number =>
  ((mantissa < 0 ? 0x8000_0000 : 0) + (exponent + 788) * 2 ** 21 + Math.abs(mantissa)) >>> 0;

export const floatValue = (bits: number): number =>
  (bits >>> 31 ? -1 : 1) * (bits & 0x1f_ffff) * 2 ** (((bits >>> 21) & 0x3ff) - 788);

class BitWriter {
  readonly bits: number[] = [];
  put(value: number, count: number): this {
    for (let i = 0; i < count; i++) this.bits.push(Math.floor(value / 2 ** i) % 2);
    return this;
  }
  bytes(): Uint8Array {
    return Uint8Array.from({ length: Math.ceil(this.bits.length / 8) }, (_, byte) =>
      Array.from({ length: 8 }, (_, i) => (this.bits[8 * byte + i] ?? 0) << i).reduce(
        (sum, bit) => sum + bit,
        0,
      ),
    );
  }
}

export interface BookSpec {
  readonly dimensions: number;
  /** Codeword lengths; 0 is an entry that is not used. */
  readonly lengths: readonly number[];
  /** `ordered` needs lengths that never fall, without zeros. */
  readonly written: "plain" | "sparse" | "ordered";
  readonly lookup: 0 | 1 | 2;
  readonly minimum: number;
  readonly delta: number;
  readonly sequence: boolean;
}

export interface SetupSpec {
  /** Number 0 is always the scalar book of floors and classifications. */
  readonly books: readonly BookSpec[];
  /** Numbers, from 1, of the books that give residue values. */
  readonly values: readonly number[];
  readonly channels?: number;
  readonly floorType?: number;
  readonly timeType?: number;
  readonly framing?: number;
}

const ilog = (value: number): number => (value === 0 ? 0 : value.toString(2).length);

const greatestRoot = (entries: number, dimensions: number): number => {
  let root = 0;
  while ((root + 1) ** dimensions <= entries) root++;
  return root;
};

const scalarBook: BookSpec = {
  dimensions: 1,
  lengths: [1, 2, 2],
  written: "plain",
  lookup: 0,
  minimum: 0,
  delta: 0,
  sequence: false,
};

const VALUE_BITS = 5;

/** Writes one codebook; gives the bit positions of its two floats. */
const putBook = (out: BitWriter, book: BookSpec): number => {
  const entries = book.lengths.length;
  out.put(0x564342, 24).put(book.dimensions, 16).put(entries, 24);
  if (book.written === "ordered") {
    out.put(1, 1).put(book.lengths[0]! - 1, 5);
    let left = entries;
    for (let length = book.lengths[0]!; left > 0; length++) {
      const count = book.lengths.filter((each) => each === length).length;
      out.put(count, ilog(left));
      left -= count;
    }
  } else {
    const sparse = book.written === "sparse";
    out.put(0, 1).put(sparse ? 1 : 0, 1);
    for (const length of book.lengths) {
      if (sparse) out.put(length > 0 ? 1 : 0, 1);
      if (length > 0 || !sparse) out.put(Math.max(0, length - 1), 5);
    }
  }
  out.put(book.lookup, 4);
  const at = out.bits.length;
  if (book.lookup === 0) return at;
  out
    .put(book.minimum, 32)
    .put(book.delta, 32)
    .put(VALUE_BITS - 1, 4);
  out.put(book.sequence ? 1 : 0, 1);
  const values =
    book.lookup === 1 ? greatestRoot(entries, book.dimensions) : entries * book.dimensions;
  for (let i = 0; i < values; i++) out.put((i * 7) % 32, VALUE_BITS);
  return at;
};

/** The setup packet, and where the two floats of every book stand, in bits. */
export const setupPacket = (spec: SetupSpec): { packet: Uint8Array; floatsAt: number[] } => {
  const { books, values, channels = 2, floorType = 1, timeType = 0, framing = 1 } = spec;
  const out = new BitWriter().put(books.length, 8);
  const floatsAt = [scalarBook, ...books].map((book) => putBook(out, book));
  out.put(0, 6).put(timeType, 16);
  // One floor of two partitions in two classes, the second with subclasses.
  out.put(0, 6).put(floorType, 16).put(2, 5).put(0, 4).put(1, 4);
  out.put(2, 3).put(0, 2).put(1, 8);
  out.put(1, 3).put(1, 2).put(0, 8).put(1, 8).put(0, 8);
  out.put(1, 2).put(7, 4);
  for (let i = 0; i < 5; i++) out.put(i * 9, 7);
  // Two residues: the books in cascades of up to eight, in one classification each.
  out.put(1, 6);
  for (const type of [1, 2]) {
    const own = values.filter((_, i) => i % 2 === type - 1);
    const classes = Math.max(1, Math.ceil(own.length / 8));
    out
      .put(type, 16)
      .put(0, 24)
      .put(128, 24)
      .put(15, 24)
      .put(classes - 1, 6)
      .put(0, 8);
    for (let i = 0; i < classes; i++) {
      const count = Math.min(8, own.length - 8 * i);
      const cascade = 2 ** count - 1;
      out.put(cascade % 8, 3).put(cascade > 7 ? 1 : 0, 1);
      if (cascade > 7) out.put(Math.floor(cascade / 8), 5);
    }
    for (const number of own) out.put(number, 8);
  }
  // One mapping with two submaps and, if there are two channels, one coupling step.
  out.put(0, 6).put(0, 16).put(1, 1).put(1, 4);
  if (channels > 1)
    out
      .put(1, 1)
      .put(0, 8)
      .put(0, ilog(channels - 1))
      .put(1, ilog(channels - 1));
  else out.put(0, 1);
  out.put(0, 2);
  for (let i = 0; i < channels; i++) out.put(i % 2, 4);
  out.put(0, 24).put(1, 24);
  out.put(1, 6);
  for (const blockFlag of [0, 1]) out.put(blockFlag, 1).put(0, 16).put(0, 16).put(0, 8);
  out.put(framing, 1);
  const mark = "\x05vorbis";
  return {
    packet: join(mark, out.bytes()),
    floatsAt: floatsAt.map((at) => at + 8 * mark.length),
  };
};

/** 32 bits from a position in bits. */
export const bitsAt = (packet: Uint8Array, at: number): number => {
  let value = 0;
  for (let i = 0; i < 32; i++) value += ((packet[(at + i) >> 3]! >> ((at + i) & 7)) & 1) * 2 ** i;
  return value;
};

export const identification = (channels = 2): Uint8Array =>
  join("\x01vorbis", little(0, 4), [channels], little(44_100, 4), little(0, 12), [0xb8, 1]);

export interface LinkSpec {
  readonly setup: Uint8Array;
  readonly comments?: readonly string[];
  /** Behind the framing bit of the comments. */
  readonly padding?: Uint8Array;
  readonly channels?: number;
  readonly serial?: number;
  /** Segments a page of headers takes, 1 to 255. */
  readonly cut?: number;
  /** Sequence number of the first page. */
  readonly sequence?: number;
}

/** One stream: three header packets on pages of `cut` segments, three pages of audio. */
export const vorbisLink = ({
  setup,
  comments = ["TITLE=Ä"],
  padding = new Uint8Array(0),
  channels = 2,
  serial = 77,
  cut = 255,
  sequence: first = 0,
}: LinkSpec): Uint8Array => {
  const pages: Uint8Array[] = [];
  let sequence = first;
  const add = (flags: number, granule: number, lacing: number[], body: Uint8Array) =>
    pages.push(page({ flags, granule, serial, sequence: sequence++ % 2 ** 32, lacing, body }));
  const head = identification(channels);
  add(2, 0, lacingOf(head.length), head);
  const packets = [join("\x03vorbis", vorbisComment("test", comments), [1], padding), setup];
  const lacing = packets.flatMap(({ length }) => lacingOf(length));
  const body = join(...packets);
  let used = 0;
  for (let at = 0; at < lacing.length; at += cut) {
    const part = lacing.slice(at, at + cut);
    const size = part.reduce((sum, value) => sum + value, 0);
    const ends = part.some((value) => value < 255);
    const continues = at > 0 && lacing[at - 1] === 255;
    add(continues ? 1 : 0, ends ? 0 : -1, part, body.subarray(used, used + size));
    used += size;
  }
  for (let i = 0; i < 3; i++)
    add(i === 2 ? 4 : 0, (i + 1) * 960, [200, 255, 45], new Uint8Array(500).fill(serial + i));
  return join(...pages);
};
