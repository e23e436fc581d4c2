/** The lossless Opus route against native tools: opusenc, ffmpeg, opusinfo, ffprobe, mutagen. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyOpusGain } from "@/lib/formats/ogg/opus-gain";
import { changeOpusGain, undoOpusGain } from "@/lib/formats/ogg/opus-undo";
import { decibels } from "@/lib/loudness/units";

const folder = mkdtempSync(join(tmpdir(), "levelup-opus-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);
const run = (tool: string, ...args: string[]) =>
  execFileSync(tool, args, { stdio: "pipe", maxBuffer: 1 << 28 }).toString("latin1");
const read = (name: string) => new Uint8Array(readFileSync(path(name)));

const louder = (file: Uint8Array, gain: number) => {
  const result = applyOpusGain(file, decibels(gain));
  if (result.kind === "refused") throw new Error(result.reason);
  return result;
};

/** LUFS as ffmpeg's ebur128 has it to three decimals, output gain applied by its decoder. */
const loudness = (name: string): number => {
  const meter = "ebur128=metadata=1:framelog=verbose,ametadata=print:key=lavfi.r128.I:file=-";
  const out = run("ffmpeg", "-v", "error", "-i", path(name), "-af", meter, "-f", "null", "-");
  return Number(out.trim().split("lavfi.r128.I=").at(-1));
};

/** The audio packets by their hashes, as ffmpeg's demuxer hands them out. */
const packets = (name: string): string[] =>
  run("ffmpeg", "-v", "error", "-i", path(name), "-c", "copy", "-f", "framemd5", "-")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

/** In dB. opusinfo prints a gain of 0 as no line at all. */
const playbackGain = (info: string): number =>
  Number(/Playback gain: ([-\d.]+)/.exec(info)?.[1] ?? 0);

const encode =
  (...args: string[]) =>
  (name: string) =>
    run("opusenc", "--quiet", ...args, path("source.wav"), path(name));

const FILES: Readonly<Record<string, (name: string) => void>> = {
  "VBR 96": encode("--bitrate", "96"),
  "CBR 64 mono": encode("--bitrate", "64", "--hard-cbr", "--downmix-mono"),
  "speech mode, 60 ms frames": encode("--bitrate", "24", "--speech", "--framesize", "60"),
  "with a cover and comments": encode(
    "--picture",
    path("cover.png"),
    "--title",
    "Ä",
    "--artist",
    "A",
  ),
  "made by ffmpeg": (name) =>
    run("ffmpeg", "-y", "-v", "error", "-i", path("source.wav"), "-c:a", "libopus", path(name)),
  "with an output gain already": (name) => {
    encode("--bitrate", "96")(name);
    writeFileSync(path(name), louder(read(name), -4.3).bytes);
  },
  "5.1, mapping family 1": (name) => {
    run("ffmpeg", "-y", "-v", "error", "-i", path("source.wav"), "-ac", "6", path("six.wav"));
    run("opusenc", "--quiet", path("six.wav"), path(name));
  },
};
const GAINS = [-11.7, -3, -1 / 256, 0.1, 2.345, 6];

beforeAll(() => {
  const graph =
    "anoisesrc=c=pink:d=6:a=0.05:seed=2:r=48000[a];sine=f=330:d=6:r=48000,volume=-20dB[b];" +
    "[a][b]join=inputs=2:channel_layout=stereo:map=0.0-FL|1.0-FR,aformat=s16";
  run("ffmpeg", "-y", "-v", "error", "-filter_complex", graph, path("source.wav"));
  run(
    "ffmpeg",
    "-y",
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    "testsrc2=s=900x900",
    "-frames:v",
    "1",
    path("cover.png"),
  );
});

describe.each(Object.entries(FILES))("%s", (_, make) => {
  test("moves loudness by the gain asked, and nothing but the header changes", () => {
    make("file.opus");
    const original = read("file.opus");
    const before = loudness("file.opus");
    const audio = packets("file.opus");
    const infoBefore = run("opusinfo", path("file.opus"));
    const complaints = infoBefore.match(/WARNING.*/g);
    const gainBefore = playbackGain(infoBefore);
    expect(audio.length).toBeGreaterThan(90);
    for (const gain of GAINS) {
      const result = louder(original, gain);
      expect(Math.abs(result.gain - gain)).toBeLessThanOrEqual(1 / 512);
      writeFileSync(path("louder.opus"), result.bytes);
      expect(Math.abs(loudness("louder.opus") - before - gain)).toBeLessThan(0.02);
      expect(packets("louder.opus")).toEqual(audio);
      const differing = original.reduce((n, byte, i) => n + Number(result.bytes[i] !== byte), 0);
      // Two bytes of gain and four of checksum.
      expect(differing).toBeLessThanOrEqual(6);
      expect(result.bytes.length).toBe(original.length);

      const info = run("opusinfo", path("louder.opus"));
      expect(info.match(/WARNING.*/g)).toEqual(complaints);
      // Both are rounded to a tenth.
      expect(Math.abs(playbackGain(info) - gainBefore - result.gain)).toBeLessThan(0.11);
      expect(run("ffprobe", "-v", "error", path("louder.opus"))).toBe("");
      expect(Buffer.compare(louder(result.bytes, -result.gain).bytes, original)).toBe(0);

      const recorded = changeOpusGain(original, decibels(gain));
      if (recorded.kind === "refused") throw new Error(recorded.reason);
      writeFileSync(path("recorded.opus"), recorded.bytes);
      expect(packets("recorded.opus")).toEqual(audio);
      expect(loudness("recorded.opus")).toBeCloseTo(loudness("louder.opus"), 3);
      expect(run("opusinfo", path("recorded.opus")).match(/WARNING.*/g)).toEqual(complaints);
      const undone = undoOpusGain(recorded.bytes);
      if (undone.kind === "refused") throw new Error(undone.reason);
      expect(Buffer.compare(undone.bytes, original)).toBe(0);
    }
  });
});

test("every stream of a chained file is leveled", () => {
  encode("--bitrate", "96", "--serial", "1")("a.opus");
  encode("--bitrate", "48", "--serial", "2")("b.opus");
  const chained = Buffer.concat([read("a.opus"), read("b.opus")]);
  const separate = Buffer.concat([
    louder(read("a.opus"), 3).bytes,
    louder(read("b.opus"), 3).bytes,
  ]);
  expect(Buffer.compare(louder(chained, 3).bytes, separate)).toBe(0);
  writeFileSync(path("chained.opus"), separate);
  const info = run("opusinfo", path("chained.opus"));
  expect(info.match(/Playback gain: 3 dB/g)).toHaveLength(2);
  expect(info).not.toContain("WARNING");
});
