import { describe, expect, it, test } from "vitest";
import { levelSong, measureSong } from "@/lib/song-path";
import type { Measured } from "@/lib/song/outcome";
import { damageText, refusedText, sourceText } from "@/lib/song/texts";
import type { LevelTask } from "@/lib/song/task";
import { songTools } from "../../support/song-tools";
import { levelTask, signal, song } from "./sources";

const measure = (bytes: Uint8Array, name: string) =>
  measureSong(levelTask(bytes, name), songTools(bytes));

async function measured(bytes: Uint8Array, name: string): Promise<Measured> {
  const outcome = await measure(bytes, name);
  if (outcome.kind === "refused") throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.measured;
}

const level = (bytes: Uint8Array, name: string, change: Partial<LevelTask> = {}) =>
  levelSong(levelTask(bytes, name, { verify: false, ...change }), songTools(bytes));

/** 5 s of music each. */
const flac = (...options: string[]) => song("dynamic", "a.flac", "-c:a", "flac", ...options);
const mp3 = () => song("dynamic", "a.mp3", "-c:a", "libmp3lame", "-b:a", "128k");
const wav = (codec = "pcm_s16le") => song("dynamic", "a.wav", "-c:a", codec);
const aac = () => song("dynamic", "a.m4a", "-c:a", "aac", "-movflags", "+faststart");

const over = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array => {
  const out = bytes.slice();
  out.set(values, at);
  return out;
};
const zeros = (bytes: Uint8Array, from: number, length: number): Uint8Array =>
  over(bytes, Math.round(bytes.length * from), ...new Uint8Array(length));
const cut = (bytes: Uint8Array, share: number): Uint8Array =>
  bytes.slice(0, Math.round(bytes.length * share));
const placeOf = (bytes: Uint8Array, text: string): number =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(text, 0, "latin1");

