import { join, little, zeros } from "./bytes";
import { vorbisComment } from "./flac";

/** Bit by bit, as RFC 3533 puts it. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc = (crc ^ (byte << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit++)
      crc = (crc & 0x8000_0000 ? (crc << 1) ^ 0x04c11db7 : crc << 1) >>> 0;
  }
  return crc;
}

export interface Page {
  readonly flags: number;
  readonly granule: number;
  readonly serial: number;
  readonly sequence: number;
  readonly lacing: number[];
  readonly body: Uint8Array;
}

export function page(
  { flags, granule, serial, sequence, lacing, body }: Page,
  check = true,
): Uint8Array {
  const build = (crc: number) =>
    join(
      "OggS",
      [0, flags],
      granule < 0 ? new Uint8Array(8).fill(255) : little(granule, 8),
      little(serial, 4),
      little(sequence, 4),
      little(crc, 4),
      [lacing.length],
      lacing,
      body,
    );
  return build(check ? slowCrc(build(0)) : 0);
}

export const lacingOf = (length: number): number[] => [
  ...Array.from({ length: Math.floor(length / 255) }, () => 255),
  length % 255,
];

export function readPages(bytes: Uint8Array, check = true): Page[] {
  const pages: Page[] = [];
  const view = Buffer.from(bytes);
  for (let at = 0; at < bytes.length;) {
    if (view.toString("latin1", at, at + 4) !== "OggS") throw new Error(`no page at ${at}`);
    const count = view.readUInt8(at + 26);
    const lacing = [...bytes.subarray(at + 27, at + 27 + count)];
    const size = lacing.reduce((sum, value) => sum + value, 0);
    const end = at + 27 + count + size;
    if (end > bytes.length) throw new Error(`page past the end at ${at}`);
    const whole = Uint8Array.from(bytes.subarray(at, end));
    const crc = view.readUInt32LE(at + 22);
    whole.fill(0, 22, 26);
    if (check && slowCrc(whole) !== crc) throw new Error(`wrong checksum at ${at}`);
    pages.push({
      flags: view.readUInt8(at + 5),
      granule: Number(view.readBigInt64LE(at + 6)),
      serial: view.readUInt32LE(at + 14),
      sequence: view.readUInt32LE(at + 18),
      lacing,
      body: bytes.subarray(at + 27 + count, end),
    });
    at = end;
  }
  return pages;
}

/** Packets of all pages; throws where continuation flags and lacing disagree. */
export function packetsOf(pages: readonly Page[]): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let pieces: Uint8Array[] = [];
  for (const { flags, lacing, body } of pages) {
    if ((flags & 1) !== (pieces.length > 0 ? 1 : 0)) throw new Error("wrong continuation flag");
    let start = 0;
    let at = 0;
    for (const value of lacing) {
      at += value;
      if (value === 255) continue;
      packets.push(join(...pieces, body.subarray(start, at)));
      pieces = [];
      start = at;
    }
    if (lacing.at(-1) === 255) pieces.push(body.subarray(start, at));
  }
  return packets;
}

const vorbisHead = join("\x01vorbis", zeros(23));
export const opusHead = (gain = 0, preSkip = 312): Uint8Array =>
  join("OpusHead", [1, 2], little(preSkip, 2), little(48000, 4), little(gain & 0xffff, 2), [0]);
const setup = join("\x05vorbis", new Uint8Array(3000).fill(7));

const header = (codec: "vorbis" | "opus", comment: Uint8Array): Uint8Array =>
  codec === "vorbis" ? join("\x03vorbis", comment, [1]) : join("OpusTags", comment);

/** A stream with `audioPages` pages of audio, each of two packets. */
export function ogg(
  codec: "vorbis" | "opus",
  vendor: string,
  entries: readonly string[],
  {
    serial = 77,
    audioPages = 3,
    fill = 9,
    head = codec === "vorbis" ? vorbisHead : opusHead(),
  } = {},
): Uint8Array {
  const pages: Uint8Array[] = [];
  let sequence = 0;
  const add = (flags: number, granule: number, lacing: number[], body: Uint8Array) =>
    pages.push(
      page({ flags, granule, serial, sequence: sequence++, lacing, body }, body.length < 100_000),
    );
  add(2, 0, lacingOf(head.length), head);
  const packets = [
    header(codec, vorbisComment(vendor, entries)),
    ...(codec === "vorbis" ? [setup] : []),
  ];
  const lacing = packets.flatMap(({ length }) => lacingOf(length));
  const body = join(...packets);
  let used = 0;
  for (let at = 0; at < lacing.length; at += 255) {
    const part = lacing.slice(at, at + 255);
    const size = part.reduce((sum, value) => sum + value, 0);
    const ends = part.some((value) => value < 255);
    add(
      at > 0 && lacing[at - 1] === 255 ? 1 : 0,
      ends ? 0 : -1,
      part,
      body.subarray(used, used + size),
    );
    used += size;
  }
  for (let i = 0; i < audioPages; i++)
    add(
      i === audioPages - 1 ? 4 : 0,
      (i + 1) * 960 + 312,
      [200, 255, 45],
      new Uint8Array(500).fill(fill + i),
    );
  return join(...pages);
}
