import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyGain, channelWeights, ditherState, ditherTo16 } from "@/lib/kernel";
import { fromFunction, random } from "../../support/signals";

describe("gain", () => {
  test("is one multiplication in single precision", () => {
    const samples = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, max: 8, min: -8 }));
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 10, noNaN: true }), (values, gain) => {
        const chunk = Float32Array.from(values);
        applyGain(chunk, gain);
        values.forEach((v, i) => expect(chunk[i]).toBe(Math.fround(v * Math.fround(gain))));
      }),
    );
  });
});

describe("dither to 16 bit", () => {
  test("gives multiples of 1/32768 within ±1.5 LSB of the signal, inside the range", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: -2, max: 2 })),
        fc.nat(),
        (values, seed) => {
          const chunk = Float32Array.from(values);
          ditherTo16(chunk, ditherState(seed));
          chunk.forEach((sample, i) => {
            const step = sample * 32768;
            expect(Number.isInteger(step)).toBe(true);
            expect(step).toBeGreaterThanOrEqual(-32768);
            expect(step).toBeLessThanOrEqual(32767);
            const wanted = Math.max(-32768, Math.min(32767, values[i]! * 32768));
            expect(Math.abs(step - wanted)).toBeLessThanOrEqual(1.5);
          });
        },
      ),
    );
  });

  test("keeps digital silence silent and repeats for the same seed", () => {
    const silence = new Float32Array(100);
    ditherTo16(silence, ditherState());
    expect(silence.every((v) => Object.is(v, 0))).toBe(true);
    const noise = random(1);
    const signal = fromFunction(1000, noise);
    const [a, b] = [signal.slice(), signal.slice()];
    ditherTo16(a, ditherState(5));
    const state = ditherState(5);
    ditherTo16(b.subarray(0, 333), state);
    ditherTo16(b.subarray(333), state);
    expect(b).toEqual(a);
  });

  test("has an error of mean 0 and 1/4 LSB² that does not depend on the signal", () => {
    for (const value of [0.1, 0.25, 0.5, 0.9]) {
      const chunk = new Float32Array(200_000).fill((10 + value) / 32768);
      ditherTo16(chunk, ditherState(3));
      let [sum, squares] = [0, 0];
      for (const sample of chunk) {
        const error = sample * 32768 - 10 - value;
        sum += error;
        squares += error * error;
      }
      expect(sum / chunk.length).toBeCloseTo(0, 2);
      expect(squares / chunk.length).toBeCloseTo(0.25, 2);
    }
  });
});

describe("channel weights", () => {
  test.each([
    ["mono", 1, [1]],
    ["stereo", 2, [1, 1]],
    ["2.1", 3, [1, 1, 0]],
    ["quad", 4, [1, 1, 1.41, 1.41]],
    ["5.0", 5, [1, 1, 1, 1.41, 1.41]],
    ["5.1", 6, [1, 1, 1, 0, 1.41, 1.41]],
    ["5.1(side)", 6, [1, 1, 1, 0, 1.41, 1.41]],
    ["7.1", 8, [1, 1, 1, 0, 1.41, 1.41, 1.41, 1.41]],
    ["FL+FR+LFE", 3, [1, 1, 0]],
    [null, 2, [1, 1]],
    [null, 6, [1, 1, 1, 0, 1.41, 1.41]],
    ["no such layout", 6, [1, 1, 1, 0, 1.41, 1.41]],
    ["5.1", 2, [1, 1]],
    [null, 11, Array.from({ length: 11 }, () => 1)],
  ])("%s with %i channels", (layout, channels, expected) => {
    expect(channelWeights(layout, channels)).toEqual(expected);
  });
});