describe("a damaged source is told, with place and length", () => {
  const cases: readonly (readonly [
    what: string,
    name: string,
    make: () => Promise<Uint8Array>,
    expected: { kind: string; at: number; lost: number | null },
  ])[] = [
    [
      "a FLAC without its last hundredth",
      "a.flac",
      async () => cut(await flac(), 0.99),
      { kind: "cut-short", at: 4.9, lost: 0.1 },
    ],
    [
      "20 kB of zeros inside a FLAC",
      "a.flac",
      async () => zeros(await flac(), 0.5, 20_000),
      { kind: "undecodable", at: 2.5, lost: 0.2 },
    ],
    [
      "a flipped bit in a FLAC",
      "a.flac",
      async () => {
        const bytes = await flac();
        const at = Math.round(bytes.length / 2);
        return over(bytes, at, bytes[at]! ^ 1);
      },
      { kind: "altered", at: 2.5, lost: null },
    ],
    [
      "20 kB of zeros inside an MP3",
      "a.mp3",
      async () => zeros(await mp3(), 0.5, 20_000),
      { kind: "undecodable", at: 2.5, lost: 1.25 },
    ],
    [
      "an MP3 cut short",
      "a.mp3",
      async () => cut(await mp3(), 0.8),
      { kind: "cut-short", at: 4, lost: 1 },
    ],
    [
      "zeros inside an M4A",
      "a.m4a",
      async () => zeros(await aac(), 0.5, 10_000),
      { kind: "undecodable", at: 2.5, lost: 0.6 },
    ],
    [
      "an M4A cut short",
      "a.m4a",
      async () => cut(await aac(), 0.8),
      { kind: "cut-short", at: 4, lost: 1 },
    ],
    [
      "a WAV cut short",
      "a.wav",
      async () => cut(await wav(), 0.99),
      { kind: "cut-short", at: 4.95, lost: 0.05 },
    ],
    [
      "an AIFF cut short",
      "a.aiff",
      async () => cut(await song("dynamic", "a.aiff"), 0.99),
      { kind: "cut-short", at: 4.95, lost: 0.05 },
    ],
    [
      "an Ogg without its last page's end",
      "a.ogg",
      async () => cut(await song("dynamic", "a.ogg", "-c:a", "libvorbis"), 0.8),
      { kind: "cut-short", at: 4, lost: null },
    ],
    [
      "a flipped bit in an Opus",
      "a.opus",
      async () => {
        const bytes = await song("dynamic", "a.opus", "-c:a", "libopus", "-compression_level", "4");
        const at = Math.round(bytes.length / 2);
        return over(bytes, at, bytes[at]! ^ 1);
      },
      { kind: "undecodable", at: 2.5, lost: 1 },
    ],
    [
      "a WavPack cut short",
      "a.wv",
      async () => cut(await song("dynamic", "a.wv", "-c:a", "wavpack"), 0.8),
      { kind: "cut-short", at: 4, lost: 1 },
    ],
  ];

  it.each(cases)("%s", async (_, name, make, { kind, at, lost }) => {
    const bytes = await make();
    const { damage } = await measured(bytes, name);
    expect(damage?.kind).toBe(kind);
    // Frames, and pages of Ogg, are as long as this.
    expect(Math.abs(damage!.at! - at)).toBeLessThan(1.1);
    if (lost === null) expect(damage!.lost).toBeNull();
    else expect(Math.abs(damage!.lost! - lost)).toBeLessThan(Math.max(0.1, lost * 0.4));

    const replaced = await level(bytes, name, { replacesOriginal: true });
    expect(replaced).toMatchObject({ kind: "refused", reason: "damaged-original" });
    const leveled = await level(bytes, name);
    expect(leveled).toMatchObject({ kind: "leveled", measured: { damage } });
  });

  it("FLAC whose frames are whole and not those that its MD5 is of", async () => {
    const bytes = await flac();
    const md5At = 8 + 18;
    const { damage } = await measured(over(bytes, md5At, bytes[md5At]! ^ 1), "a.flac");
    expect(damage).toEqual({ kind: "altered", at: null, places: 0, lost: null });
  });

  it("and what was found when it was measured first holds when it is leveled", async () => {
    const bytes = await flac();
    const known = await measured(over(bytes, 26, bytes[26]! ^ 1), "a.flac");
    const task = { known, replacesOriginal: true };
    expect(await level(bytes, "a.flac", task)).toMatchObject({ reason: "damaged-original" });
  });
});

it("a source is gone over twice where ffmpeg complains of it, and gives signs of life both times", async () => {
  const bytes = zeros(await flac(), 0.5, 2_000);
  const told: number[] = [];
  const onProgress = (_: unknown, fraction: number) => told.push(fraction);
  await measureSong(levelTask(bytes, "a.flac"), songTools(bytes, { onProgress }));
  const again = told.findIndex((fraction) => fraction === 1);
  expect(again).toBeGreaterThan(3);
  expect(told.length - again).toBeGreaterThan(3);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
});

