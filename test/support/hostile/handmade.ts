import { deflateSync } from "node:zlib";
import { crc32, oggCrc } from "@/lib/formats/crc";
import { joined, type HostileInput } from "./mutations";
import { linksTo } from "./links";
import type { RealFile } from "./real-files";

/** Inputs made by hand: bombs, absurd headers, things inside things, and what is no song at all. */
export function handmade(files: readonly RealFile[]): HostileInput[] {
  const file = (name: string): Uint8Array => files.find((each) => each.name === name)!.bytes;
  const made: Readonly<Record<string, Uint8Array>> = {
    ...bombs(file),
    ...absurdWavs(),
    ...lyingLengths(file),
    ...backwards(file),
    ...nested(file),
    ...noSongs(),
  };
  return Object.entries(made).map(([name, bytes]) => ({ name, bytes }));
}

type Files = (name: string) => Uint8Array;

/** Small here, huge once they are unpacked. */
function bombs(file: Files): Record<string, Uint8Array> {
  const zeros = deflateSync(new Uint8Array(64 << 20), { level: 9 });
  const mp3 = withoutId3(file("constant.mp3"));
  return {
    "cover of 60000 by 60000, header alone.mp3": joined(
      id3(apic("image/png", png(60_000, 60_000, new Uint8Array(0)))),
      mp3,
    ),
    "cover of 60000 by 60000, a JPEG header.mp3": joined(
      id3(apic("image/jpeg", jpeg(60_000, 60_000))),
      mp3,
    ),
    "cover of 16000 by 16000, deflated.mp3": joined(id3(apic("image/png", hugePng(16_000))), mp3),
    "cover of 16000 by 16000, deflated.flac": withFlacPicture(file("song.flac"), hugePng(16_000)),
    "cover of 16000 by 16000, deflated.m4a": withMp4Cover(file("song.m4a"), hugePng(16_000)),
    "ID3 frame of 64 MB, compressed.mp3": joined(
      // Version 2.4 with the flags for compression and a data length indicator.
      id3(frame("TXXX", joined(syncsafe(64 << 20), zeros), 0x00, 0x09)),
      mp3,
    ),
    "ID3 picture of 64 MB, compressed.mp3": joined(
      id3(frame("APIC", joined(syncsafe(64 << 20), zeros), 0x00, 0x09)),
      mp3,
    ),
    "ten thousand ID3 frames.mp3": joined(
      id3(...Array.from({ length: 10_000 }, () => frame("TXXX", ascii("\0a\0b")))),
      mp3,
    ),
    "a title of 2 MB.mp3": joined(id3(frame("TIT2", ascii("\0" + "x".repeat(2 << 20)))), mp3),
    "a hundred ID3 tags.mp3": joined(
      ...Array.from({ length: 100 }, () => id3(frame("TIT2", ascii("\0again")))),
      mp3,
    ),
    "an ID3 tag that claims 256 MB.mp3": joined(ascii("ID3\x04\0\0\x7f\x7f\x7f\x7f"), mp3),
    "a Vorbis comment that claims 4 GB.flac": (() => {
      const comment = new Uint8Array(16).fill(0xff);
      return joined(file("song.flac").subarray(0, 42), block(4, comment), rest(file("song.flac")));
    })(),
    "20 minutes of silence in 60 KB.flac": silentFlac(20 * 60),
  };
}

function absurdWavs(): Record<string, Uint8Array> {
  const rates = [0, 1, 7, 3999, 4000, 8001, 384_000, 768_000, 768_001, 4_000_000_000];
  const channels = [0, 1, 3, 7, 17, 24, 64, 65, 255, 65_535];
  return {
    ...Object.fromEntries(rates.map((rate) => [`${rate} Hz.wav`, wav({ rate })])),
    ...Object.fromEntries(
      channels.map((count) => [`${count} channels.wav`, wav({ channels: count })]),
    ),
    "64 channels of nothing.wav": wav({ channels: 64, frames: 1 }),
    "one sample.wav": wav({ frames: 1 }),
    "no sample.wav": wav({ frames: 0 }),
    "0 bits.wav": wav({ bits: 0 }),
    "7 bits.wav": wav({ bits: 7 }),
    "64-bit integers.wav": wav({ bits: 64 }),
    "blocks of 0 bytes.wav": wav({ align: 0 }),
    "blocks of 65535 bytes.wav": wav({ align: 65_535 }),
    "MP3, it says.wav": wav({ format: 0x55 }),
    "unknown codec.wav": wav({ format: 0xfeed }),
    "float, not a number.wav": wav({ format: 3, bits: 32, sample: () => Number.NaN }),
    "float, without end.wav": wav({ format: 3, bits: 32, sample: () => Infinity }),
    "float, 3e38.wav": wav({ format: 3, bits: 32, sample: (i) => (i % 2 ? 3e38 : -3e38) }),
    "float, 1e6 over full scale.wav": wav({
      ...{ format: 3, bits: 32 },
      sample: (i) => 1e6 * Math.sin(i / 10),
    }),
    "float, smallest numbers.wav": wav({ format: 3, bits: 32, sample: () => 1e-42 }),
    "full-scale square.wav": wav({ sample: (i) => (i % 100 < 50 ? 0.99999 : -1) }),
    "only an offset.wav": wav({ sample: () => 0.5 }),
  };
}

