import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RaisedSlices } from "@/lib/loudness/raised-slices";
import { peakOf, sliceOf, energyOf, type Slices } from "@/lib/loudness/slices";
import { amplitudeToDecibels, dbtp, decibelsToAmplitude, decibels } from "@/lib/loudness/units";

const SLICE = 32;

/** Slices of these peaks, in dB. */
const slicesOf = (peaks: readonly number[], sampleRate = 44_100): Slices => ({
  count: peaks.length,
  frames: peaks.length * SLICE,
  sampleRate,
  read(from, target) {
    target.forEach((_, i) => {
      target[i] = sliceOf(decibelsToAmplitude(decibels(peaks[from + i]!)), 0.5);
    });
  },
});

const peaksOf = (slices: Slices): number[] => {
  const codes = new Uint32Array(slices.count);
  slices.read(0, codes);
  expect([...codes].every((code) => Math.abs(energyOf(code) - 0.5) < 1e-3)).toBe(true);
  return [...codes].map((code) => amplitudeToDecibels(peakOf(code)));
};

const quiet = Array.from({ length: 100 }, () => -20);
const at = (index: number, peak: number) => quiet.with(index, peak);

const free = { around: 0.005, all: decibels(0), most: decibels(20), mostOfMoments: decibels(20) };

describe("slices that an encoder made too high", () => {
  it("are raised around that moment by what it is too high, from what peaks are limited to", () => {
    const raised = new RaisedSlices(slicesOf(at(50, 3)));
    const encoded = { slices: slicesOf(at(50, -0.5)), truePeak: dbtp(-0.5) };
    raised.raise(encoded, { ...free, above: dbtp(-1.3), limit: -4 });
    const peaks = peaksOf(raised);
    expect(peaks[50]).toBeCloseTo(3 + 0.8, 1);
    // 5 ms are 7 slices.
    expect(peaks[44]).toBeCloseTo(-4 + 0.8, 1);
    expect(peaks[30]).toBeCloseTo(-20, 1);
    expect(peaks[70]).toBeCloseTo(-20, 1);
  });

  it("are found at the same moment where the encoder has another sample rate", () => {
    const raised = new RaisedSlices(slicesOf(quiet, 44_100));
    const encoded = {
      slices: slicesOf([...quiet, ...quiet.slice(0, 9)].with(87, 0), 48_000),
      truePeak: dbtp(0.3),
    };
    raised.raise(encoded, { ...free, above: dbtp(-1), limit: -6 });
    const peaks = peaksOf(raised);
    // The meter reads 0.3 dB more than slices foresee.
    expect(peaks[80]).toBeCloseTo(-6 + 1.3, 1);
    expect(peaks[60]).toBeCloseTo(-20, 1);
  });

  it("are raised once more by a second result, and not at all by one under the level", () => {
    const raised = new RaisedSlices(slicesOf(at(50, 0)));
    const encoded = { slices: slicesOf(at(50, -0.5)), truePeak: dbtp(-0.5) };
    for (let i = 0; i < 2; i++) raised.raise(encoded, { ...free, above: dbtp(-1), limit: 0 });
    raised.raise(encoded, { ...free, above: dbtp(-0.5), limit: 0 });
    expect(peaksOf(raised)[50]).toBeCloseTo(1, 1);
  });

  it("are raised no further than may be limited, and all others by a little", () => {
    const raised = new RaisedSlices(slicesOf(at(50, 5).with(20, 1).with(80, 4)));
    const encoded = { slices: slicesOf(at(80, 0)), truePeak: dbtp(0) };
    raised.raise(encoded, {
      ...free,
      above: dbtp(-1),
      all: decibels(0.15),
      limit: -1,
      most: decibels(5.5),
      mostOfMoments: decibels(5.5),
    });
    const peaks = peaksOf(raised);
    expect(peaks[50]).toBeCloseTo(5, 1);
    expect(peaks[80]).toBeCloseTo(4.5, 1);
    expect(peaks[20]).toBeCloseTo(1.15, 1);
    raised.raise(encoded, {
      ...free,
      above: dbtp(-1),
      limit: -1,
      most: decibels(5.5),
      mostOfMoments: decibels(Infinity),
    });
    expect(peaksOf(raised)[80]).toBeCloseTo(4 + 2 + 0.15, 1);
    expect(peaksOf(raised)[50]).toBeCloseTo(5, 1);
  });

  it("are the same in whatever pieces they are read", () => {
    const level = fc.double({ min: -20, max: 3, noNaN: true });
    const levels = fc.array(level, { minLength: 60, maxLength: 200 });
    fc.assert(
      fc.property(
        levels,
        levels,
        fc.array(fc.integer({ min: 1, max: 50 })),
        (song, made, sizes) => {
          const raised = new RaisedSlices(slicesOf(song, 48_000));
          for (const peaks of [made, made.toReversed()]) {
            const encoded = { slices: slicesOf(peaks), truePeak: dbtp(Math.max(...peaks)) };
            raised.raise(encoded, { ...free, above: dbtp(-1), limit: -6 });
          }
          const whole = new Uint32Array(song.length);
          raised.read(0, whole);
          const inPieces = new Uint32Array(song.length);
          let at = 0;
          for (const size of [...sizes, song.length]) {
            const piece = inPieces.subarray(at, at + size);
            raised.read(at, piece);
            at += piece.length;
          }
          expect(inPieces).toEqual(whole);
        },
      ),
    );
  });
});
