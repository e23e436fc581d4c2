/**
 * The meter against native ones on real songs: ffmpeg's `ebur128` on the very same samples, and
 * loudgain (libebur128) on FLAC copies.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Measurement } from "@/lib/loudness/measurement";
import { loadKernel, measure } from "../unit/kernel/kernel";

const SONGS = "/usr/share/games/wesnoth/1.16/data/core/music";
const RATE = 44_100;

const kernel = loadKernel();
const folder = mkdtempSync(join(tmpdir(), "levelup-meter-"));
afterAll(() => rmSync(folder, { recursive: true }));
const pcm = join(folder, "song.f32");
const flac = join(folder, "song.flac");
const RAW = ["-f", "f32le", "-ar", `${RATE}`, "-ac", "2"];

const run = (tool: string, ...args: string[]): string =>
  execFileSync(tool, args, { maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "pipe"] }).toString();
const ffmpeg = (...args: string[]): string =>
  run("ffmpeg", "-v", "error", "-nostdin", "-y", ...args);

function ours(): Measurement {
  const bytes = readFileSync(pcm);
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return measure(kernel, { sampleRate: RATE, channels: 2, samples }).measurement;
}

/** The last line of each kind: integrated and range to 3 decimals, the peak as a ratio. */
function ebur128(): { integrated: number; range: number; truePeak: number } {
  const filter = "ebur128=peak=true:metadata=1,ametadata=print:file=-";
  const lines = ffmpeg(...RAW, "-i", pcm, "-af", filter, "-f", "null", "-").split("\n");
  const last = (key: string): number =>
    Number(lines.findLast((line) => line.startsWith(`lavfi.r128.${key}=`))?.split("=")[1]);
  return {
    integrated: last("I"),
    range: last("LRA"),
    truePeak: 20 * Math.log10(last("true_peak")),
  };
}

const songs = readdirSync(SONGS).filter((name) => name.endsWith(".ogg"));

describe.each(songs)("%s", (song) => {
  test("reads as ffmpeg's ebur128 does", () => {
    ffmpeg("-i", join(SONGS, song), ...RAW, pcm);
    const native = ebur128();
    const { integrated, range, truePeak } = ours();
    expect(Math.abs(integrated - native.integrated), "integrated").toBeLessThan(0.03);
    expect(Math.abs(range - native.range), "range").toBeLessThan(0.2);
    expect(Math.abs(truePeak - native.truePeak), "true peak").toBeLessThan(0.1);
  });

  test("reads as loudgain does", () => {
    // loudgain measures 16 bit: 9 dB down, nothing clips.
    ffmpeg("-i", join(SONGS, song), "-af", "volume=-9dB", "-sample_fmt", "s16", flac);
    ffmpeg("-i", flac, ...RAW, pcm);
    const [header = "", values = ""] = run("loudgain", "-s", "s", "-q", "-O", flac).split("\n");
    const column = (name: string): number =>
      Number.parseFloat(values.split("\t")[header.split("\t").indexOf(name)] ?? "");
    const { integrated, range } = ours();
    expect(Math.abs(integrated - column("Loudness")), "integrated").toBeLessThan(0.03);
    expect(Math.abs(range - column("Range")), "range").toBeLessThan(0.2);
  });
});

test("all 41 songs were there", () => {
  expect(songs).toHaveLength(41);
});
