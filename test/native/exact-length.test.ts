/**
 * Songs whose length stands elsewhere than in LAME's header and the edit list, and FLAC that few
 * programs write: leveled as the worker does it, counted by metaflac, oggdec and ffmpeg.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OutputFormat } from "@/lib/settings/settings";
import { leveled } from "../support/leveled";

const folder = mkdtempSync(join(tmpdir(), "lengths-"));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { stdio: "pipe", maxBuffer: 1 << 28 });
const ffmpeg = (...args: string[]) => run("ffmpeg", "-nostdin", "-v", "error", "-y", ...args);

const MUSIC = 131_071;
const LOW = { rate: 8000, music: 23_456 };
const SHORT = 22_050;

/** iTunes' own figures: delay, padding and music, in hexadecimal. */
const smpb = (delay: number, padding: number, music: number) =>
  ` 00000000 ${[delay, padding].map((each) => each.toString(16).padStart(8, "0")).join(" ")} ${music
    .toString(16)
    .padStart(16, "0")}${" 00000000".repeat(8)}`;

function sine(name: string, rate: number, music: number): void {
  const graph = `aevalsrc=0.4*sin(2*PI*440*t)+0.2*sin(2*PI*997*t):s=${rate}:d=5`;
  const filter = `atrim=end_sample=${music}`;
  ffmpeg("-f", "lavfi", "-i", graph, "-af", filter, "-bitexact", path(name));
}

function itunesMp3(): void {
  run("lame", "--quiet", "-t", "-b", "128", path("cd.wav"), path("bare.mp3"));
  const bare = readFileSync(path("bare.mp3"));
  const entries = ["-count_packets", "-show_entries", "stream=nb_read_packets"];
  const said = run("ffprobe", "-v", "error", ...entries, "-of", "csv=p=0", path("bare.mp3"));
  const delay = 576;
  const padding = 1152 * Number.parseInt(said.toString(), 10) - MUSIC - delay;
  const text = Buffer.from(`\0engiTunSMPB\0${smpb(delay, padding, MUSIC)}`, "latin1");
  const size = (value: number) => Buffer.from([0, 0, value >> 7, value & 0x7f]);
  const frame = Buffer.concat([Buffer.from("COMM"), size(text.length), Buffer.alloc(2), text]);
  const header = Buffer.concat([Buffer.from("ID3\x04\0\0", "latin1"), size(frame.length)]);
  writeFileSync(path("itunes.mp3"), Buffer.concat([header, frame, bare]));
}

function itunesM4a(): void {
  const target = path("low.m4a");
  const codec = ["-c:a", "aac", "-b:a", "24k", "-use_editlist", "0"];
  ffmpeg("-i", path("low.wav"), ...codec, target);
  const padding = 1024 * Math.ceil(LOW.music / 1024 + 1) - LOW.music - 1024;
  const figures = smpb(1024, padding, LOW.music);
  const key = "----:com.apple.iTunes:iTunSMPB";
  const script = `from mutagen.mp4 import MP4; m = MP4("${target}"); m["${key}"] = [b"${figures}"]; m.save()`;
  run("/usr/bin/python3", "-c", script);
}

/** Samples of so many bits in a FLAC, by way of a WAV that says how many of its bits count. */
function flac(bits: number): void {
  const width = Math.ceil(bits / 8);
  const pcm = ffmpeg("-i", path("cd.wav"), "-f", "s32le", "-");
  const samples = Buffer.alloc((pcm.length / 4) * width);
  for (let i = 0; i < pcm.length / 4; i++) {
    const value = pcm.readInt32LE(4 * i) >> (32 - bits);
    if (width === 1) samples[i] = value + 128;
    else samples.writeIntLE(value * 2 ** (8 * width - bits), i * width, width);
  }
  const format = Buffer.alloc(40);
  const numbers = [0xfffe, 1, 44_100, 0, 44_100 * width, 0, width, 8 * width, 22, bits, 4, 0];
  [0, 2, 4, -1, 8, -1, 12, 14, 16, 18, 20, -1].forEach((at, index) => {
    if (at < 0) return;
    if ([4, 8, 20].includes(at)) format.writeUInt32LE(numbers[index]!, at);
    else format.writeUInt16LE(numbers[index]!, at);
  });
  format.write("0100000000001000800000aa00389b71", 24, "hex");
  const chunk = (id: string, body: Buffer) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(body.length);
    return Buffer.concat([Buffer.from(id), size, body, Buffer.alloc(body.length % 2)]);
  };
  const wave = [Buffer.from("WAVE"), chunk("fmt ", format), chunk("data", samples)];
  writeFileSync(path("depth.wav"), chunk("RIFF", Buffer.concat(wave)));
  run("flac", "-s", "-f", "-o", path(`${bits}.flac`), path("depth.wav"));
}

