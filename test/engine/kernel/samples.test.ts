import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { InPlace } from "@/lib/kernel";
import { decibels } from "@/lib/loudness/units";
import { loadKernel } from "./kernel";
import { fromFunction, random } from "../../support/signals";

const kernel = loadKernel();

type Chunks = readonly number[];

/** What comes out when the stream goes through in chunks of these lengths, over and over. */
function through(step: InPlace, samples: Chunks | Float32Array, lengths: Chunks): Float32Array {
  const stream = Float32Array.from(samples);
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const length = lengths[turn % lengths.length] ?? stream.length;
    step.process(stream.subarray(at, at + length));
    at += length;
  }
  step.dispose();
  return stream;
}

describe("gain", () => {
  test("is one multiplication in single precision, however the stream is cut into chunks", () => {
    const seeds = fc.integer();
    const frames = fc.integer({ min: 0, max: 20_000 });
    const gains = fc.double({ min: -60, max: 20, noNaN: true });
    const lengths = fc.array(fc.integer({ min: 1, max: 9_999 }), { maxLength: 5 });
    fc.assert(
      fc.property(seeds, frames, gains, lengths, (seed, count, gain, some) => {
        const stream = fromFunction(count, random(seed));
        const factor = Math.fround(10 ** (gain / 20));
        const out = through(kernel.gain(decibels(gain)), stream, some);
        expect(out).toEqual(stream.map((sample) => sample * factor));
      }),
      { numRuns: 40 },
    );
  });
});

const dithered = (samples: Chunks | Float32Array, ...lengths: number[]): Float32Array =>
  through(kernel.dither(), samples, lengths);

describe("dither to 16 bit", () => {
  test("gives multiples of 1/32768 within 1.5 LSB of the signal, inside the range", () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, min: -2, max: 2 })), (values) => {
        dithered(values).forEach((sample, i) => {
          const step = sample * 32768;
          expect(Number.isInteger(step)).toBe(true);
          expect(step).toBeGreaterThanOrEqual(-32768);
          expect(step).toBeLessThanOrEqual(32767);
          const wanted = Math.max(-32768, Math.min(32767, values[i]! * 32768));
          // Single precision rounds the sum of signal and noise by up to 1/256 LSB.
          expect(Math.abs(step - wanted)).toBeLessThanOrEqual(1.5 + 1 / 256);
        });
      }),
    );
  });

  test("keeps digital silence silent", () => {
    expect(dithered(new Float32Array(100)).every((v) => Object.is(v, 0))).toBe(true);
  });

  test("does not depend on how the stream is cut into chunks", () => {
    const signal = fromFunction(20_000, random(1));
    const lengths = fc.array(fc.integer({ min: 1, max: 9_999 }), { minLength: 1, maxLength: 5 });
    const whole = dithered(signal);
    fc.assert(
      fc.property(lengths, (some) => {
        expect(dithered(signal, ...some)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  test("has an error of mean 0 and 1/4 LSB² that does not depend on the signal", () => {
    for (const value of [0.1, 0.25, 0.5, 0.9]) {
      const out = dithered(new Float32Array(200_000).fill((10 + value) / 32768));
      const errors = Float64Array.from(out, (sample) => sample * 32768 - 10 - value);
      const mean = (of: (error: number, at: number) => number) =>
        errors.reduce((sum, error, at) => sum + of(error, at), 0) / errors.length;
      expect(mean((error) => error)).toBeCloseTo(0, 2);
      expect(mean((error) => error * error)).toBeCloseTo(0.25, 2);
      // White: no sample's noise tells the next one's, nor the other channel's.
      for (const lag of [1, 2, 3, 4, 8]) {
        expect(mean((error, at) => error * (errors[at + lag] ?? 0))).toBeCloseTo(0, 2);
      }
    }
  });
});

test("integers of any depth are packed as a file has them", () => {
  const depths = fc.integer({ min: 4, max: 24 });
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 20_000 }), depths, (seed, count, depth) => {
      const [scale, width] = [2 ** (depth - 1), Math.ceil(depth / 8)];
      const next = random(seed);
      const integers = Array.from({ length: count }, () => Math.floor(next() * scale));
      const wanted = Buffer.alloc(count * width);
      for (const [i, value] of integers.entries()) wanted.writeIntLE(value, i * width, width);
      const parts: Buffer[] = [];
      const samples = Float32Array.from(integers, (value) => value / scale);
      kernel.integers(depth, samples, (bytes) => void parts.push(Buffer.from(bytes)));
      expect(Buffer.concat(parts).equals(wanted)).toBe(true);
    }),
    { numRuns: 40 },
  );
});