/** What the header says of the length has nothing to do with what follows. */
function lyingLengths(file: Files): Record<string, Uint8Array> {
  const day = 24 * 3600;
  return {
    "24 h of silence, declared.wav": wav({ frames: 1000, declared: day * 44_100 * 4 }),
    "24 h of silence, declared.flac": declaredFlac(file("song.flac"), day * 44_100),
    "24 h, declared.m4a": declaredMp4(file("song.m4a"), 0xffff_fffe),
    "24 h, declared.tta": patched(file("song.tta"), 14, [0xff, 0xff, 0xff, 0x7f]),
    "data chunk of 4 GB.wav": wav({ declared: 0xffff_ffff }),
    "data chunk of 0 bytes.wav": wav({ declared: 0 }),
    "data chunk of 2 GB.wav": wav({ declared: 0x7fff_ffff }),
    "RF64 of 16 EB.wav": rf64(),
    "form of -1 bytes.aiff": patched(file("song.aiff"), 4, [0xff, 0xff, 0xff, 0xff]),
    "chunk of all bytes.caf": patched(file("song.caf"), 12, [0x7f, 0xff, 0xff, 0xff]),
    "chunk of all bytes.w64": patched(file("song.w64"), 56, [0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
  };
}

/** Timestamps that go backwards, stand still, or leap. */
function backwards(file: Files): Record<string, Uint8Array> {
  const pages = (name: string) => oggPages(file(name));
  const reversed = (name: string) => {
    const all = pages(name);
    return joined(...all.slice(0, 2), ...all.slice(2).reverse());
  };
  const granules = (name: string, granule: (index: number, was: bigint) => bigint) =>
    joined(
      ...pages(name).map((page, index) => {
        const copy = page.slice();
        const view = new DataView(copy.buffer);
        if (index > 1) view.setBigInt64(6, granule(index, view.getBigInt64(6, true)), true);
        view.setUint32(22, 0);
        view.setUint32(22, oggCrc(copy), true);
        return copy;
      }),
    );
  return {
    "pages from back to front.ogg": reversed("song.ogg"),
    "pages from back to front.opus": reversed("song.opus"),
    "time goes backwards.ogg": granules("song.ogg", (index) => BigInt(1_000_000 - index * 10_000)),
    "time goes backwards.opus": granules("song.opus", (index) => BigInt(900_000 - index * 20_000)),
    "time stands still.ogg": granules("song.ogg", () => 5000n),
    "time is negative.opus": granules("song.opus", () => -2n),
    "time leaps to the end of time.ogg": granules("song.ogg", (index, was) =>
      index % 2 ? was : 0x7fff_ffff_ffff_fff0n,
    ),
    "clusters go backwards.mka": clusterTimes(file("song.mka"), (index) => 60_000 - index * 100),
    "clusters all at once.mka": clusterTimes(file("song.mka"), () => 0),
    "negative steps.m4a": sampleDeltas(file("song.m4a"), 0xffff_fc00),
    "steps of a day.m4a": sampleDeltas(file("song.m4a"), 0x7fff_ffff),
    "steps of nothing.mp4": sampleDeltas(file("film.mp4"), 0),
    "packets from back to front.ts": joined(...packets(file("song.ts"), 188).reverse()),
  };
}

function nested(file: Files): Record<string, Uint8Array> {
  const all = ["constant.mp3", "song.flac", "song.wav", "song.m4a", "song.ogg"].map(file);
  const [mp3, flac, riff, m4a, ogg] = all;
  const riffIn = (inner: Uint8Array): Uint8Array =>
    chunk("RIFF", joined(ascii("WAVE"), chunk("fmt ", wavFormat({})), chunk("data", inner)));
  let deep = riff!;
  for (let i = 0; i < 50; i++) deep = riffIn(deep);
  let boxes = m4a!;
  for (let i = 0; i < 2000; i++) boxes = box("moov", boxes.subarray(0, 2000));
  const pad = (bytes: Uint8Array) => joined(bytes, new Uint8Array(8));
  return {
    "MP3 in a WAV.wav": chunk(
      "RIFF",
      joined(
        ascii("WAVE"),
        chunk("fmt ", wavFormat({ format: 0x55, bits: 0 })),
        chunk("data", mp3!),
      ),
    ),
    "WAV in WAV in WAV.wav": deep,
    "FLAC as samples.wav": riffIn(flac!),
    "boxes in boxes, 2000 deep.m4a": joined(m4a!.subarray(0, 32), boxes),
    "ID3 before FLAC.flac": joined(id3(frame("TIT2", ascii("\0FLAC"))), flac!),
    "ID3 before Ogg.ogg": joined(id3(frame("TIT2", ascii("\0Ogg"))), ogg!),
    "ID3 before M4A.mp3": joined(id3(frame("TIT2", ascii("\0M4A"))), m4a!),
    "FLAC named MP3.mp3": flac!,
    "MP3 named FLAC.flac": mp3!,
    "Ogg behind MP3.mp3": joined(mp3!, ogg!),
    "MP3 behind Ogg.ogg": joined(ogg!, mp3!),
    "two songs in one.opus": joined(file("song.opus"), file("song.opus")),
    "two songs of different kinds in one.ogg": joined(ogg!, file("flac.ogg")),
    "ID3 in an ID3.mp3": joined(id3(frame("GEOB", joined(ascii("\0\0\0\0"), mp3!))), mp3!),
    "a song as its own cover.mp3": joined(id3(apic("image/png", mp3!)), withoutId3(mp3!)),
    "everything in one.mp3": joined(...all.map(pad)),
  };
}

function noSongs(): Record<string, Uint8Array> {
  const exe = joined(ascii("MZ\x90\0\x03\0\0\0"), new Uint8Array(200), ascii("PE\0\0d\x86"));
  return {
    "empty.mp3": new Uint8Array(0),
    "empty.flac": new Uint8Array(0),
    "one byte.mp3": new Uint8Array([0xff]),
    "one byte.wav": ascii("R"),
    "four bytes.flac": ascii("fLaC"),
    "four bytes.ogg": ascii("OggS"),
    "twelve bytes.wav": ascii("RIFF\xff\xff\xff\xffWAVE"),
    "zeros.mp3": new Uint8Array(100_000),
    "all ones.mp3": new Uint8Array(100_000).fill(0xff),
    "text.mp3": ascii("This is a shopping list.\n".repeat(500)),
    "page.mp3": ascii(`<!doctype html><img src="https://example.com/a.png"><p>no song`),
    "picture.mp3": ascii(
      '<svg xmlns="http://www.w3.org/2000/svg"><image href="https://example.com/a.png"/></svg>',
    ),
    "program.mp3": joined(exe, new Uint8Array(5000)),
    "png.mp3": png(16, 16, deflateSync(new Uint8Array(16 * 49))),
    "huge png.m4a": hugePng(16_000),
    ...Object.fromEntries(
      Object.entries(linksTo("secret.wav")).map(([name, text]) => [name, ascii(text)]),
    ),
  };
}

// Pieces of files.

const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));

