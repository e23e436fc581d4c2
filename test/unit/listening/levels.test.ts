import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { playGains, rowGain, type Level } from "@/lib/listening/levels";
import { decibels } from "@/lib/loudness/units";

const level = (integrated: number, truePeak: number, gain = 0): Level => ({
  integrated,
  truePeak,
  gain: decibels(gain),
});
const anyLevel = fc
  .record({
    integrated: fc.double({ min: -60, max: -3, noNaN: true }),
    truePeak: fc.double({ min: -40, max: 6, noNaN: true }),
    gain: fc.double({ min: -20, max: 20, noNaN: true }),
  })
  .map(({ integrated, truePeak, gain }) => level(integrated, truePeak, gain));

describe("gains of the two versions", () => {
  it("match: both are as loud as each other, and no peak passes full scale", () => {
    fc.assert(
      fc.property(anyLevel, anyLevel, (before, after) => {
        const gains = playGains({ before, after }, true);
        expect(before.integrated + gains.before).toBeCloseTo(after.integrated + gains.after, 9);
        expect(before.truePeak + gains.before).toBeLessThanOrEqual(1e-9);
        expect(after.truePeak + gains.after).toBeLessThanOrEqual(1e-9);
      }),
    );
  });

  it("as they are: the difference between them stays what it is", () => {
    fc.assert(
      fc.property(anyLevel, anyLevel, (before, after) => {
        const gains = playGains({ before, after }, false);
        expect(gains.after - gains.before).toBeCloseTo(after.gain - before.gain, 9);
        expect(after.truePeak + gains.after).toBeLessThanOrEqual(1e-9);
      }),
    );
  });

  it("the louder source is brought to the leveled song, not the other way round", () => {
    const gains = playGains({ before: level(-8, 0), after: level(-14, -1) }, true);
    expect(gains).toEqual({ before: -6, after: 0 });
  });

  it("silence is matched to nothing", () => {
    const silent = level(-Infinity, -Infinity);
    expect(playGains({ before: silent, after: silent }, true)).toEqual({ before: 0, after: 0 });
  });
});

describe("the gain of a row", () => {
  it("leaves room for the highest peak, within reason", () => {
    expect(rowGain([level(-14, -1), level(-20, -3, 5)])).toBe(-2);
    expect(rowGain([level(-14, -1)])).toBeCloseTo(0, 9);
    expect(rowGain([level(-40, -1, 26)])).toBe(-6);
  });
});
