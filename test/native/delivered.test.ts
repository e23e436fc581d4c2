/**
 * What is delivered, against what was given: songs of all kinds with every structure, leveled by
 * `npm run level` on the exported page, compared by mutagen and ffprobe, decoded by native tools.
 * `LEVELUP_TAGS_TABLES=file` puts its tables into that Markdown file, docs/tags.md.
 */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asBlob } from "@/lib/storage/song-bytes";
import { bytesSource, gapless, type Kind } from "@/lib/formats";
import { mp3Layout } from "@/lib/formats/mpeg/layout";
import { undoSong } from "@/lib/song-path";
import { nativeLoudness } from "../support/native-tools";
import { songTools } from "../support/song-tools";
import type { Report, ReportedFile } from "../../cli/in-browser/report";
import {
  check,
  comparable,
  decode,
  dumps,
  makeCases,
  tool,
  withoutLost,
  type Case,
  type Dump,
} from "./tags/tools";

const minutes = 60_000;
const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "delivered-"));
const before = (file: string) => join(folder, file);
const after = (file: string) => join(folder, "Leveled", file);

/** A song of a certain quality, and how its native tool makes it from a WAV. */
interface Quality {
  readonly file: string;
  readonly what: string;
  readonly make: (wav: (name: string) => string, target: string) => void;
}

