import fc from "fast-check";
import { expect, test } from "vitest";
import { withGain } from "@/lib/loudness/gained";
import { decibels } from "@/lib/loudness/units";
import { fromFunction, random } from "../../support/signals";
import { loadKernel, measure } from "../kernel/kernel";

const kernel = loadKernel();
const RATE = 8000;

/** Noise whose level changes every second, some of it around the absolute gate of -70 LUFS. */
const noiseOf = (levels: readonly number[]) => {
  const noise = random(7);
  return fromFunction(
    RATE * levels.length,
    (at) => noise() * 10 ** ((levels[Math.floor(at / RATE)] ?? 0) / 20),
  );
};

test("what is computed for a gain is what the samples measure with it", () => {
  const levels = fc.array(fc.integer({ min: -80, max: -20 }), { minLength: 5, maxLength: 20 });
  fc.assert(
    fc.property(levels, fc.integer({ min: -20, max: 12 }), (some, gain) => {
      const samples = noiseOf(some);
      const before = measure(kernel, { samples, sampleRate: RATE, channels: 1 });
      const gained = samples.map((sample) => sample * 10 ** (gain / 20));
      const after = measure(kernel, { samples: gained, sampleRate: RATE, channels: 1 });
      const computed = withGain(before.measurement, before.detail, decibels(gain));
      for (const [name, value] of Object.entries<number>({ ...after.measurement })) {
        const found = computed[name as keyof typeof computed];
        if (Number.isFinite(value)) expect(found, name).toBeCloseTo(value, 2);
        else expect(found, name).toBe(value);
      }
    }),
    { numRuns: 60 },
  );
});