function u32(value: number, littleEndian = false): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, littleEndian);
  return bytes;
}

const chunk = (id: string, content: Uint8Array): Uint8Array =>
  joined(ascii(id), u32(content.length, true), content, new Uint8Array(content.length % 2));
const box = (type: string, content: Uint8Array): Uint8Array =>
  joined(u32(content.length + 8), ascii(type), content);

function patched(bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
}

interface Wav {
  readonly format?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  readonly align?: number;
  readonly frames?: number;
  /** Bytes that the data chunk says it has. */
  readonly declared?: number;
  /** -1…1, by the number of the sample. */
  sample?(index: number): number;
}

function wavFormat({ format = 1, channels = 2, rate = 44_100, bits = 16, align }: Wav): Uint8Array {
  const frameBytes = align ?? ((channels * bits) >> 3) & 0xffff;
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, format, true);
  view.setUint16(2, channels, true);
  view.setUint32(4, rate, true);
  view.setUint32(8, (rate * frameBytes) >>> 0, true);
  view.setUint16(12, frameBytes, true);
  view.setUint16(14, bits, true);
  return bytes;
}

function wav(options: Wav): Uint8Array {
  const { channels = 2, bits = 16, format = 1, frames = 20_000, declared } = options;
  const sample = options.sample ?? ((i: number) => 0.3 * Math.sin(i / 20) + 0.1 * Math.sin(i / 3));
  const count = Math.min(frames * channels, 1 << 20);
  const width = Math.max(1, bits >> 3);
  const data = new Uint8Array(count * width);
  const view = new DataView(data.buffer);
  for (let i = 0; i < count; i++) {
    if (format === 3) view.setFloat32(i * 4, sample(i), true);
    else if (width === 2) view.setInt16(i * 2, Math.round(sample(i) * 32_767), true);
    else data[i * width] = i;
  }
  const bytes = chunk(
    "RIFF",
    joined(ascii("WAVE"), chunk("fmt ", wavFormat(options)), chunk("data", data)),
  );
  return declared === undefined ? bytes : patched(bytes, 40, [...u32(declared, true)]);
}

