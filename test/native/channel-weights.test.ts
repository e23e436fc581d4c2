/**
 * What each channel of a layout adds to the loudness, against native ffmpeg's `ebur128`. That gives
 * 1.41 to every channel behind, also to those beyond 120°, which BS.1770-5 Annex 3 weighs 1.
 */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { channelWeights } from "@/lib/kernel";
import { loadKernel, measure } from "../engine/kernel/kernel";
import { fromFunction, random } from "../support/signals";

const RATE = 48_000;
const kernel = loadKernel();
/** LU that a weight of 1.41 adds. */
const SURROUND = 10 * Math.log10(1.41);

/** Two seconds of noise in one channel, silence in the others. */
function inOne(channel: number, channels: number): Float32Array {
  const noise = random(channel + 1);
  return fromFunction(2 * RATE * channels, (i) => (i % channels === channel ? noise() * 0.1 : 0));
}

function ebur128(samples: Float32Array, layout: string, channels: number): number {
  const input = ["-f", "f32le", "-ar", `${RATE}`, "-ac", `${channels}`, "-channel_layout", layout];
  const args = [
    "-nostats",
    "-hide_banner",
    ...input,
    "-i",
    "-",
    "-af",
    "ebur128",
    "-f",
    "null",
    "-",
  ];
  const { stderr } = spawnSync("ffmpeg", args, { input: Buffer.from(samples.buffer) });
  return Number(/Summary[^]*?I:\s*(\S+) LUFS/.exec(stderr.toString())?.[1]);
}

/** Layouts, and the channels of them that ffmpeg weighs more than BS.1770-5 does. */
describe.each([
  ["quad", 4, []],
  ["5.0(side)", 5, []],
  ["5.1", 6, []],
  ["7.1(wide)", 8, []],
  ["4.0", 4, [3]],
  ["6.1", 7, [4]],
  ["7.1", 8, [4, 5]],
] as const)("%s", (layout, channels, heavier: readonly number[]) => {
  const weights = channelWeights(layout, channels);
  test.each(weights.map((weight, channel) => [channel, weight] as const))(
    "channel %i weighs %f",
    (channel, weight) => {
      const samples = inOne(channel, channels);
      const { integrated } = measure(
        kernel,
        { samples, sampleRate: RATE, channels },
        { sampleRate: RATE, channels, weights },
      ).measurement;
      const native = ebur128(samples, layout, channels);
      const difference = heavier.includes(channel) ? SURROUND : 0;
      if (weight === 0) expect([integrated, native]).toEqual([-Infinity, -70]);
      else expect(Math.abs(native - integrated - difference)).toBeLessThan(0.06);
    },
  );
});
