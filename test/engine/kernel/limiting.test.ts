import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  limitReference,
  reductionReference,
  slicePeaksReference,
} from "@/lib/kernel/limiting/reference";
import { peakOf, sliceFrames } from "@/lib/loudness/slices";
import { amplitudeToDecibels, dbtp, decibels } from "@/lib/loudness/units";
import {
  amplitude,
  fade,
  fromFunction,
  independentTruePeak,
  interleave,
  parts,
  random,
  tone,
  type Pcm,
} from "../../support/signals";
import {
  firstDifference,
  formatOf,
  limitWhole,
  loadKernel,
  lookCloser,
  measure,
  slice,
} from "./kernel";

const kernel = loadKernel();
const RATE = 44_100;
/** What the ceiling may be exceeded by, in dB: by our meter, and by one with longer filters. */
const EXCESS = 0.05;
const OTHER_EXCESS = 0.12;

const mono = (length: number, value: (i: number) => number, sampleRate = RATE): Pcm =>
  interleave(sampleRate, [fromFunction(length, value)]);
const sine = (hz: number, i: number, rate = RATE) => Math.sin((2 * Math.PI * hz * i) / rate);

/** The gain that a programme gets, frame by frame, as a channel of its own shows it. */
function gainsOf(song: Float32Array, gain: number, ceiling = 0, sampleRate = RATE): Float64Array {
  const pilot = interleave(sampleRate, [song, song.map(() => 1e-3)]);
  const { pcm } = limitWhole(kernel, pilot, gain, ceiling);
  return Float64Array.from(song, (_, i) => {
    return pcm.samples[2 * i + 1]! / (1e-3 * amplitude(gain));
  });
}

const next = random(1);
const LENGTH = 9000;
/** Signals that make peaks between samples, or that moving gain makes peaks of. */
const ADVERSARIES: Record<string, Pcm> = {
  "square, 997 Hz": mono(LENGTH, (i) => (((i * 997) / RATE) % 1 < 0.5 ? 1 : -1)),
  "square, 441 Hz": mono(LENGTH, (i) => (Math.floor(i / 50) % 2 ? 1 : -1)),
  "20.9 kHz, beating": mono(LENGTH, (i) => sine(20_900, i) * (0.6 + 0.4 * sine(31, i))),
  "fs/4 at 45°": mono(LENGTH, (i) => Math.sin((Math.PI / 2) * i + Math.PI / 4)),
  "bursts at fs/2.01": mono(LENGTH, (i) => {
    return i % 1500 < 300 ? Math.cos((2 * Math.PI * i) / 2.01) : 0;
  }),
  clicks: mono(LENGTH, () => (Math.abs(next()) < 0.01 ? next() : 0)),
  "one sample in silence": mono(LENGTH, (i) => (i === 5000 ? 1 : 0)),
  "one sample at the end": mono(LENGTH, (i) => (i === LENGTH - 1 ? 1 : 0)),
  constant: mono(LENGTH, () => 1),
  "constant, switched": mono(LENGTH, (i) => (i > 3000 && i < 6000 ? 1 : 0)),
  noise: mono(LENGTH, next),
  "noise, switched": mono(LENGTH, (i) => next() * (Math.floor(i / 1500) % 2)),
  "half the sample rate, switched": mono(LENGTH, (i) => {
    return (i % 2 ? 1 : -1) * (Math.floor(i / 999) % 2);
  }),
  "float, 30 dB over": mono(LENGTH, (i) => 31.6 * sine(1234.5, i)),
};