function rf64(): Uint8Array {
  const plain = wav({});
  const sizes = joined(new Uint8Array(24).fill(0xff), u32(0));
  return joined(
    ascii("RF64\xff\xff\xff\xffWAVE"),
    chunk("ds64", sizes),
    plain.subarray(12, 36),
    ascii("data\xff\xff\xff\xff"),
    plain.subarray(44),
  );
}

const syncsafe = (value: number): Uint8Array =>
  new Uint8Array([21, 14, 7, 0].map((shift) => (value >>> shift) & 0x7f));

function frame(id: string, content: Uint8Array, ...flags: readonly number[]): Uint8Array {
  const [first = 0, second = 0] = flags;
  return joined(ascii(id), syncsafe(content.length), new Uint8Array([first, second]), content);
}

/** ID3v2.4. */
function id3(...frames: readonly Uint8Array[]): Uint8Array {
  const content = joined(...frames);
  return joined(ascii("ID3\x04\0\0"), syncsafe(content.length), content);
}

const apic = (type: string, picture: Uint8Array): Uint8Array =>
  frame("APIC", joined(ascii(`\0${type}\0\x03\0`), picture));

function withoutId3(mp3: Uint8Array): Uint8Array {
  const length = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + mp3[at]!, 10);
  return mp3.subarray(length);
}

function png(width: number, height: number, deflated: Uint8Array): Uint8Array {
  const part = (type: string, content: Uint8Array) => {
    const named = joined(ascii(type), content);
    return joined(u32(content.length), named, u32(crc32([named])));
  };
  const header = joined(u32(width), u32(height), new Uint8Array([8, 2, 0, 0, 0]));
  return joined(
    ascii("\x89PNG\r\n\x1a\n"),
    part("IHDR", header),
    part("IDAT", deflated),
    part("IEND", new Uint8Array(0)),
  );
}

const hugePngs = new Map<number, Uint8Array>();
/** A black square, `side` pixels wide: three bytes a pixel once unpacked. */
function hugePng(side: number): Uint8Array {
  const known = hugePngs.get(side);
  if (known) return known;
  const made = png(side, side, deflateSync(new Uint8Array(side * (3 * side + 1)), { level: 1 }));
  hugePngs.set(side, made);
  return made;
}

const jpeg = (width: number, height: number): Uint8Array =>
  joined(
    ascii("\xff\xd8\xff\xc0\0\x11\x08"),
    u32((height << 16) | width),
    ascii("\x03\x01\x11\0\x02\x11\0\x03\x11\0\xff\xda"),
    new Uint8Array(100),
  );

/** A metadata block of FLAC, not the last. */
const block = (type: number, content: Uint8Array): Uint8Array =>
  joined(u32((type << 24) | content.length), content);
/** What follows STREAMINFO. */
const rest = (flac: Uint8Array): Uint8Array => flac.subarray(42);

function withFlacPicture(flac: Uint8Array, picture: Uint8Array): Uint8Array {
  const type = ascii("image/png");
  const content = joined(
    ...[u32(3), u32(type.length), type, u32(0), u32(16_000), u32(16_000), u32(24), u32(0)],
    ...[u32(picture.length), picture],
  );
  return joined(flac.subarray(0, 42), block(6, content), rest(flac));
}

/** The cover as one more `moov/udta/meta/ilst/covr`, behind the others. */
function withMp4Cover(m4a: Uint8Array, picture: Uint8Array): Uint8Array {
  const at = Buffer.from(m4a).indexOf("moov") - 4;
  const view = new DataView(m4a.buffer, m4a.byteOffset);
  const end = at + view.getUint32(at);
  const data = box("data", joined(u32(14), u32(0), picture));
  const ilst = box("ilst", box("covr", data));
  const handler = box("hdlr", joined(new Uint8Array(8), ascii("mdirappl"), new Uint8Array(10)));
  const udta = box("udta", box("meta", joined(u32(0), handler, ilst)));
  return joined(
    m4a.subarray(0, at),
    u32(end - at + udta.length),
    m4a.subarray(at + 4, end),
    udta,
    m4a.subarray(end),
  );
}

