import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidSampleError, type PcmFormat } from "@/lib/kernel";
import { measureReference } from "@/lib/kernel/reference";
import type { Measurement } from "@/lib/loudness/measurement";
import {
  fade,
  fromFunction,
  inPhase,
  interleave,
  parts,
  random,
  silence,
  tone,
  type Pcm,
} from "../../support/signals";
import { formatOf, loadKernel, measure } from "./kernel";

const kernel = loadKernel();

/** Noise and tones whose level wanders, so that gates and maxima have something to do. */
function programme(seed: number, sampleRate: number, channels: number, seconds: number): Pcm {
  const next = random(seed);
  const length = Math.round(sampleRate * seconds);
  return interleave(
    sampleRate,
    Array.from({ length: channels }, () => {
      let level = 0;
      let last = 0;
      const [bright, step] = [Math.abs(next()), Math.abs(next()) * 2];
      return fromFunction(length, (i) => {
        if (i % 2000 === 0) level = 10 ** (1.5 * next() - 1.5);
        last += bright * (next() - last);
        return level * (last + 0.5 * Math.sin(step * i));
      });
    }),
  );
}

function expectClose(actual: Measurement, expected: Measurement): void {
  expect(actual.samplePeak).toBe(expected.samplePeak);
  expect(actual.samplesOverFullScale).toBe(expected.samplesOverFullScale);
  expect(actual.duration).toBe(expected.duration);
  for (const key of ["integrated", "range", "momentaryMax", "shortTermMax"] as const) {
    if (expected[key] === -Infinity) expect(actual[key]).toBe(-Infinity);
    else expect(actual[key], key).toBeCloseTo(expected[key], 6);
  }
  if (expected.truePeak === -Infinity) expect(actual.truePeak).toBe(-Infinity);
  else expect(actual.truePeak, "truePeak").toBeCloseTo(expected.truePeak, 3);
}

describe("agrees with the plain reference", () => {
  test.each([
    [8_000, 2, 4.2],
    [11_025, 1, 3.7],
    [22_050, 3, 0.7],
    [44_100, 2, 0.55],
    [44_100, 1, 0.2],
    [48_000, 6, 0.15],
    [48_000, 64, 0.02],
    [96_000, 2, 0.2],
    [192_000, 2, 3.3],
  ])("%i Hz, %i channels, %f s", (sampleRate, channels, seconds) => {
    for (const seed of [1, 2]) {
      const pcm = programme(seed, sampleRate, channels, seconds);
      const weights = Array.from({ length: channels }, (_, c) => [1, 1, 1, 0, 1.41][c % 5] ?? 1);
      const format: PcmFormat = { sampleRate, channels, weights };
      const { measurement, detail } = measure(kernel, pcm, format);
      const reference = measureReference(pcm.samples, format);
      expectClose(measurement, reference.measurement);
      expect(detail.gatingBlocks).toHaveLength(reference.detail.gatingBlocks.length);
      detail.gatingBlocks.forEach((block, i) => {
        const wanted = reference.detail.gatingBlocks[i] ?? NaN;
        expect(Math.abs(block - wanted)).toBeLessThanOrEqual(1e-9 * wanted + 1e-15);
      });
      for (const curve of ["shortTermCurve", "momentaryCurve"] as const) {
        expect(detail[curve]).toHaveLength(reference.detail[curve].length);
        detail[curve].forEach((v, i) => {
          const wanted = reference.detail[curve][i] ?? NaN;
          if (v !== wanted) expect(v).toBeCloseTo(wanted, 4);
        });
      }
    }
  });
});

describe("true peak", () => {
  test("is within 0.1 dB of a sine's amplitude at any frequency up to 0.45 fs", () => {
    const frequency = fc.double({ min: 0.01, max: 0.45, noNaN: true });
    const phase = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
    fc.assert(
      fc.property(frequency, phase, (share, start) => {
        const mono = fromFunction(4000, (i) => 0.5 * Math.sin(2 * Math.PI * share * i + start));
        fade(mono, 1000);
        const { truePeak } = measure(kernel, interleave(44_100, [mono])).measurement;
        const error = truePeak - 20 * Math.log10(0.5);
        expect(Math.abs(error), `${error} dB`).toBeLessThan(0.1);
      }),
      { numRuns: 300 },
    );
  });

  test("is found wherever it lies: at the start, at the end, across blocks", () => {
    const burst = [0.9, 0.9];
    const alone = measure(kernel, interleave(44_100, [Float32Array.from(burst)])).measurement;
    expect(alone.truePeak).toBeGreaterThan(alone.samplePeak + 1);
    for (let at = 0; at < 8300; at += 61) {
      const mono = new Float32Array(8302);
      mono.set(burst, at);
      const { truePeak } = measure(kernel, interleave(44_100, [mono])).measurement;
      expect(truePeak).toBeCloseTo(alone.truePeak, 4);
    }
  });

  test("counts from 192 kHz on by samples alone", () => {
    const mono = fromFunction(9600, (i) => Math.sin((Math.PI / 2) * i + Math.PI / 4));
    const { truePeak, samplePeak } = measure(kernel, interleave(192_000, [mono])).measurement;
    expect(truePeak).toBe(samplePeak);
  });

  test("above full scale is told as such, with the samples over", () => {
    const mono = fromFunction(8820, (i) => 2 * Math.sin(2 * Math.PI * 0.01 * i));
    fade(mono, 1000);
    const { truePeak, samplesOverFullScale } = measure(kernel, inPhase(44_100, mono)).measurement;
    expect(truePeak).toBeCloseTo(6.02, 1);
    expect(samplesOverFullScale).toBe(2 * mono.filter((v) => Math.abs(v) > 1).length);
  });
});

