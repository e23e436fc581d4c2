import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fade, fromFunction, interleave, random, type Pcm } from "../../test/support/signals";
import { CEILING } from "./limiters";

const RATE = 44_100;
/** Amplitude of the ceiling. */
const C = 10 ** (CEILING / 20);
const sine = (hz: number, i: number): number => Math.sin((2 * Math.PI * hz * i) / RATE);
const mono = (seconds: number, value: (i: number) => number): Pcm => {
  const channel = fromFunction(seconds * RATE, value);
  return interleave(RATE, [channel, channel]);
};

/** Twenty seconds of five songs whose dynamics differ. */
export const EXCERPTS = [
  "casualties_of_war",
  "battle-epic",
  "frantic",
  "knolls",
  "the_dangerous_symphony",
] as const;

const SONGS = "/usr/share/games/wesnoth/1.16/data/core/music";

export function excerpt(song: string, from: number, seconds: number): Pcm {
  const args = ["-v", "error", "-nostdin", "-ss", `${from}`, "-t", `${seconds}`];
  const file = join(SONGS, `${song}.ogg`);
  const raw = ["-f", "f32le", "-ar", `${RATE}`, "-ac", "2"];
  const { stdout } = spawnSync("ffmpeg", [...args, "-i", file, ...raw, "-"], {
    maxBuffer: 2 ** 30,
  });
  const samples = new Float32Array(stdout.buffer.slice(stdout.byteOffset), 0, stdout.length / 4);
  return { sampleRate: RATE, channels: 2, samples };
}

/** Signals that make peaks between samples, or that moving gain makes peaks of. */
export function adversaries(): Record<string, Pcm> {
  const next = random(1);
  return {
    noise: mono(1, next),
    "square, 997 Hz": mono(1, (i) => (((i * 997) / RATE) % 1 < 0.5 ? 1 : -1)),
    "20.9 kHz, beating": mono(1, (i) => sine(20_900, i) * (0.6 + 0.4 * sine(31, i))),
    "fs/4": mono(1, (i) => Math.sin((Math.PI / 2) * i + Math.PI / 4)),
    "bursts at fs/2.01": mono(1, (i) => (i % 1500 < 300 ? Math.cos((2 * Math.PI * i) / 2.01) : 0)),
    clicks: mono(1, () => (Math.abs(next()) < 0.01 ? next() : 0)),
  };
}

interface Bass {
  readonly name: string;
  readonly wave: (i: number) => number;
  /** Hz beside the pilot that count. */
  readonly from: number;
}

const seconds = (i: number): number => i / RATE;

/** At 1.9 times the ceiling. */
export const BASSES: readonly Bass[] = [
  { name: "50 Hz", wave: (i) => sine(50, i), from: 25 },
  { name: "40 Hz", wave: (i) => sine(40, i), from: 25 },
  { name: "30 Hz", wave: (i) => sine(30, i), from: 25 },
  { name: "50 Hz, one half-wave over", wave: (i) => Math.max(sine(50, i), -0.5), from: 25 },
  { name: "35 Hz, one half-wave over", wave: (i) => Math.max(sine(35, i), -0.5), from: 25 },
  {
    name: "sweep 35 to 120 Hz",
    wave: (i) => Math.sin(2 * Math.PI * (35 * seconds(i) + (85 / 4) * seconds(i) ** 2)),
    from: 25,
  },
  {
    // To the ceiling at the end of the second that counts.
    name: "50 Hz, dying away",
    wave: (i) => sine(50, i) * Math.exp(-seconds(i) / 2.3),
    from: 25,
  },
  { name: "50 + 57 Hz, from 25 Hz on", wave: (i) => (sine(50, i) + sine(57, i)) / 2, from: 25 },
  { name: "50 + 57 Hz, from 45 Hz on", wave: (i) => (sine(50, i) + sine(57, i)) / 2, from: 45 },
];

/** Bass on one side, on the other a pilot of 10 kHz, which shows the gain and nothing else. */
export function bassWithPilot({ wave }: Bass): Pcm {
  const bass = fade(
    fromFunction(2 * RATE, (i) => 1.9 * C * wave(i)),
    RATE / 4,
  );
  const pilot = fromFunction(bass.length, (i) => 0.05 * C * sine(10_000, i));
  return interleave(RATE, [bass, pilot]);
}

/** What stands beside the pilot in the steady second, against it, dB. */
export function sidebands({ samples }: Pcm, from: number): number {
  const middle = Float64Array.from({ length: RATE }, (_, i) => {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / RATE);
    return samples[2 * (i + RATE / 2) + 1]! * hann;
  });
  let beside = 0;
  for (let hz = from; hz <= 1500; hz += hz < 400 ? 1 : 25) {
    beside += powerAt(middle, 10_000 + hz) + powerAt(middle, 10_000 - hz);
  }
  return 10 * Math.log10(beside / powerAt(middle, 10_000));
}

/** Goertzel's algorithm. */
function powerAt(signal: Float64Array, hz: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / RATE);
  let [a, b] = [0, 0];
  for (const value of signal) [a, b] = [value + turn * a - b, a];
  return a * a + b * b - turn * a * b;
}

const AT = 20_000;
/** dB that a gain counts as moved by. */
const MOVED = 0.1;

/** A click 6 dB over; the other side shows the gain. */
export const click: Pcm = interleave(RATE, [
  fromFunction(RATE * 1.5, (i) => C * (0.25 * sine(1000, i) + (i === AT ? 1.75 : 0))),
  fromFunction(RATE * 1.5, () => 1e-3),
]);
/** A kick drum: 50 Hz that dies away in 120 ms, 6 dB over at first. */
export const kick: Pcm = interleave(RATE, [
  fromFunction(RATE * 1.5, (i) => {
    const t = seconds(i - AT);
    return t < 0 ? 0 : 2 * C * Math.exp(-t / 0.12) * Math.sin(2 * Math.PI * 50 * t);
  }),
  fromFunction(RATE * 1.5, () => 1e-3),
]);

/** Milliseconds that a gain moves before the first and after the last sample over the ceiling. */
export function movedAround(source: Pcm, limited: Pcm): { before: number; after: number } {
  const frames = source.samples.length / 2;
  const isOver = (i: number) => Math.abs(source.samples[2 * i]!) > C;
  const gainAt = (i: number) => limited.samples[2 * i + 1]! / source.samples[2 * i + 1]!;
  const all = Array.from({ length: frames - 200 }, (_, i) => i + 100);
  // Some limiters never come to rest at unity.
  const rest = gainAt(AT - 4000);
  const moved = (i: number) => Math.abs(20 * Math.log10(gainAt(i) / rest)) > MOVED;
  const toMs = (count: number) => (1000 * count) / RATE;
  const aroundPeaks = all.filter((i) => i > AT - 4000);
  return {
    before: toMs(all.find(isOver)! - (aroundPeaks.find(moved) ?? NaN)),
    after: toMs((aroundPeaks.findLast(moved) ?? NaN) - all.findLast(isOver)!),
  };
}