describe("the ceiling holds", () => {
  test.each(Object.entries(ADVERSARIES))("%s", (_, pcm) => {
    for (const gain of [3, 12, 20]) {
      const out = limitWhole(kernel, pcm, gain, -1).pcm;
      expect(out.samples).toHaveLength(pcm.samples.length);
      expect(independentTruePeak(out), `gain ${gain}`).toBeLessThan(-1 + OTHER_EXCESS);
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
            Array.from({ length }, (_, i) => {
              return level * (Math.cos(2 * Math.PI * share * i) + amount * noise());
            }),
          );
          const pcm = mono(samples.length, (i) => samples[i]!);
          const out = limitWhole(kernel, pcm, gain, ceiling).pcm;
          expect(measure(kernel, out).measurement.truePeak).toBeLessThan(ceiling + EXCESS);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    [8_000, 1],
    [11_025, 2],
    [22_050, 2],
    [48_000, 6],
    [96_000, 2],
    [192_000, 8],
  ])("at %i Hz, %i channels", (sampleRate, channels) => {
    const noise = random(7);
    const quiet = random(8);
    const pcm = interleave(
      sampleRate,
      Array.from({ length: channels }, (_, c) => {
        return fromFunction(sampleRate / 4, c === 0 ? noise : () => 0.1 * quiet());
      }),
    );
    const out = limitWhole(kernel, pcm, 12, -1).pcm;
    const { truePeak } = measure(kernel, out).measurement;
    expect(truePeak).toBeLessThan(-1 + EXCESS);
    // White noise holds much near half the sample rate, where meters disagree.
    expect(truePeak).toBeGreaterThan(-1.5);
  });
});

describe("agrees with the plain reference", () => {
  /** Tones up to 0.3 fs whose level jumps; slow at the jumps, so that nothing lies above. */
  const programme = (frames: number, channels: number, sampleRate: number): Pcm =>
    interleave(
      sampleRate,
      Array.from({ length: channels }, (_, c) =>
        fromFunction(frames, (i) => {
          const level = 0.5 + 0.4 * Math.tanh(20 * Math.sin((i + 300 * c) / 500));
          const sum = [0.003, 0.011 + 0.01 * c, 0.07, 0.19, 0.31].map((share) =>
            Math.sin(2 * Math.PI * share * i + c),
          );
          return (level * sum.reduce((x, y) => x + y)) / 2.5;
        }),
      ),
    );

  test.each([
    [44_100, 2, 6000],
    [44_100, 1, 40],
    [44_100, 1, 7],
    [44_100, 3, 4111],
    [8_000, 2, 3001],
    [96_000, 1, 5000],
    [192_000, 2, 6000],
  ])("%i Hz, %i channels, %i frames", (sampleRate, channels, frames) => {
    const pcm = programme(frames, channels, sampleRate);
    const [gain, ceiling] = [6, -1];
    const size = sliceFrames(sampleRate);
    const sliced = slice(kernel, pcm);
    lookCloser(kernel, sliced, gain, ceiling);
    const codes = new Uint32Array(sliced.slices.count);
    sliced.slices.read(0, codes);
    if (sampleRate < 192_000) {
      slicePeaksReference(pcm.samples, pcm, size).forEach((peak, k) => {
        if (amplitudeToDecibels(peak) < ceiling - gain) return;
        // Rounding up of the code and of the search, 0.009 and 0.005 dB.
        const higher = amplitudeToDecibels(peakOf(codes[k]!) / peak);
        expect(higher, `slice ${k}`).toBeGreaterThan(-0.002);
        // Where a signal sets in, it has much near half the sample rate, which counts on top.
        const inside = k > 200 / size + 2 && k < codes.length - 200 / size - 2;
        if (inside) expect(higher, `slice ${k}`).toBeLessThan(0.03);
      });
    }
    const peaks = Array.from(codes, (code) => Math.max(-200, amplitudeToDecibels(peakOf(code))));
    const gains = reductionReference(peaks, ceiling - gain, size / sampleRate);
    const wanted = limitReference(pcm.samples, channels, gains, size, gain);
    const out = limitWhole(kernel, pcm, gain, ceiling).pcm.samples;
    out.forEach((sample, i) => {
      if (Math.abs(sample - wanted[i]!) > 2e-6) expect(sample, `sample ${i}`).toBe(wanted[i]);
    });
  });
});

