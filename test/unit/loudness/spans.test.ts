import { describe, expect, it } from "vitest";
import { integratedGate, integratedLoudness, powerOfLoudness } from "@/lib/loudness/gating";
import { gatedSpans, lengthOf, spansOver } from "@/lib/loudness/spans";
import { decibels, dbtp } from "@/lib/loudness/units";

const blocks = (...loudness: readonly (readonly [count: number, lufs: number])[]) =>
  Float64Array.from(
    loudness.flatMap(([count, lufs]) => new Array<number>(count).fill(powerOfLoudness(lufs))),
  );

describe("what does not count for a song's loudness", () => {
  it("is where every block is below the gate, to the edges of those that count", () => {
    // 2 s at -40, 5 s at -14: the gate stands 10 LU below what is not silence.
    const gatingBlocks = blocks([20, -40], [50, -14]);
    expect(integratedGate(gatingBlocks)).toBeCloseTo(-25.457, 3);
    expect(integratedLoudness(gatingBlocks)).toBeCloseTo(-14, 6);
    const spans = gatedSpans({ gatingBlocks });
    expect(spans).toEqual([{ from: 0, to: 2 }]);
    expect(lengthOf(spans)).toBe(2);
  });

  it("is all of a silent song, and nothing of an even one", () => {
    expect(gatedSpans({ gatingBlocks: blocks([7, -90]) })).toEqual([{ from: 0, to: 1 }]);
    expect(gatedSpans({ gatingBlocks: blocks([7, -20]) })).toEqual([]);
  });
});

it("peaks are over the ceiling where the gain brings them there", () => {
  const peakCurve = Float32Array.of(0.1, 0.6, 0.6, 0.1, 0.9);
  expect(spansOver({ peakCurve }, decibels(0), dbtp(-1))).toEqual([{ from: 0.4, to: 0.5 }]);
  expect(spansOver({ peakCurve }, decibels(4), dbtp(-1))).toEqual([
    { from: 0.1, to: 0.3 },
    { from: 0.4, to: 0.5 },
  ]);
  expect(spansOver({ peakCurve }, decibels(-3), dbtp(-1))).toEqual([]);
});
