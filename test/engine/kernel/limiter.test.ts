import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidSampleError } from "@/lib/kernel";
import { decibels } from "@/lib/loudness/units";
import {
  amplitude,
  fromFunction,
  independentTruePeak,
  interleave,
  parts,
  random,
  silence,
  tone,
  type Pcm,
} from "../../support/signals";
import { firstDifference, limit, loadKernel, measure } from "./kernel";

const kernel = loadKernel();
const RATE = 44_100;

/** What the ceiling may be exceeded by, in dB. */
const EXCESS = 0.05;

const mono = (length: number, value: (i: number) => number): Pcm =>
  interleave(RATE, [fromFunction(length, value)]);

const next = random(1);
const LENGTH = 9000;
/** Full-scale signals that make peaks between samples, or that moving gain makes peaks of. */
const ADVERSARIES: Record<string, Pcm> = {
  "square, 441 Hz": mono(LENGTH, (i) => (Math.floor(i / 50) % 2 ? 1 : -1)),
  "square, 1 kHz": mono(LENGTH, (i) => (((i * 1000) / RATE) % 1 < 0.5 ? 1 : -1)),
  "square, 7 kHz": mono(LENGTH, (i) => (((i * 7001) / RATE) % 1 < 0.5 ? 1 : -1)),
  "fs/4 at 45°": mono(LENGTH, (i) => Math.sin((Math.PI / 2) * i + Math.PI / 4)),
  "one impulse": mono(LENGTH, (i) => (i === 5000 ? 1 : 0)),
  impulses: mono(LENGTH, (i) => (i % 997 === 0 ? 1 : 0)),
  constant: mono(LENGTH, () => 1),
  "constant, switched": mono(LENGTH, (i) => (i > 3000 && i < 6000 ? 1 : 0)),
  noise: mono(LENGTH, next),
  "noise, switched": mono(LENGTH, (i) => next() * (Math.floor(i / 1500) % 2)),
  "half the sample rate, switched": mono(
    LENGTH,
    (i) => (i % 2 ? 1 : -1) * (Math.floor(i / 999) % 2),
  ),
  "0.45 fs": mono(LENGTH, (i) => Math.sin(2 * Math.PI * 0.45 * i)),
  "0.37 fs, 20 dB louder in the middle": mono(
    LENGTH,
    (i) => Math.sin(2 * Math.PI * 0.37 * i) * (i < 4500 ? 0.1 : 1),
  ),
  "40 Hz": mono(LENGTH, (i) => Math.sin((2 * Math.PI * 40 * i) / RATE)),
  "two tones that beat": mono(
    LENGTH,
    (i) => 0.5 * Math.sin(2 * Math.PI * 0.21 * i) + 0.5 * Math.sin(2 * Math.PI * 0.23 * i + 1),
  ),
};