beforeAll(() => {
  sine("cd.wav", 44_100, MUSIC);
  sine("low.wav", LOW.rate, LOW.music);
  sine("short.wav", 44_100, SHORT);
  itunesMp3();
  itunesM4a();
  ffmpeg("-i", path("short.wav"), "-c:a", "libvorbis", path("short.ogg"));
  for (const bits of [8, 12, 20, 24]) flac(bits);
  const junk = Buffer.from("neither a tag nor a frame ".repeat(9));
  writeFileSync(path("behind.flac"), Buffer.concat([junk, readFileSync(path("24.flac"))]));
});

async function level(source: string, format: OutputFormat) {
  const bytes = new Uint8Array(readFileSync(path(source)));
  const { file, extension, row } = await leveled(bytes, source, format);
  const result = path(`${source}-${format}.${extension}`);
  writeFileSync(result, file);
  return { result, row };
}

const metaflac = (file: string, figure: string): number =>
  Number(run("metaflac", `--show-${figure}`, file).toString());

describe("the music alone is leveled, to the sample", () => {
  test.each([
    ["itunes.mp3", MUSIC],
    ["low.m4a", LOW.music],
    ["short.ogg", SHORT],
  ] as const)("%s to FLAC: %i samples", async (source, samples) => {
    const { result, row } = await level(source, "flac");
    expect(metaflac(result, "total-samples")).toBe(samples);
    expect(row).toBeNull();
  });

  test("from iTunes' figures it begins where it began", async () => {
    const { result } = await level("itunes.mp3", "flac");
    // The tone's first samples are near zero, and ffmpeg alone would give 1105 of priming before.
    const pcm = ffmpeg("-i", result, "-f", "f32le", "-");
    const at = (sample: number) => pcm.readFloatLE(4 * sample);
    const source = ffmpeg("-i", path("cd.wav"), "-f", "f32le", "-");
    const wanted = (sample: number) => source.readFloatLE(4 * sample);
    let [both, own, other] = [0, 0, 0];
    for (let i = 20_000; i < 40_000; i++) {
      both += at(i) * wanted(i);
      own += at(i) ** 2;
      other += wanted(i) ** 2;
    }
    expect(both / Math.sqrt(own * other)).toBeGreaterThan(0.999);
  });

  test("MP3 to MP3 and Vorbis to Vorbis, as their own decoders count", async () => {
    const mp3 = await level("itunes.mp3", "same");
    expect(ffmpeg("-i", mp3.result, "-f", "s16le", "-").length / 2).toBe(MUSIC);
    const ogg = await level("short.ogg", "same");
    run("oggdec", "-Q", "-o", path("out.wav"), ogg.result);
    expect(readFileSync(path("out.wav")).length).toBe(44 + 2 * SHORT);
  });
});

describe("FLAC that few programs write", () => {
  test.each([
    [8, 16],
    [12, 16],
    [20, 24],
    [24, 24],
  ])("of %i bits is stored with %i, and the row says so", async (bits, stored) => {
    expect(metaflac(path(`${bits}.flac`), "bps")).toBe(bits);
    const { result, row } = await level(`${bits}.flac`, "same");
    run("flac", "-s", "-t", result);
    expect(metaflac(result, "bps")).toBe(stored);
    expect(row).toBe(
      bits === stored ? null : `Its samples of ${bits} bits are stored with ${stored}.`,
    );
  });

  test("behind bytes that are no part of it is leveled, and the row says so", async () => {
    const { result, row } = await level("behind.flac", "same");
    run("flac", "-s", "-t", result);
    expect(metaflac(result, "total-samples")).toBe(MUSIC);
    expect(row).toBe("Bytes in front of the song that are no part of it were left out.");
  });
});