const ffmpeg = (...args: string[]) => tool("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args]);
const lame =
  (source: string, ...args: string[]): Quality["make"] =>
  (wav, target) =>
    tool("lame", ["--quiet", ...args, wav(source), target]);
const byFfmpeg =
  (source: string, ...args: string[]): Quality["make"] =>
  (wav, target) =>
    ffmpeg("-i", wav(source), ...args, target);

const qualities: Quality[] = [
  { file: "cbr128.mp3", what: "CBR 128", make: lame("cd", "-b", "128") },
  { file: "cbr320.mp3", what: "CBR 320, joint stereo", make: lame("cd", "-b", "320", "-m", "j") },
  { file: "crc.mp3", what: "CBR 192, checksums", make: lame("cd", "-b", "192", "-p") },
  { file: "mono.mp3", what: "CBR 64 mono, MPEG-2", make: lame("low", "-b", "64", "-m", "m") },
  { file: "v0.mp3", what: "VBR, LAME -V 0", make: lame("cd", "-V", "0") },
  { file: "v5.mp3", what: "VBR, LAME -V 5", make: lame("cd", "-V", "5") },
  { file: "abr.mp3", what: "ABR 160", make: lame("cd", "--abr", "160") },
  { file: "cd.flac", what: "16 bit", make: byFfmpeg("cd", "-c:a", "flac") },
  {
    file: "studio.flac",
    what: "24 bit, 96 kHz",
    make: byFfmpeg("studio", "-c:a", "flac", "-sample_fmt", "s32"),
  },
  { file: "six.flac", what: "5.1", make: byFfmpeg("six", "-c:a", "flac") },
  { file: "eight.wav", what: "8 bit", make: byFfmpeg("low", "-c:a", "pcm_u8") },
  { file: "deep.wav", what: "24 bit", make: byFfmpeg("studio", "-c:a", "pcm_s24le") },
  { file: "int32.wav", what: "32 bit", make: byFfmpeg("studio", "-c:a", "pcm_s32le") },
  { file: "float.wav", what: "float", make: byFfmpeg("cd", "-c:a", "pcm_f32le") },
  { file: "deep.aiff", what: "24 bit", make: byFfmpeg("studio", "-c:a", "pcm_s24be") },
  { file: "aac.m4a", what: "AAC-LC 128", make: byFfmpeg("cd", "-c:a", "aac", "-b:a", "128k") },
  { file: "aac256.m4a", what: "AAC-LC 256", make: byFfmpeg("cd", "-c:a", "aac", "-b:a", "256k") },
  { file: "mono.m4a", what: "AAC-LC 64 mono", make: byFfmpeg("low", "-c:a", "aac", "-b:a", "64k") },
  { file: "alac.m4a", what: "ALAC, 16 bit", make: byFfmpeg("cd", "-c:a", "alac") },
  {
    file: "alac24.m4a",
    what: "ALAC, 24 bit",
    make: byFfmpeg("studio", "-c:a", "alac", "-sample_fmt", "s32p"),
  },
  {
    file: "q2.ogg",
    what: "Vorbis -q 2",
    make: (wav, target) => tool("oggenc", ["-Q", "-q", "2", "-o", target, wav("cd")]),
  },
  {
    file: "q7.ogg",
    what: "Vorbis -q 7",
    make: (wav, target) => tool("oggenc", ["-Q", "-q", "7", "-o", target, wav("cd")]),
  },
  { file: "flac.oga", what: "FLAC in Ogg", make: byFfmpeg("cd", "-c:a", "flac", "-f", "ogg") },
  {
    file: "o64.opus",
    what: "Opus 64",
    make: (wav, target) => tool("opusenc", ["--quiet", "--bitrate", "64", wav("cd"), target]),
  },
  {
    file: "o160.opus",
    what: "Opus 160",
    make: (wav, target) => tool("opusenc", ["--quiet", "--bitrate", "160", wav("cd"), target]),
  },
  { file: "w.wma", what: "WMA 128", make: byFfmpeg("cd", "-c:a", "wmav2", "-b:a", "128k") },
  { file: "w.wv", what: "WavPack, 16 bit", make: byFfmpeg("cd", "-c:a", "wavpack") },
  { file: "t.tta", what: "True Audio, 16 bit", make: byFfmpeg("cd", "-c:a", "tta") },
  { file: "c.caf", what: "CAF, 24 bit", make: byFfmpeg("studio", "-c:a", "pcm_s24be") },
  { file: "w.w64", what: "Wave64, 16 bit", make: byFfmpeg("cd", "-c:a", "pcm_s16le") },
];

/** Loud enough to be turned down, of an odd number of samples. */
function makeWavs(): (name: string) => string {
  const wavs: Record<string, [rate: number, layout: string, codec: string]> = {
    cd: [44100, "stereo", "pcm_s16le"],
    low: [22050, "mono", "pcm_s16le"],
    studio: [96000, "stereo", "pcm_s32le"],
    six: [48000, "5.1", "pcm_s16le"],
  };
  mkdirSync(`${folder}.wavs`);
  const wav = (name: string) => join(`${folder}.wavs`, `${name}.wav`);
  for (const [name, [rate, layout, codec]] of Object.entries(wavs)) {
    const count = { mono: 1, stereo: 2, "5.1": 6 }[layout] ?? 0;
    const channels = Array.from({ length: count }, (_, seed) => seed);
    // Noise that is another in every channel: encoders with a variable rate need theirs for it.
    // Of two seconds of some noises one encode as AAC at this rate is 0.3 LU from the next; not of this one.
    const first = name === "low" ? 4 : 1;
    const noise = channels.map(
      (n) => `anoisesrc=c=pink:a=0.5:r=${rate}:d=3:seed=${n + first}[n${n}]`,
    );
    const inputs = channels.map((n) => `[n${n}]`).join("");
    const joined = `${inputs}join=inputs=${count}:channel_layout=${layout}`;
    const graph = [...noise, `${joined},atrim=end_sample=${2 * rate + 123}[out]`].join(";");
    ffmpeg("-filter_complex", graph, "-map", "[out]", "-c:a", codec, wav(name));
  }
  return wav;
}

let cases: Case[] = [];
let report: Report;
const headed = (...head: string[]): string[][] => [head, head.map(() => "---")];
const soundTable = headed("file", "what", "samples before", "after", "kb/s before", "after");
const structureTable = headed("kind", "structure", "after leveling");
const reportedIn = ({ files }: Report, file: string): ReportedFile =>
  files.find(({ path }) => path === file)!;
const reported = (file: string) => reportedIn(report, file);

/** The audio of an MP3 without its tags. */
function audioOf(file: Uint8Array): Uint8Array {
  const { audioStart, audioEnd } = mp3Layout(bytesSource(file));
  return file.subarray(audioStart, audioEnd);
}

/** The audio packets by their hashes, as ffmpeg's demuxer hands them out. */
const packets = (file: string): string[] =>
  tool("ffmpeg", ["-v", "error", "-i", file, "-c", "copy", "-f", "framemd5", "-"])
    .out.split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

const mapped = (...args: string[]): string =>
  tool("/usr/bin/python3", [join(import.meta.dirname, "tags/mapped.py"), ...args]).out;

beforeAll(async () => {
  cases = makeCases(folder);
  for (const name of readdirSync(folder)) if (name.startsWith("_")) rmSync(before(name));
  const wav = makeWavs();
  for (const { file, make } of qualities) make(wav, before(file));
  report = await level(folder, "--reencoding", "always", "--target", "-23");
}, 15 * minutes);

afterAll(() => {
  for (const each of [folder, `${folder}.wavs`]) rmSync(each, { recursive: true, force: true });
  const target = process.env["LEVELUP_TAGS_TABLES"];
  if (target === undefined) return;
  const tables = { sound: soundTable, structures: structureTable };
  let text = readFileSync(target, "utf8");
  for (const [name, rows] of Object.entries(tables)) {
    const [start, end] = [`<!-- table: ${name} -->`, `<!-- /table: ${name} -->`];
    const lines = rows.map((row) => `| ${row.join(" | ")} |`);
    const [head = "", rest = ""] = text.split(start);
    const [, tail = ""] = rest.split(end);
    text = `${head}${start}\n\n${lines.join("\n")}\n\n${end}${tail}`;
  }
  writeFileSync(target, text);
});

/** Runs the command itself, as a person would. */
async function level(songs: string, ...options: string[]): Promise<Report> {
  const file = `${songs}.report.json`;
  const line = [
    "scripts/run.mjs",
    "level",
    "--in-browser",
    songs,
    "--report",
    file,
    "--workers",
    "2",
    ...options,
  ];
  const child = spawn(process.execPath, line, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const code = await new Promise((resolve) => child.once("exit", resolve));
  expect(code).toBe(0);
  const read = JSON.parse(readFileSync(file, "utf8")) as Report;
  rmSync(file);
  return read;
}

interface Stream {
  readonly codec_name: string;
  readonly profile?: string;
  readonly sample_fmt: string;
  readonly sample_rate: string;
  readonly channels: number;
  readonly channel_layout?: string;
  readonly bits_per_raw_sample?: string;
  readonly bits_per_sample: number;
  readonly bit_rate?: string;
}

function stream(file: string): { kept: Partial<Stream>; kilobits: number } {
  const { out } = tool("ffprobe", [
    ...["-v", "error", "-of", "json", "-select_streams", "a:0", "-show_format", "-show_streams"],
    file,
  ]);
  const { streams, format } = JSON.parse(out) as {
    streams: [Stream];
    format: { bit_rate: string };
  };
  const [{ codec_name, profile, sample_fmt, sample_rate, channels, channel_layout, ...rest }] =
    streams;
  const { bits_per_raw_sample, bits_per_sample, bit_rate } = rest;
  return {
    kept: {
      ...{ codec_name, sample_fmt, sample_rate, channels, bits_per_sample },
      ...(profile === undefined ? {} : { profile }),
      ...(channel_layout === undefined ? {} : { channel_layout }),
      ...(bits_per_raw_sample === undefined ? {} : { bits_per_raw_sample }),
    },
    kilobits: Number(bit_rate ?? format.bit_rate) / 1000,
  };
}

test("every song is leveled to the target", () => {
  expect(cases.length + qualities.length).toBeGreaterThanOrEqual(130);
  expect(report.files).toHaveLength(cases.length + qualities.length);
  const odd = report.files.filter(
    ({ status, result }) =>
      status !== "leveled" || Math.abs((result?.integratedLufs ?? 0) + 23) > 0.2,
  );
  expect(odd.map(({ path, status, reason }) => ({ path, status, reason }))).toEqual([]);
});

test(
  "tags, pictures, chapters and lengths are equal, but for loudness tags; no decoder minds",
  () => {
    const wrong: Record<string, string> = {};
    for (const { kind, structure, lost } of cases) {
      const names = lost.map((key) => key.replace(/^(id3|ape|vc|mp4):/, ""));
      structureTable.push([
        kind,
        structure,
        ["equal", ...names.slice(0, 1).map(() => `left out: ${names.join(", ")}`)].join("; "),
      ]);
    }
    for (const kind of new Set(cases.map((song) => song.kind))) {
      const ofKind = cases.filter((song) => song.kind === kind);
      const [were, are] = [before, after].map((place) =>
        dumps(
          kind,
          ofKind.map(({ file }) => place(file)),
        ),
      );
      for (const [index, song] of ofKind.entries()) {
        try {
          expectSame(song, were?.[index] ?? {}, are?.[index] ?? {});
        } catch (error) {
          wrong[`${song.file} ${song.structure}`] = (error as Error).message;
        }
      }
    }
    expect(wrong).toEqual({});
  },
  10 * minutes,
);

function expectSame({ file, kind, lost, trips }: Case, was: Dump, is: Dump): void {
  const expected = withoutLost(was, lost);
  const found = { ...is };
  // iTunSMPB of an M4A does not go: it comes back with the figures of the new encode.
  if (kind === "m4a")
    for (const key of lost.filter((name) => name.endsWith("iTunSMPB"))) {
      expect(Object.keys(found)).toContain(key);
      delete found[key];
    }
  expect(found).toEqual(expected);
  expect(comparable(after(file))).toEqual(comparable(before(file)));
  check(kind, after(file));

  const [source, delivered] = [decode(before(file)), decode(after(file))];
  // What ffmpeg makes of a tag that it takes for audio has no length, and the same complaints.
  if (trips) return expect(delivered.complaints).toBe(source.complaints);
  expect(delivered.complaints).toBe("");
  expect(wholeFrames(kind, delivered.samples)).toBe(wholeFrames(kind, source.samples));
}

/** ffmpeg's reader of M4A gives the last frame of AAC whole, whatever the file says of its end. */
const wholeFrames = (kind: Kind, samples: number): number =>
  kind === "m4a" ? Math.ceil(samples / 1024) * 1024 : samples;

test.each(qualities)("$file ($what) keeps its length and its quality", ({ file, what }) => {
  const [was, is] = [stream(before(file)), stream(after(file))];
  expect(is.kept).toEqual(was.kept);
  const [source, delivered] = [decode(before(file)), decode(after(file))];
  const rates = [was, is].map(({ kilobits }) => kilobits.toFixed(0));
  soundTable.push([file, what, String(source.samples), String(delivered.samples), ...rates]);
  expect(delivered.samples).toBe(source.samples);
  expect(delivered.complaints).toBe("");
  check(file.split(".")[1] as Kind, after(file));
  if (what.startsWith("CBR")) expect(is.kilobits).toBeCloseTo(was.kilobits, 0);
  // At another loudness the same quality takes slightly less or more.
  if (what.startsWith("VBR")) expect(Math.abs(is.kilobits / was.kilobits - 1)).toBeLessThan(0.06);
  if (/\.(mp3|m4a|ogg|opus|wma)$/.test(file) && !what.startsWith("ALAC"))
    expect(Math.abs(is.kilobits / was.kilobits - 1)).toBeLessThan(0.15);
  expect(reported(file).message).toBeNull();
});

test("an M4A says its exact length, which ffmpeg's reader rounds up", () => {
  const files = qualities.map(({ file }) => file).filter((file) => file.endsWith(".m4a"));
  const samples = (file: string) =>
    gapless(bytesSource(new Uint8Array(readFileSync(file))), "m4a")?.samples;
  expect(files.map((file) => samples(after(file)))).toEqual(
    files.map((file) => samples(before(file))),
  );
});

describe("without encoding", () => {
  const songs = `${folder}.lossless`;
  const kept = (file: string) => join(songs, file);
  const changed = (file: string) => join(songs, "Leveled", file);
  const target = -28.37;
  let changes: Report;

  beforeAll(async () => {
    mkdirSync(songs);
    for (const { file } of qualities)
      if (/\.(mp3|opus)$/.test(file)) copyFileSync(before(file), kept(file));
    changes = await level(songs, "--lossless", "--target", String(target));
  }, 5 * minutes);
  afterAll(() => rmSync(songs, { recursive: true, force: true }));

  test("Opus: at the target to 0.02 LU, every packet as it was", async () => {
    for (const file of ["o64.opus", "o160.opus"]) {
      expect(reportedIn(changes, file)).toMatchObject({ status: "leveled", route: "lossless" });
      const { integrated } = await nativeLoudness(changed(file));
      expect(Math.abs(integrated - target)).toBeLessThanOrEqual(0.02);
      expect(packets(changed(file))).toEqual(packets(kept(file)));
      expect(packets(changed(file)).length).toBeGreaterThan(90);
      check("opus", changed(file));
    }
  });

  test("MP3: within half a step of the target, and undone to the byte", async () => {
    const files = qualities.map(({ file }) => file).filter((file) => file.endsWith(".mp3"));
    expect(files).toHaveLength(7);
    for (const file of files) {
      expect(reportedIn(changes, file)).toMatchObject({ status: "leveled", route: "lossless" });
      const { integrated } = await nativeLoudness(changed(file));
      expect(Math.abs(integrated - target)).toBeLessThanOrEqual(0.76);
      expect(decode(changed(file)).complaints).toBe("");
      const was = new Uint8Array(readFileSync(kept(file)));
      const is = new Uint8Array(readFileSync(changed(file)));
      expect(Buffer.compare(audioOf(is), audioOf(was))).not.toBe(0);
      const task = { file: new File([], file), dualMono: false };
      const outcome = await undoSong(task, songTools(is));
      if (outcome.kind !== "leveled") throw new Error(outcome.kind);
      const undone = new Uint8Array(await asBlob(outcome.bytes).arrayBuffer());
      expect(Buffer.compare(audioOf(undone), audioOf(was))).toBe(0);
    }
  });
});

describe("of another kind, in the page", () => {
  const songs = `${folder}.mapped`;
  beforeAll(() => {
    mkdirSync(songs);
    mapped("make", songs);
    rmSync(join(songs, "_front.jpg"));
    rmSync(join(songs, "_back.png"));
  });
  afterAll(() => rmSync(songs, { recursive: true, force: true }));

  test(
    "seven kinds to Opus: artists, covers and lyrics come along, loudness tags do not",
    async () => {
      const files = readdirSync(songs).sort();
      const { files: outcomes } = await level(songs, "--format", "opus", "--target", "-23");
      expect(outcomes.map(({ path }) => path).sort()).toEqual(files);
      const written = outcomes.filter(({ format }) => format?.container !== "opus");
      expect(written).toHaveLength(7);
      const tags = JSON.parse(
        mapped("read", ...written.map(({ output }) => join(songs, output ?? ""))),
      ) as Array<Record<string, unknown>>;
      for (const [index, found] of tags.entries()) {
        expect(found).toMatchObject({
          artist: written[index]?.path === "old.mp3" ? ["AC/DC"] : ["First Ärtist", "AC/DC"],
          lyrics: ["line one\nline twö"],
          loudness: [],
          track: "3/12",
        });
        expect(found["pictures"]).toHaveLength(2);
        expect(written[index]?.message).toBeNull();
      }
    },
    5 * minutes,
  );
});