describe("rules", () => {
  const seed = fc.integer({ min: 0, max: 1e6 });

  test("gain moves integrated loudness by just as much", () => {
    fc.assert(
      fc.property(seed, fc.double({ min: -20, max: 20, noNaN: true }), (s, gain) => {
        const pcm = inPhase(44_100, parts(44_100, [tone(-30, 0.5), tone(-25 - (s % 5), 1)]));
        const factor = 10 ** (gain / 20);
        const louder = { ...pcm, samples: pcm.samples.map((sample) => sample * factor) };
        const before = measure(kernel, pcm).measurement.integrated;
        expect(measure(kernel, louder).measurement.integrated - before).toBeCloseTo(gain, 4);
      }),
      { numRuns: 20 },
    );
  });

  test("silence around a programme changes nothing", () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 30 }), fc.nat(40_000), (s, before, after) => {
        // Whole gating steps before it keep the blocks of the programme the same; gated edges aside.
        const mono = parts(44_100, [tone(-20 - (s % 7), 2)]);
        const padded = new Float32Array(before * 17_640 + mono.length + after);
        padded.set(mono, before * 17_640);
        const alone = measure(kernel, inPhase(44_100, mono)).measurement;
        const within = measure(kernel, inPhase(44_100, padded)).measurement;
        expect(within.truePeak).toBe(alone.truePeak);
        expect(within.momentaryMax).toBeCloseTo(alone.momentaryMax, 6);
        expect(within.shortTermMax).toBeCloseTo(alone.shortTermMax, 3);
        // Blocks half in silence pass the gate: the standard counts them.
        expect(Math.abs(within.integrated - alone.integrated)).toBeLessThan(0.75);
      }),
      { numRuns: 20 },
    );
  });

  test("minutes of silence leave integrated loudness alone", () => {
    const song = parts(8000, [tone(-20, 60)]);
    const padded = parts(8000, [silence(60), tone(-20, 60), silence(60)]);
    const alone = measure(kernel, inPhase(8000, song)).measurement.integrated;
    const within = measure(kernel, inPhase(8000, padded)).measurement.integrated;
    expect(Math.abs(within - alone)).toBeLessThan(0.03);
  });

  test("how the stream is cut changes no bit, not even inside a frame", () => {
    const pcm = programme(5, 44_100, 3, 1.2);
    const whole = measure(kernel, pcm);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30_000 }), (chunk) => {
        expect(measure(kernel, pcm, formatOf(pcm), chunk)).toEqual(whole);
      }),
      { numRuns: 15 },
    );
    expect(measure(kernel, pcm, formatOf(pcm), 1)).toEqual(whole);
  });

  test("swapping channels changes nothing", () => {
    fc.assert(
      fc.property(seed, (s) => {
        const pcm = programme(s, 44_100, 2, 0.6);
        const swapped = pcm.samples.map((_, i) => pcm.samples[i ^ 1] ?? 0);
        const a = measure(kernel, pcm).measurement;
        const b = measure(kernel, { ...pcm, samples: swapped }).measurement;
        expect(b.truePeak).toBe(a.truePeak);
        expect(b.integrated).toBeCloseTo(a.integrated, 10);
      }),
      { numRuns: 20 },
    );
  });

  test("a NaN or an infinity is refused at once, with its frame", () => {
    const bad = fc.constantFrom(NaN, Infinity, -Infinity);
    fc.assert(
      fc.property(bad, fc.nat(19_999), fc.integer({ min: 1, max: 20_000 }), (value, at, chunk) => {
        const samples = new Float32Array(20_000);
        samples[at] = value;
        const meter = kernel.meter({ sampleRate: 44_100, channels: 2, weights: [1, 1] });
        const push = (from: number) => meter.push(samples.subarray(from, from + chunk));
        let from = 0;
        for (; from + chunk <= at; from += chunk) push(from);
        expect(() => push(from)).toThrow(InvalidSampleError);
        meter.dispose();
        const again = kernel.meter({ sampleRate: 44_100, channels: 2, weights: [1, 1] });
        const thrown = (() => {
          try {
            again.push(samples);
          } catch (error) {
            return error;
          }
        })();
        again.dispose();
        expect(thrown).toMatchObject({ frame: Math.floor(at / 2) });
      }),
      { numRuns: 40 },
    );
  });
});