describe("a whole source is not called damaged", () => {
  /** The sizes that writers leave who cannot go back. */
  const streamed = async (size: number) => {
    const bytes = (await wav()).slice();
    const view = new DataView(bytes.buffer);
    view.setUint32(4, size, true);
    view.setUint32(placeOf(bytes, "data") + 4, size, true);
    return bytes;
  };
  const rf64 = async (size: bigint) => {
    const bytes = await wav();
    const data = placeOf(bytes, "data");
    const head = new Uint8Array(48);
    head.set(Buffer.from("RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0", "latin1"));
    new DataView(head.buffer).setBigUint64(20, size, true);
    new DataView(head.buffer).setBigUint64(28, size, true);
    const size32 = Buffer.from("data\xff\xff\xff\xff", "latin1");
    return new Uint8Array(
      Buffer.concat([head, bytes.subarray(12, data), size32, bytes.subarray(data + 8)]),
    );
  };
  const tagged = async () =>
    song(
      "dynamic",
      "a.mp3",
      "-c:a",
      "libmp3lame",
      "-b:a",
      "128k",
      "-metadata",
      "title=One",
      "-write_id3v1",
      "1",
    );
  const joined = async (...songs: readonly Promise<Uint8Array>[]) =>
    new Uint8Array(Buffer.concat(await Promise.all(songs)));
  const whole: readonly (readonly [
    what: string,
    name: string,
    make: () => Promise<Uint8Array>,
    seconds: number,
  ])[] = [
    ["FLAC of 16 bits", "a.flac", () => flac("-sample_fmt", "s16"), 5],
    [
      "FLAC of 24 bits",
      "a.flac",
      () => flac("-sample_fmt", "s32", "-bits_per_raw_sample", "24", "-strict", "-2"),
      5,
    ],
    ["FLAC without MD5", "a.flac", async () => over(await flac(), 26, ...new Uint8Array(16)), 5],
    ["Ogg FLAC", "a.oga", () => song("dynamic", "a.oga", "-c:a", "flac"), 5],
    ["MP3", "a.mp3", mp3, 5],
    [
      "MP3 whose Xing header counts 0 frames",
      "a.mp3",
      async () => {
        const bytes = await mp3();
        return over(bytes, placeOf(bytes, "Info") + 8, 0, 0, 0, 0);
      },
      5,
    ],
    ["MP3s joined, tags between them", "a.mp3", () => joined(tagged(), tagged()), 10],
    [
      "MP3 with something else behind it",
      "a.mp3",
      () => joined(mp3(), Promise.resolve(new Uint8Array(3000).fill(255))),
      5,
    ],
    ["Ogg Vorbis", "a.ogg", () => song("dynamic", "a.ogg", "-c:a", "libvorbis"), 5],
    [
      "Ogg Vorbis on one page",
      "a.ogg",
      () => song("dynamic", "a.ogg", "-c:a", "libvorbis", "-t", "0.5"),
      0.5,
    ],
    [
      "Ogg Vorbis in two links",
      "a.ogg",
      () =>
        joined(
          song("dynamic", "a.ogg", "-c:a", "libvorbis"),
          song("loud", "b.ogg", "-c:a", "libvorbis", "-serial_offset", "7"),
        ),
      10,
    ],
    [
      "Opus",
      "a.opus",
      () => song("dynamic", "a.opus", "-c:a", "libopus", "-compression_level", "4"),
      5,
    ],
    ["M4A", "a.m4a", aac, 5],
    ["ALAC", "a.m4a", () => song("dynamic", "a.m4a", "-c:a", "alac"), 5],
    ["AAC in ADTS", "a.aac", () => song("dynamic", "a.aac", "-c:a", "aac"), 5],
    ["WavPack", "a.wv", () => song("dynamic", "a.wv", "-c:a", "wavpack"), 5],
    ["True Audio", "a.tta", () => song("dynamic", "a.tta", "-c:a", "tta"), 5],
    ["Matroska", "a.mka", () => song("dynamic", "a.mka", "-c:a", "libvorbis"), 5],
    ["WMA", "a.wma", () => song("dynamic", "a.wma", "-c:a", "wmav2"), 5],
    ["CAF", "a.caf", () => song("dynamic", "a.caf", "-c:a", "pcm_s16be"), 5],
    ["W64", "a.w64", () => song("dynamic", "a.w64"), 5],
    ["AIFF", "a.aiff", () => song("dynamic", "a.aiff"), 5],
    ["WAV of size 0", "a.wav", () => streamed(0), 5],
    ["WAV of size 7FFFFFFF", "a.wav", () => streamed(0x7fff_ffff), 5],
    ["WAV of size FFFFFFFF", "a.wav", () => streamed(0xffff_ffff), 5],
    ["RF64 of size 0", "a.wav", () => rf64(0n), 5],
    ["RF64 of size -1", "a.wav", () => rf64(0xffff_ffff_ffff_ffffn), 5],
  ];

  /** How often ffmpeg went over it. */
  async function decodingsOf(bytes: Uint8Array, name: string): Promise<number> {
    let runs = 0;
    const tools = songTools(bytes);
    const createFfmpeg = async () => {
      const ffmpeg = await tools.createFfmpeg();
      const run: typeof ffmpeg.run = (...args) => {
        runs++;
        return ffmpeg.run(...args);
      };
      return { ...ffmpeg, run };
    };
    await measureSong(levelTask(bytes, name), { ...tools, createFfmpeg });
    return runs;
  }

  it.each(whole)("%s, and is decoded once to be measured", async (_, name, make, length) => {
    const bytes = await make();
    const { damage, duration } = await measured(bytes, name);
    expect(await decodingsOf(bytes, name)).toBe(1);
    expect(damage).toBeNull();
    expect(Math.abs(duration - length)).toBeLessThan(0.1);
    expect(await level(bytes, name, { replacesOriginal: true })).toMatchObject({ kind: "leveled" });
  });
});