describe("where nothing exceeds the ceiling", () => {
  test("the output is the gain alone, bit for bit", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: -30, max: 30, noNaN: true }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 9000 }),
        (seed, gain, channels, frames) => {
          const noise = random(seed);
          const pcm = interleave(
            RATE,
            Array.from({ length: channels }, () => fromFunction(frames, noise)),
          );
          const wanted = pcm.samples.slice();
          kernel.gain(decibels(gain)).process(wanted);
          const { truePeak } = measure(kernel, { ...pcm, samples: wanted }).measurement;
          // Beyond the ceiling's margin, what a detector sees near half the sample rate counts too.
          const out = limitWhole(kernel, pcm, gain, truePeak + 3).pcm;
          expect(firstDifference(out.samples, wanted)).toBe(-1);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("this is so in the quiet parts of a song with loud ones too", () => {
    const song = parts(RATE, [
      tone(-20, 2),
      tone(-2, 0.3),
      tone(-20, 2),
      tone(-1, 0.01),
      tone(-20, 1),
    ]);
    const out = limitWhole(kernel, interleave(RATE, [song]), 6, -1).pcm.samples;
    const wanted = song.slice();
    kernel.gain(decibels(6)).process(wanted);
    const same = (from: number, to: number) => {
      const part = (all: Float32Array) => all.subarray(from * RATE, to * RATE);
      expect(firstDifference(part(out), part(wanted))).toBe(-1);
    };
    same(0, 1.98);
    same(2.4, 4.28);
    same(4.35, 5.3);
    expect(firstDifference(out, wanted)).toBeGreaterThan(0);
  });
});

describe("the gain", () => {
  test("forgets a click within 30 ms and begins at most 6 ms before it", () => {
    const song = fromFunction(RATE / 2, (i) => 0.5 * sine(1000, i) + (i === 10_000 ? 1.5 : 0));
    const gains = gainsOf(song, 0);
    const changed = (i: number) => gains[i]! < amplitude(-0.01);
    const first = gains.findIndex((_, i) => changed(i));
    const last = gains.findLastIndex((_, i) => changed(i));
    expect((10_000 - first) / RATE).toBeLessThan(0.006);
    expect((last - 10_000) / RATE).toBeLessThan(0.03);
  });

  test.each([8_000, 16_000, 22_050, 32_000, 48_000, 96_000, 192_000])(
    "begins at most 7.5 ms before a click at %i Hz",
    (rate) => {
      const at = Math.round(rate / 4);
      const song = fromFunction(rate / 2, (i) => (i === at ? 2 : 0));
      const gains = gainsOf(song, 0, 0, rate);
      const first = gains.findIndex((gain) => gain < amplitude(-0.01));
      expect((at - first) / rate).toBeLessThan(0.0075);
    },
  );

  test("lets a kick drum go within 100 ms", () => {
    const start = 10_000;
    const song = fromFunction(RATE, (i) => {
      const t = (i - start) / RATE;
      return t < 0 ? 0 : 2 * Math.exp(-t / 0.12) * Math.sin(2 * Math.PI * 50 * t);
    });
    const gains = gainsOf(song, 0);
    const lastOver = song.findLastIndex((sample) => Math.abs(sample) > 1);
    const last = gains.findLastIndex((gain) => gain < amplitude(-0.1));
    expect((last - lastOver) / RATE).toBeLessThan(0.1);
    expect(gains[lastOver]).toBeLessThan(1);
  });

  test("never falls or rises by more than 6 % in a tenth of a millisecond", () => {
    const song = parts(RATE, [tone(-20, 0.3), tone(-1, 0.2), tone(-20, 0.3)], 50);
    const gains = gainsOf(song, 6, -1);
    let steepest = 0;
    for (let i = 4; i < gains.length; i++) {
      steepest = Math.max(steepest, Math.abs(gains[i]! / gains[i - 4]! - 1));
    }
    expect(Math.min(...gains)).toBeLessThan(amplitude(-5));
    expect(steepest).toBeLessThan(0.06);
  });

  test("with more gain, envelope and gain together never fall", () => {
    const noise = random(4);
    const song = fromFunction(20_000, (i) => noise() * (0.2 + 0.8 * Math.abs(sine(3, i))));
    let before: Float64Array | null = null;
    for (let gain = 0; gain <= 12; gain += 1.5) {
      const output = gainsOf(song, gain, -3).map((value) => value * amplitude(gain));
      const lower = output.findIndex((value, i) => value < (before?.[i] ?? 0) * (1 - 2e-5));
      expect(lower, `gain ${gain}`).toBe(-1);
      before = output;
    }
  });
});