describe("short and strange programmes", () => {
  test.each([0.01, 0.2, 0.39])("%f s of tone reads as loud as it sounds", (length) => {
    const { measurement, detail } = measure(
      kernel,
      inPhase(48_000, parts(48_000, [tone(-23, length)])),
    );
    expect(measurement.integrated).toBeCloseTo(-23, 0);
    expect(measurement.range).toBe(0);
    expect(detail.gatingBlocks).toHaveLength(1);
    expect(measurement.momentaryMax).toBeCloseTo(-23 + 10 * Math.log10(length / 0.4), 0);
  });

  test.each([0.4, 2.9])("%f s has gating blocks but no range", (length) => {
    const { measurement, detail } = measure(
      kernel,
      inPhase(48_000, parts(48_000, [tone(-23, length)])),
    );
    expect(measurement.integrated).toBeCloseTo(-23, 1);
    expect(measurement.range).toBe(0);
    expect(detail.gatingBlocks).toHaveLength(Math.round(length * 10) - 3);
    expect(detail.shortTermCurve).toHaveLength(Math.round(length * 10));
  });

  test.each([0, 1, 44_100 * 4])("%i frames of silence are silence, not NaN", (frames) => {
    const { measurement, detail } = measure(kernel, inPhase(44_100, new Float32Array(frames)));
    expect(measurement).toEqual({
      integrated: -Infinity,
      range: 0,
      truePeak: -Infinity,
      samplePeak: -Infinity,
      samplesOverFullScale: 0,
      momentaryMax: -Infinity,
      shortTermMax: -Infinity,
      duration: frames / 44_100,
    });
    expect(detail.shortTermCurve.every((v) => v === -Infinity)).toBe(true);
  });

  test("silence after sound is -Infinity again", () => {
    const pcm = inPhase(44_100, parts(44_100, [tone(-3, 1), silence(12)]));
    const { momentaryCurve, shortTermCurve } = measure(kernel, pcm).detail;
    expect(momentaryCurve.at(-1)).toBe(-Infinity);
    expect(shortTermCurve.at(-1)).toBe(-Infinity);
  });

  test("one impulse has a finite loudness and its own peak", () => {
    const mono = new Float32Array(44_100);
    mono[20_000] = 0.5;
    const { integrated, truePeak } = measure(kernel, inPhase(44_100, mono)).measurement;
    expect(Number.isFinite(integrated)).toBe(true);
    expect(truePeak).toBeCloseTo(-6.02, 1);
  });

  test("dual mono is 3.01 LU louder than mono, and as loud as both channels of stereo", () => {
    const mono = parts(44_100, [tone(-20, 2)]);
    const one = interleave(44_100, [mono]);
    const format = formatOf(one);
    const single = measure(kernel, one).measurement.integrated;
    const dual = measure(kernel, one, { ...format, dualMono: true }).measurement.integrated;
    const both = measure(kernel, inPhase(44_100, mono)).measurement.integrated;
    expect(dual - single).toBeCloseTo(3.0103, 4);
    expect(dual).toBeCloseTo(both, 9);
  });

  test("an incomplete last frame is left out", () => {
    const pcm = programme(9, 44_100, 2, 0.5);
    const torn = { ...pcm, samples: Float32Array.of(...pcm.samples.subarray(0, 9000), 0.9) };
    const whole = { ...pcm, samples: pcm.samples.subarray(0, 9000) };
    expect(measure(kernel, torn).measurement).toEqual(measure(kernel, whole).measurement);
  });

  test("a format outside the limits is a RangeError", () => {
    const format = { sampleRate: 44_100, channels: 2, weights: [1, 1] };
    expect(() => kernel.meter({ ...format, sampleRate: 0 })).toThrow(RangeError);
    expect(() => kernel.meter({ ...format, channels: 65 })).toThrow(RangeError);
    expect(() => kernel.meter({ ...format, weights: [1] })).toThrow(RangeError);
    expect(() => kernel.meter({ ...format, dualMono: true })).toThrow(RangeError);
  });
});
