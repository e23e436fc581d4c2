/**
 * The meter against native ones on real songs: ffmpeg's `ebur128` on the very same samples, and
 * loudgain (libebur128) on FLAC copies.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { MeterResult } from "@/lib/kernel";
import { loudnessOfPower, loudnessRange } from "@/lib/loudness/gating";
import { loadKernel, measure } from "../engine/kernel/kernel";

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

function ours(): MeterResult {
  const bytes = readFileSync(pcm);
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return measure(kernel, { sampleRate: RATE, channels: 2, samples });
}

/** The last reading, with 3 decimals; the peak is a ratio there. */
function ebur128() {
  const filter = "ebur128=peak=true:metadata=1,ametadata=print:file=-";
  const lines = ffmpeg(...RAW, "-i", pcm, "-af", filter, "-f", "null", "-").split("\n");
  const all = (key: string): number[] =>
    lines.flatMap((line) =>
      line.startsWith(`lavfi.r128.${key}=`) ? [Number(line.split("=")[1])] : [],
    );
  return {
    integrated: all("I").at(-1) ?? NaN,
    truePeak: 20 * Math.log10(all("true_peak").at(-1) ?? NaN),
    // Its own range takes the percentile one rank below that of Tech 3342, which shows in short
    // songs that fade; its short-term values are what matters.
    range: loudnessRange(all("S").slice(29)),
  };
}

/** The peak of the song made 16 times as dense by ffmpeg's resampler at its sharpest. */
function densePeak(): number {
  const dense = "aresample=705600:filter_size=128:cutoff=0.98:exact_rational=1:osf=dbl";
  const stats = "aformat=dbl,astats=measure_perchannel=none:measure_overall=Peak_level";
  const args = [...RAW, "-i", pcm, "-af", `${dense},${stats}`, "-f", "null", "-"];
  const { stderr } = spawnSync("ffmpeg", ["-hide_banner", "-nostats", "-nostdin", ...args]);
  return Number(/Peak level dB: (\S+)/.exec(stderr.toString())?.[1]);
}

/**
 * Two meters may differ by one block that lies right at the relative gate, which only a short song
 * notices.
 */
function tolerance({ detail }: MeterResult): number {
  const loudness = Array.from(detail.gatingBlocks, loudnessOfPower);
  const audible = detail.gatingBlocks.filter((_, i) => (loudness[i] ?? 0) > -70);
  const mean = audible.reduce((sum, power) => sum + power, 0) / audible.length;
  const gate = loudnessOfPower(mean) - 10;
  const atGate = loudness.filter((value) => Math.abs(value - gate) < 0.01).length;
  return 0.03 + (4.5 * atGate) / audible.length;
}

const songs = readdirSync(SONGS).filter((name) => name.endsWith(".ogg"));

describe.each(songs)("%s", (song) => {
  test("reads as ffmpeg's ebur128 does", () => {
    ffmpeg("-i", join(SONGS, song), ...RAW, pcm);
    const native = ebur128();
    const result = ours();
    const { integrated, range, truePeak } = result.measurement;
    if (integrated === -Infinity) {
      expect(native.integrated).toBeLessThanOrEqual(-70);
      expect(truePeak).toBeLessThan(-60);
      return;
    }
    expect(Math.abs(integrated - native.integrated), "integrated").toBeLessThan(tolerance(result));
    expect(Math.abs(range - native.range), "range").toBeLessThan(0.2);
    // ebur128 looks 4.35 times a sample through a filter that falls off early, so it may be low.
    const wanted = Math.abs(truePeak - native.truePeak) < 0.1 ? native.truePeak : densePeak();
    expect(Math.abs(truePeak - wanted), "true peak").toBeLessThan(0.1);
  });

  test("reads as loudgain does", () => {
    // loudgain measures 16 bit: 9 dB down, nothing clips. Its range is not compared: it steps by
    // 1 s, which is too coarse for short songs.
    ffmpeg("-i", join(SONGS, song), "-af", "volume=-9dB", "-sample_fmt", "s16", flac);
    ffmpeg("-i", flac, ...RAW, pcm);
    const [header = "", values = ""] = run("loudgain", "-s", "s", "-q", "-O", flac).split("\n");
    const loudness = values.split("\t")[header.split("\t").indexOf("Loudness")] ?? "";
    const result = ours();
    const { integrated } = result.measurement;
    if (integrated === -Infinity) expect(loudness).toMatch(/-inf|-70/i);
    else {
      const difference = Math.abs(integrated - Number.parseFloat(loudness));
      expect(difference).toBeLessThan(tolerance(result));
    }
  });
});

test("all 41 songs were there", () => {
  expect(songs).toHaveLength(41);
});
