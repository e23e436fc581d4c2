import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  albumLoudness,
  integratedLoudness,
  loudnessOfPower,
  loudnessRange,
  powerOfLoudness,
} from "@/lib/loudness/gating";

const blocks = (...list: [loudness: number, count: number][]) =>
  Float64Array.from(
    list.flatMap(([loudness, count]) =>
      Array.from({ length: count }, () => powerOfLoudness(loudness)),
    ),
  );

describe("integrated loudness", () => {
  test("leaves out blocks at -70 and those 10 LU below what is left", () => {
    expect(integratedLoudness(blocks([-20, 50], [-80, 50]))).toBeCloseTo(-20, 9);
    expect(integratedLoudness(blocks([-20, 50], [-34, 50]))).toBeCloseTo(-20, 9);
    // The relative gate lies 10 LU below the mean of both, -22.6: these blocks pass it.
    const both = (powerOfLoudness(-20) + powerOfLoudness(-29)) / 2;
    expect(integratedLoudness(blocks([-20, 50], [-29, 50]))).toBeCloseTo(loudnessOfPower(both), 9);
  });

  test("of nothing, or of silence, is -Infinity", () => {
    expect(integratedLoudness(new Float64Array(0))).toBe(-Infinity);
    expect(integratedLoudness(blocks([-71, 10]))).toBe(-Infinity);
    expect(integratedLoudness(new Float64Array(10))).toBe(-Infinity);
  });
});

describe("album loudness", () => {
  const loudness = fc.double({ min: -60, max: 0, noNaN: true });

  test("is that of one programme made of all blocks, in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.array(loudness), { maxLength: 5 }), (songs) => {
        const album = songs.map((song) => Float64Array.from(song, powerOfLoudness));
        const one = Float64Array.from(songs.flat(), powerOfLoudness);
        const expected = integratedLoudness(one);
        const actual = albumLoudness(album.toReversed());
        if (expected === -Infinity) expect(actual).toBe(-Infinity);
        else expect(actual).toBeCloseTo(expected, 9);
      }),
    );
  });

  test("gates a quiet song against the album, which a mean of songs does not", () => {
    const album = [blocks([-10, 100]), blocks([-35, 100])];
    expect(albumLoudness(album)).toBeCloseTo(-10, 9);
  });
});

describe("loudness range", () => {
  test("lies between the 10th and the 95th percentile", () => {
    const values = Array.from({ length: 101 }, (_, i) => -20 + i / 10);
    expect(loudnessRange(values)).toBeCloseTo(8.5, 9);
  });

  test("leaves out values at -70 and those 20 LU below the rest", () => {
    const loud = Array.from({ length: 100 }, (_, i) => -20 + (i % 2));
    expect(loudnessRange([...loud, ...Array.from({ length: 100 }, () => -45)])).toBeCloseTo(1, 9);
    expect(loudnessRange([...loud, ...Array.from({ length: 100 }, () => -Infinity)])).toBeCloseTo(
      1,
      9,
    );
  });

  test("of nothing is 0", () => {
    expect(loudnessRange([])).toBe(0);
    expect(loudnessRange([-Infinity, -80])).toBe(0);
  });

  test("does not change when the programme is played twice", () => {
    const value = fc.double({ min: -60, max: 0, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 200, maxLength: 300 }), (values) => {
        const twice = loudnessRange([...values, ...values]);
        const sorted = values.toSorted((a, b) => a - b);
        const widest = Math.max(...sorted.slice(1).map((v, i) => v - sorted[i]!));
        expect(Math.abs(twice - loudnessRange(values))).toBeLessThanOrEqual(2 * widest);
      }),
    );
  });
});