/** Frames of 65535 samples that are all 0: eleven bytes each. */
function silentFlac(seconds: number): Uint8Array {
  const size = 65_535;
  const frames = Math.floor((seconds * 44_100) / size);
  const info = new Uint8Array(34);
  const view = new DataView(info.buffer);
  view.setUint16(0, size);
  view.setUint16(2, size);
  // 20 bits rate, 3 bits channels - 1, 5 bits depth - 1, 36 bits samples.
  view.setUint32(10, (44_100 << 12) | (1 << 9) | (15 << 4));
  view.setUint32(14, frames * size);
  const parts = [ascii("fLaC"), u32(0x8000_0022), info];
  for (let i = 0; i < frames; i++) {
    const number =
      i < 0x80
        ? [i]
        : i < 0x800
          ? [0xc0 | (i >> 6), 0x80 | (i & 0x3f)]
          : [0xe0 | (i >> 12), 0x80 | ((i >> 6) & 0x3f), 0x80 | (i & 0x3f)];
    // Fixed size in 16 bits behind the number; 44.1 kHz, left and right, 16 bits.
    const head = [0xff, 0xf8, 0x79, 0x18, ...number, (size - 1) >> 8, (size - 1) & 0xff];
    const framed = [...head, crc8(head), 0, 0, 0, 0, 0, 0];
    const sum = crc16(framed);
    parts.push(new Uint8Array([...framed, sum >> 8, sum & 0xff]));
  }
  return joined(...parts);
}

function crc8(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return crc;
}

function crc16(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x8005) & 0xffff : crc << 1;
  }
  return crc;
}

function declaredFlac(flac: Uint8Array, samples: number): Uint8Array {
  const high = (flac[21]! & 0xf0) | (Math.floor(samples / 2 ** 32) & 0x0f);
  return patched(flac, 21, [high, ...u32(samples >>> 0)]);
}

/** `mvhd`, version 0, and `mdhd` with another duration. */
function declaredMp4(m4a: Uint8Array, duration: number): Uint8Array {
  const find = (type: string) => Buffer.from(m4a).indexOf(type);
  const longer = patched(m4a, find("mvhd") + 20, [...u32(duration)]);
  return patched(longer, find("mdhd") + 20, [...u32(duration)]);
}

/** `stts` with another step from sample to sample. */
function sampleDeltas(mp4: Uint8Array, delta: number): Uint8Array {
  const copy = mp4.slice();
  const view = new DataView(copy.buffer);
  for (let at = 0; (at = Buffer.from(copy).indexOf("stts", at + 1)) > 0;) {
    const entries = view.getUint32(at + 8);
    for (let i = 0; i < entries; i++) view.setUint32(at + 16 + 8 * i, delta);
  }
  return copy;
}

function oggPages(ogg: Uint8Array): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (let at = 0; at < ogg.length;) {
    const segments = ogg[at + 26]!;
    const body = ogg.subarray(at + 27, at + 27 + segments).reduce((sum, each) => sum + each, 0);
    const end = at + 27 + segments + body;
    pages.push(ogg.slice(at, end));
    at = end;
  }
  return pages;
}

/** Matroska's cluster timestamps (element E7 at a cluster's beginning), in milliseconds. */
function clusterTimes(mka: Uint8Array, time: (index: number) => number): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  let index = 0;
  const find = (start: number) => Buffer.from(mka).indexOf("1f43b675", start, "hex");
  for (let at = find(0); at > 0; at = find(at + 4), index++) {
    // The size takes as many bytes as its first byte has leading zeros, and one.
    const sizeBytes = Math.clz32(mka[at + 4]!) - 23;
    const stamp = at + 4 + sizeBytes;
    if (mka[stamp] !== 0xe7) continue;
    const bytes = mka[stamp + 1]! & 0x7f;
    const value = u32(time(index));
    const cut = bytes >= 4 ? joined(new Uint8Array(bytes - 4), value) : value.subarray(4 - bytes);
    parts.push(mka.subarray(from, stamp + 2), cut);
    from = stamp + 2 + bytes;
  }
  return joined(...parts, mka.subarray(from));
}

const packets = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.floor(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