/** Power at a frequency under a Hann window, by Goertzel's algorithm. */
function level(signal: ArrayLike<number>, hz: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / RATE);
  let [a, b] = [0, 0];
  for (let i = 0; i < signal.length; i++) {
    const value = signal[i]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / signal.length));
    [a, b] = [value + turn * a - b, a];
  }
  return a * a + b * b - turn * a * b;
}

describe("bass at twice the ceiling", () => {
  /**
   * Sidebands around a 10 kHz pilot against it, in dB: what the moving gain does to the music above
   * the bass. The pilot is the gain itself, since nothing else reaches the second channel.
   */
  function sidebands(bass: (i: number) => number, from = 25): number {
    const seconds = 2;
    const song = fade(
      fromFunction(seconds * RATE, (i) => 1.9 * bass(i)),
      RATE / 4,
    );
    const pilot = fromFunction(song.length, (i) => 0.05 * sine(10_000, i));
    const { samples } = limitWhole(kernel, interleave(RATE, [song, pilot]), 0, 0).pcm;
    // The steady part.
    const middle = Float64Array.from({ length: RATE }, (_, i) => samples[2 * (i + RATE / 2) + 1]!);
    let beside = 0;
    for (let hz = from; hz <= 1500; hz += hz < 400 ? 1 : 25) {
      beside += level(middle, 10_000 + hz) + level(middle, 10_000 - hz);
    }
    return 10 * Math.log10(beside / level(middle, 10_000));
  }

  test.each<[string, (i: number) => number, number, number]>([
    ["50 Hz", (i) => sine(50, i), 25, -80],
    ["40 Hz", (i) => sine(40, i), 25, -80],
    ["30 Hz", (i) => sine(30, i), 25, -80],
    ["50 Hz, one half-wave over", (i) => Math.max(sine(50, i), -0.5), 25, -80],
    ["35 Hz, one half-wave over", (i) => Math.max(sine(35, i), -0.5), 25, -28],
    ["50 Hz, dying away", (i) => sine(50, i) * Math.exp(-i / RATE / 2.3), 25, -70],
    ["50 + 57 Hz", (i) => (sine(50, i) + sine(57, i)) / 2, 45, -36],
  ])("leaves the music above it alone: %s", (_, bass, from, most) => {
    expect(sidebands(bass, from)).toBeLessThan(most);
  });
});

describe("the stream", () => {
  const noise = random(3);
  const pcm = interleave(RATE, [
    fromFunction(40_001, noise),
    fromFunction(40_001, (i) => Math.sin(i / 30)),
  ]);

  test("how it is cut changes no bit", () => {
    const whole = limitWhole(kernel, pcm, 6, -1).pcm.samples;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000 }), (chunk) => {
        const out = limitWhole(kernel, pcm, 6, -1, { chunk }).pcm.samples;
        expect(firstDifference(out, whole)).toBe(-1);
      }),
      { numRuns: 15 },
    );
  });

  test("any length comes out whole and under the ceiling", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (frames) => {
        const cut = { ...pcm, samples: pcm.samples.subarray(0, 2 * frames) };
        const out = limitWhole(kernel, cut, 12, -1).pcm;
        expect(measure(kernel, out).measurement.truePeak).toBeLessThan(-1 + EXCESS);
      }),
      { numRuns: 60 },
    );
  });

  test("more frames than were measured are refused", () => {
    const sliced = slice(kernel, pcm);
    const limiting = kernel.limiting({
      ...{ format: formatOf(pcm), slices: sliced.slices },
      ...{ gain: decibels(6), ceiling: dbtp(-1) },
    });
    limiting.process(pcm.samples.slice());
    expect(() => limiting.process(new Float32Array(2))).toThrow(RangeError);
    expect(() => limiting.process(new Float32Array(3))).toThrow(RangeError);
    limiting.dispose();
  });
});

