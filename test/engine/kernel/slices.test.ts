import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SliceStore, type RandomAccessFile } from "@/lib/kernel";
import {
  energyCode,
  energyOf,
  joined,
  peakCode,
  peakOf,
  sliceFrames,
  sliceOf,
  withPeak,
} from "@/lib/loudness/slices";

const positive = (min: number, max: number) =>
  fc.double({ min: Math.log10(min), max: Math.log10(max), noNaN: true }).map((x) => 10 ** x);

describe("the compact form of a slice", () => {
  it("never tells a peak too low, and at most 0.009 dB too high", () => {
    fc.assert(
      fc.property(positive(1e-12, 1e6), (peak) => {
        const higher = 20 * Math.log10(peakOf(peakCode(peak)) / peak);
        expect(higher).toBeGreaterThan(-1e-6);
        expect(higher).toBeLessThan(0.009);
      }),
      { numRuns: 1000 },
    );
  });

  it("tells an energy to 0.005 dB, and silence as silence", () => {
    fc.assert(
      fc.property(positive(1e-20, 1e16), (energy) => {
        const code = energyCode(energy) * 2 ** 16;
        expect(Math.abs(10 * Math.log10(energyOf(code) / energy))).toBeLessThan(0.005);
      }),
      { numRuns: 1000 },
    );
    expect([peakOf(0), energyOf(0), peakCode(0), energyCode(0)]).toEqual([0, 0, 0, 0]);
  });

  it("keeps both apart", () => {
    const code = sliceOf(0.5, 3);
    expect([peakOf(code), energyOf(code)]).toEqual([0.5, 3]);
    expect(energyOf(withPeak(code, 0.25))).toBe(3);
    expect(peakOf(withPeak(code, 0.25))).toBe(0.25);
    expect([peakOf(joined(code, sliceOf(2, 1))), energyOf(joined(code, sliceOf(2, 1)))]).toEqual([
      2, 4,
    ]);
  });

  it("is the power of two nearest to 0.7 ms", () => {
    const rates = [8000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000];
    expect(rates.map(sliceFrames)).toEqual([4, 8, 8, 16, 32, 32, 64, 128]);
  });
});

describe("slices of a long programme", () => {
  /** Reads give no more than a few bytes at once, as a file may. */
  class ShortReads implements RandomAccessFile {
    bytes = new Uint8Array(1 << 20);
    read(position: number, target: Uint8Array): number {
      const part = this.bytes.subarray(position, position + Math.min(1000, target.length));
      target.set(part);
      return part.length;
    }
    write(position: number, bytes: Uint8Array): void {
      this.bytes.set(bytes, position);
    }
  }

  it.each([
    ["in memory", null],
    ["in a file", new ShortReads()],
  ])("%s are what was written", (_, file) => {
    const store = new SliceStore(44_100, file);
    const piece = 1 << 16;
    const total = 3 * piece + 9000;
    for (let from = 0; from < total; from += 777) {
      const length = Math.min(777, total - from);
      store.append(Uint32Array.from({ length }, (_, i) => from + i));
    }
    expect(store.count).toBe(total);
    const across = new Uint32Array(5000);
    store.read(piece - 2500, across);
    expect(across.every((code, i) => code === piece - 2500 + i)).toBe(true);
    store.write(2 * piece - 1, Uint32Array.of(1, 2));
    const back = new Uint32Array(4);
    store.read(2 * piece - 2, back);
    expect([...back]).toEqual([2 * piece - 2, 1, 2, 2 * piece + 1]);
  });

  it("stand in memory up to 12 minutes, which is 4 MB", () => {
    expect(SliceStore.fits(48_000, 690)).toBe(true);
    expect(SliceStore.fits(48_000, 720)).toBe(false);
  });
});