describe("the ceiling holds", () => {
  test.each(Object.entries(ADVERSARIES))("%s", (_, pcm) => {
    for (const gain of [3, 20]) {
      const out = limit(kernel, pcm, gain, -1);
      expect(out.samples).toHaveLength(pcm.samples.length);
      expect(out.maxReduction).toBeGreaterThan(0);
      expect(independentTruePeak(out), `gain ${gain}`).toBeLessThan(-1 + EXCESS);
      expect(measure(kernel, out).measurement.truePeak).toBeLessThan(-1 + EXCESS);
    }
  });

  test("whatever the signal is made of", () => {
    const section = fc.record({
      length: fc.integer({ min: 1, max: 600 }),
      level: fc.double({ min: 0, max: 2, noNaN: true }),
      share: fc.double({ min: 0, max: 0.45, noNaN: true }),
      noise: fc.double({ min: 0, max: 0.5, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(section, { minLength: 1, maxLength: 8 }),
        fc.double({ min: -6, max: 24, noNaN: true }),
        fc.double({ min: -9, max: 3, noNaN: true }),
        fc.integer(),
        (sections, gain, ceiling, seed) => {
          const noise = random(seed);
          const samples = sections.flatMap(({ length, level, share, noise: amount }) =>
            Array.from(
              { length },
              (_, i) => level * (Math.cos(2 * Math.PI * share * i) + amount * noise()),
            ),
          );
          const out = limit(
            kernel,
            mono(samples.length, (i) => samples[i] ?? 0),
            gain,
            ceiling,
          );
          expect(measure(kernel, out).measurement.truePeak).toBeLessThan(ceiling + EXCESS);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([8000, 22_050, 96_000, 192_000])("at %i Hz", (sampleRate) => {
    const noise = random(7);
    const pcm = { ...mono(20_000, () => noise()), sampleRate };
    const out = limit(kernel, pcm, 12, -1);
    const { truePeak } = measure(kernel, out).measurement;
    expect(truePeak).toBeLessThan(-1 + EXCESS);
    expect(truePeak).toBeGreaterThan(-2);
  });

  test("in every channel, all of which are turned down alike", () => {
    const [left, right] = [
      fromFunction(9000, (i) => (i > 4000 && i < 4100 ? Math.sin(i / 3) : 0)),
      fromFunction(9000, (i) => 0.1 * Math.sin(i / 20)),
    ];
    const pcm = interleave(RATE, [left, right]);
    const out = limit(kernel, pcm, 6, -1);
    expect(measure(kernel, out).measurement.truePeak).toBeLessThan(-1 + EXCESS);
    let turnedDown = 0;
    for (let i = 0; i < 9000; i++) {
      const [l, r] = [out.samples[2 * i]! / left[i]!, out.samples[2 * i + 1]! / right[i]!];
      if (Math.abs(left[i]!) > 1e-3 && Math.abs(right[i]!) > 1e-3) {
        expect(l / r).toBeCloseTo(1, 4);
        if (l < amplitude(6) * 0.99) turnedDown++;
      }
    }
    expect(turnedDown).toBeGreaterThan(50);
  });
});

describe("where nothing exceeds the ceiling", () => {
  test("the output is the gain alone, bit for bit", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: -30, max: 30, noNaN: true }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 12_000 }),
        (seed, gain, channels, frames) => {
          const noise = random(seed);
          const pcm = interleave(
            RATE,
            Array.from({ length: channels }, () => fromFunction(frames, noise)),
          );
          const wanted = pcm.samples.slice();
          kernel.gain(decibels(gain)).process(wanted);
          const { truePeak } = measure(kernel, { ...pcm, samples: wanted }).measurement;
          const out = limit(kernel, pcm, gain, truePeak + 0.01);
          expect(firstDifference(out.samples, wanted)).toBe(-1);
          expect(out.maxReduction).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("this is so in the quiet parts of a song with loud ones too", () => {
    const song = parts(RATE, [
      tone(-20, 4),
      tone(-2, 1),
      tone(-20, 8),
      tone(-1, 0.01),
      tone(-20, 4),
    ]);
    const pcm = interleave(RATE, [song]);
    const out = limit(kernel, pcm, 6, -1);
    const wanted = song.slice();
    kernel.gain(decibels(6)).process(wanted);
    const same = (from: number, to: number) => {
      const part = (all: Float32Array) => all.subarray(from * RATE, to * RATE);
      expect(firstDifference(part(out.samples), part(wanted))).toBe(-1);
    };
    same(0, 3.9);
    same(9, 12.9);
    same(15.5, 17);
    expect(out.maxReduction).toBeGreaterThan(5);
  });
});

describe("the gain moves gently", () => {
  test("it never falls or rises by more than 3 % in a tenth of a millisecond", () => {
    const song = parts(RATE, [tone(-20, 0.3), tone(-1, 0.2), tone(-20, 0.3)], 50);
    // A constant shows the gain itself.
    const withPilot = interleave(RATE, [song, song.map(() => 1e-3)]);
    const out = limit(kernel, withPilot, 6, -1);
    let steepest = 0;
    for (let i = 1; i < song.length - 5; i++) {
      const now = out.samples[2 * i + 1]!;
      steepest = Math.max(steepest, Math.abs(out.samples[2 * (i + 4) + 1]! / now - 1));
    }
    expect(out.maxReduction).toBeGreaterThan(5);
    expect(steepest).toBeLessThan(0.03);
  });

  test("a single peak is over in half a second, a loud part holds the gain down longer", () => {
    const recovery = (seconds: number) => {
      const song = parts(RATE, [silence(0.1), tone(0, seconds), silence(3)]);
      const out = limit(kernel, interleave(RATE, [song, song.map(() => 1e-3)]), 6, -1);
      const end = Math.round((0.1 + seconds) * RATE);
      const pilot = (i: number) => out.samples[2 * i + 1]! / (1e-3 * amplitude(6));
      for (let i = end; ; i += 44) if (pilot(i) > amplitude(-0.2)) return (i - end) / RATE;
    };
    expect(recovery(0.005)).toBeLessThan(0.5);
    expect(recovery(2)).toBeGreaterThan(0.5);
    expect(recovery(2)).toBeLessThan(2.5);
  });
});

describe("the stream", () => {
  const noise = random(3);
  const pcm = interleave(RATE, [
    fromFunction(20_001, noise),
    fromFunction(20_001, (i) => Math.sin(i / 30)),
  ]);

  test("how it is cut changes no bit, not even inside a frame", () => {
    const whole = limit(kernel, pcm, 6, -1);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000 }), (chunk) => {
        const out = limit(kernel, pcm, 6, -1, chunk);
        expect(firstDifference(out.samples, whole.samples)).toBe(-1);
        expect(out.maxReduction).toBe(whole.maxReduction);
      }),
      { numRuns: 15 },
    );
  });

  test("output is as long as input, at any length", () => {
    fc.assert(
      fc.property(fc.nat(9000), fc.integer({ min: 1, max: 5000 }), (length, chunk) => {
        const cut = { ...pcm, samples: pcm.samples.subarray(0, length) };
        expect(limit(kernel, cut, 6, -1, chunk).samples).toHaveLength(length);
      }),
      { numRuns: 30 },
    );
  });

  test("a NaN or an infinity is refused at once, with its frame", () => {
    for (const at of [0, 5, 8191, 8192, 30_000]) {
      const samples = pcm.samples.slice();
      samples[at] = at % 2 ? NaN : Infinity;
      let thrown: unknown;
      try {
        limit(kernel, { ...pcm, samples }, 0, -1, 700);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(InvalidSampleError);
      expect(thrown).toMatchObject({ frame: Math.floor(at / 2) });
    }
  });

  test("an instance that is used again starts afresh", () => {
    const first = limit(kernel, pcm, 20, -3);
    measure(kernel, pcm);
    expect(firstDifference(limit(kernel, pcm, 20, -3).samples, first.samples)).toBe(-1);
  });
});