describe("of several sound tracks", () => {
  const tones = "sine=300:d=3[out0];sine=3000:d=3,volume=0.1[out1]";
  const two = (name: string, ...options: string[]) =>
    signal(tones, name, "-map", "0:0", "-map", "0:1", ...options);
  const second = ["-disposition:a:0", "0", "-disposition:a:1", "default"];

  it.each([
    ["M4A", "a.m4a", () => two("a.m4a", "-c:a", "aac", ...second), true],
    ["Matroska", "a.mka", () => two("a.mka", "-c:a", "libvorbis", ...second), true],
    ["Ogg, which knows no default", "a.ogg", () => two("a.ogg", "-c:a", "libvorbis"), false],
  ])(
    "the default one of %s is leveled, the row says so, its original stays",
    async (_, name, make, quiet) => {
      const bytes = await make();
      const found = await measured(bytes, name);
      expect(found.measurement.integrated < -35).toBe(quiet);
      expect(sourceText(found)).toBe("One of 2 sound tracks.");
      for (const reencoding of ["always", "best-sound"] as const) {
        const change = { reencoding, replacesOriginal: true };
        const replaced = await level(bytes, name, change);
        if (replaced.kind !== "refused") throw new Error(replaced.kind);
        expect(replaced.reason).toBe("more-sound-tracks");
        expect(refusedText(replaced).message).toContain("has 2 sound tracks");
      }
      const leveled = await level(bytes, name);
      if (leveled.kind !== "leveled") throw new Error(leveled.kind);
      expect(leveled.measured.measurement.integrated).toBe(found.measurement.integrated);
    },
  );
});

describe("what the engine cannot read is named", () => {
  const renamed = async (entry: string) => {
    const bytes = await aac();
    return over(bytes, placeOf(bytes, "mp4a"), ...Buffer.from(entry, "latin1"));
  };
  it.each([
    ["Apple's protection", "a.m4p", () => renamed("drms")],
    ["common encryption", "a.m4a", () => renamed("enca")],
    ["Audible's protection", "a.aax", () => renamed("aavd")],
    [
      "WMA's protection",
      "a.wma",
      async () => {
        const bytes = await song("dynamic", "a.wma", "-c:a", "wmav2");
        // The object of codec names becomes one of content encryption.
        const codecs = placeOf(bytes, "\x40\x52\xd1\x86\x1d\x31\xd0\x11");
        return over(
          bytes,
          codecs,
          0xfb,
          0xb3,
          0x11,
          0x22,
          0x23,
          0xbd,
          0xd2,
          0x11,
          0xb4,
          0xb7,
          0,
          0xa0,
          0xc9,
          0x55,
          0xfc,
          0x6e,
        );
      },
    ],
  ])("%s is copy protection", async (_, name, make) => {
    expect(await measure(await make(), name)).toMatchObject({ reason: "copy-protected" });
  });

  it("FLAC of 32 bits", async () => {
    const bytes = await flac();
    // STREAMINFO's five bits of depth less one.
    const refused = await measure(over(bytes, 20, bytes[20]! | 1, bytes[21]! | 0xf0), "a.flac");
    if (refused.kind !== "refused") throw new Error(refused.kind);
    expect(refusedText(refused).message).toBe("Its codec (FLAC of 32 bits) cannot be read here.");
  });
});