describe("the join of two songs of a gapless album", () => {
  /** One programme with peaks right before and after the place where it is cut in two. */
  const whole = (frames: number, cut: number): Float32Array =>
    fromFunction(frames, (i) => {
      const near = Math.exp(-(((i - cut) / 900) ** 2));
      return (0.3 + 1.5 * near) * sine(317, i) * (i > cut ? 1.1 : 1);
    });
  const pilot = (song: Float32Array) => interleave(RATE, [song, song.map(() => 1e-3)]);

  test.each([20_000, 20_001, 20_005, 20_015, 20_016, 20_017, 20_031])(
    "has no step of the gain, cut at frame %i",
    (cut) => {
      const song = whole(40_000, cut);
      const [first, second] = [pilot(song.subarray(0, cut)), pilot(song.subarray(cut))];
      const [before, after] = [slice(kernel, first), slice(kernel, second)];
      const out = [
        limitWhole(kernel, first, 0, -3, {
          neighbours: { before: null, after: after.measured.edges!.head },
        }),
        limitWhole(kernel, second, 0, -3, {
          neighbours: { before: before.measured.edges!.tail, after: null },
        }),
      ];
      const gains = out.flatMap(({ pcm: { samples } }) =>
        Array.from({ length: samples.length / 2 }, (_, i) => {
          return amplitudeToDecibels(samples[2 * i + 1]! / 1e-3);
        }),
      );
      // Where the gain goes on its way, a step is what differs from that way.
      const step = gains[cut]! - gains[cut - 1]!;
      const way = (gains[cut + 1]! - gains[cut]! + gains[cut - 1]! - gains[cut - 2]!) / 2;
      expect(Math.abs(step - way)).toBeLessThan(0.01);
      expect(gains[cut]).toBeLessThan(-3);
    },
  );

  test("is as if both were one song, where silence lies between", () => {
    const cut = 20_000;
    const song = whole(40_000, cut).map((sample, i) => (Math.abs(i - cut) < 100 ? 0 : sample));
    const parts = [song.subarray(0, cut), song.subarray(cut)].map((part) =>
      interleave(RATE, [part]),
    );
    const [before, after] = parts.map((part) => slice(kernel, part).measured.edges!);
    const out = [
      limitWhole(kernel, parts[0]!, 0, -3, { neighbours: { before: null, after: after!.head } }),
      limitWhole(kernel, parts[1]!, 0, -3, { neighbours: { before: before!.tail, after: null } }),
    ];
    const joined = limitWhole(kernel, interleave(RATE, [song]), 0, -3).pcm.samples;
    const apart = Float32Array.from(out.flatMap(({ pcm }) => Array.from(pcm.samples)));
    expect(firstDifference(apart, joined)).toBe(-1);
    const alone = limitWhole(kernel, parts[0]!, 0, -3).pcm.samples;
    expect(firstDifference(alone, joined.subarray(0, cut))).toBeGreaterThan(0);
  });

  test("edges are the exact peaks of the ends, and short programmes have them too", () => {
    const noise = random(12);
    for (const frames of [1, 50, 3000, 9000, 30_000]) {
      const pcm = interleave(RATE, [fromFunction(frames, noise), fromFunction(frames, noise)]);
      const sliced = slice(kernel, pcm);
      const { head, tail } = sliced.measured.edges!;
      lookCloser(kernel, sliced, 0, -60);
      const codes = new Uint32Array(sliced.slices.count);
      sliced.slices.read(0, codes);
      const peaks = Array.from(codes, (code) => code & 0xffff);
      expect([...tail]).toEqual(peaks.slice(-tail.length));
      expect([...head]).toEqual(peaks.slice(0, head.length));
      if (frames === 30_000) expect(tail.length).toBeGreaterThanOrEqual((0.2 * RATE) / 32 - 1);
    }
  });
});