describe("samples in wider containers are read as they are meant", () => {
  /** A WAV of the same 3 s in other containers; `of` gives a sample's bytes from its 16 bits. */
  const contained = async (
    { tag = 1, bits, width, valid }: { tag?: number; bits: number; width: number; valid?: number },
    of: (sample: number, view: DataView, at: number) => void,
  ): Promise<Uint8Array> => {
    const bytes = await wav();
    const data = placeOf(bytes, "data") + 8;
    const samples = new Int16Array(bytes.slice(data).buffer);
    const format = new DataView(new ArrayBuffer(valid === undefined ? 16 : 40));
    const put = (at: number, value: number) => format.setUint16(at, value, true);
    put(0, valid === undefined ? tag : 0xfffe);
    put(2, 2);
    format.setUint32(4, 44_100, true);
    format.setUint32(8, 44_100 * 2 * width, true);
    put(12, 2 * width);
    put(14, bits);
    if (valid !== undefined) {
      put(16, 22);
      put(18, valid);
      put(20, 3);
      put(24, tag);
      new Uint8Array(format.buffer).set(Buffer.from("000000001000800000aa00389b71", "hex"), 26);
    }
    const body = new DataView(new ArrayBuffer(samples.length * width));
    samples.forEach((sample, index) => of(sample, body, index * width));
    const chunks = Buffer.concat([chunk("fmt ", format.buffer), chunk("data", body.buffer)]);
    return new Uint8Array(chunk("RIFF", Buffer.concat([Buffer.from("WAVE"), chunks])));
  };
  const chunk = (id: string, content: ArrayBuffer | Buffer): Buffer => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(content.byteLength);
    return Buffer.concat([Buffer.from(id), size, new Uint8Array(content)]);
  };
  const left32 = (sample: number, view: DataView, at: number) =>
    view.setInt32(at, sample << 16, true);
  const left24 = (sample: number, view: DataView, at: number) => {
    view.setInt16(at + 1, sample, true);
  };

  test.each([
    ["24 bits in 32, EXTENSIBLE", { bits: 32, width: 4, valid: 24 }, left32],
    ["20 bits in 24, EXTENSIBLE", { bits: 24, width: 3, valid: 20 }, left24],
    ["24 bits in frames of 32", { bits: 24, width: 4 }, left32],
    ["20 bits in frames of 24", { bits: 20, width: 3 }, left24],
    ["20 bits in frames of 32", { bits: 20, width: 4 }, left32],
    ["16 bits in frames of 32", { bits: 16, width: 4 }, left32],
    [
      "floats that claim 24 bits",
      { tag: 3, bits: 32, width: 4, valid: 24 },
      (sample: number, view: DataView, at: number) => view.setFloat32(at, sample / 32_768, true),
    ],
    [
      "floats of 24 bits before the point",
      { bits: 24, width: 4 },
      (sample: number, view: DataView, at: number) => view.setFloat32(at, sample * 256, true),
    ],
  ] as const)("%s", async (_, shape, of) => {
    const plain = await measured(await wav(), "a.wav");
    const found = await measured(await contained(shape, of), "a.wav");
    expect(found.damage).toBeNull();
    expect(found.duration).toBe(plain.duration);
    expect(found.measurement.integrated).toBeCloseTo(plain.measurement.integrated, 2);
  });
});

test("damage is said in one sentence", () => {
  const say = (kind: string, at: number | null, places: number, lost: number | null) =>
    damageText({ kind, at, places, lost } as Parameters<typeof damageText>[0]);
  expect(say("undecodable", 192.3, 1, 0.4)).toBe("Damaged at 3:12: 0.4 s could not be decoded.");
  expect(say("undecodable", 5, 4, 0.01)).toBe(
    "Damaged at 0:05 and 3 more places: less than 0.1 s could not be decoded.",
  );
  expect(say("cut-short", 594.5, 1, 5.5)).toBe("Damaged at 9:54: 5.5 s are missing at the end.");
  expect(say("cut-short", 61, 1, null)).toBe("Damaged at 1:01: the end is missing.");
  expect(say("altered", null, 0, null)).toBe(
    "Damaged: the sound is not what the file's checksum says.",
  );
});
