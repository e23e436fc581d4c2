import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planGain, type GainPlan, type Target } from "@/lib/loudness/plan";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";

const target = (change: Partial<Record<keyof Target, unknown>> = {}): Target =>
  ({
    loudness: lufs(-14),
    ceiling: dbtp(-1),
    accuracy: lu(0.2),
    whenPeaksTooHigh: "limit",
    mostLimiting: decibels(6),
    onlyTurnDown: false,
    ...change,
  }) as Target;

const song = (integrated: number, truePeak: number) => ({
  integrated: lufs(integrated),
  truePeak: dbtp(truePeak),
});

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
/** Music has its peaks above its loudness; test signals may not. */
const anySong = fc
  .tuple(double(-69, 3), double(-3, 40))
  .map(([integrated, crest]) => song(integrated, Math.min(12, integrated + crest)));
const anyTarget = fc
  .record({
    loudness: double(-40, -5),
    ceiling: double(-9, 0),
    accuracy: double(0.05, 3),
    whenPeaksTooHigh: fc.constantFrom("limit", "quieter", "dynamic"),
    mostLimiting: fc.oneof(fc.constant(0), double(0, 20)),
    onlyTurnDown: fc.boolean(),
  })
  .map((fields) => target(fields));

const gainOf = (plan: GainPlan) =>
  plan.kind === "gain" || plan.kind === "limit" ? plan.gain : null;

const ROUNDING = 1e-9;

describe("the plan of a song's gain", () => {
  it.each<[string, ReturnType<typeof song>, Partial<Record<keyof Target, unknown>>, unknown]>([
    [
      "turns a loud song down by the difference",
      song(-9, 0.5),
      {},
      { kind: "gain", gain: -5, expected: -14, heldBack: false },
    ],
    [
      "turns a quiet song up when its peaks allow it",
      song(-20, -8),
      {},
      { kind: "gain", gain: 6, expected: -14, heldBack: false },
    ],
    [
      "limits where they do not",
      song(-20, -3),
      {},
      { kind: "limit", gain: 6, expected: -14, heldBack: false },
    ],
    [
      "limits by no more than was allowed",
      song(-24, -2),
      {},
      { kind: "limit", gain: 7, expected: -17, heldBack: true },
    ],
    [
      "stays quieter when asked to",
      song(-20, -3),
      { whenPeaksTooHigh: "quieter" },
      { kind: "gain", gain: 2, expected: -18, heldBack: true },
    ],
    [
      "stays quieter when no limiting is allowed",
      song(-20, -3),
      { mostLimiting: 0 },
      { kind: "gain", gain: 2, expected: -18, heldBack: true },
    ],
    [
      "leaves a song to loudnorm when asked to",
      song(-20, -3),
      { whenPeaksTooHigh: "dynamic" },
      { kind: "dynamic", expected: -14 },
    ],
    [
      "gives loudnorm nothing that gain alone does",
      song(-20, -8),
      { whenPeaksTooHigh: "dynamic" },
      { kind: "gain", gain: 6, expected: -14, heldBack: false },
    ],
    [
      "leaves a song at the target alone",
      song(-14.15, -1),
      {},
      { kind: "skip", reason: "already-at-target", expected: -14.15 },
    ],
    [
      "brings peaks under the ceiling at the right loudness",
      song(-14, 1),
      {},
      { kind: "limit", gain: 0, expected: -14, heldBack: false },
    ],
    [
      "does not encode for the last hundredths of a decibel under the ceiling",
      song(-20, -1.05),
      { whenPeaksTooHigh: "quieter" },
      { kind: "skip", reason: "held-back-by-peaks", expected: -20 },
    ],
    [
      "skips a quiet song when only turning down",
      song(-20, -8),
      { onlyTurnDown: true },
      { kind: "skip", reason: "quieter-than-target", expected: -20 },
    ],
  ])("%s", (_, programme, change, plan) => {
    expect(planGain(programme, target(change))).toEqual(plan);
  });

  it("never touches silence, whatever is asked", () => {
    fc.assert(
      fc.property(anyTarget, (asked) => {
        expect(planGain(song(-Infinity, -Infinity), asked)).toEqual({
          kind: "skip",
          reason: "silent",
          expected: -Infinity,
        });
        expect(planGain(song(-Infinity, 0), asked).kind).toBe("skip");
      }),
    );
  });

  it("never lets gain alone push a peak over the ceiling, nor a limiter work deeper than allowed", () => {
    fc.assert(
      fc.property(anySong, anyTarget, (programme, asked) => {
        const plan = planGain(programme, asked);
        const gain = gainOf(plan);
        if (gain === null) return;
        const over = programme.truePeak + gain - asked.ceiling;
        expect(over).toBeLessThanOrEqual(
          (plan.kind === "limit" ? asked.mostLimiting : 0) + ROUNDING,
        );
      }),
    );
  });

  it("never ends louder than the target, and says so exactly when it ends quieter", () => {
    fc.assert(
      fc.property(anySong, anyTarget, (programme, asked) => {
        const plan = planGain(programme, asked);
        if (plan.kind !== "gain" && plan.kind !== "limit") return;
        expect(plan.expected).toBeCloseTo(programme.integrated + plan.gain, 9);
        expect(plan.expected).toBeLessThanOrEqual(asked.loudness + ROUNDING);
        const short = asked.loudness - plan.expected;
        // On the very edge of the accuracy either answer is right.
        if (Math.abs(short - asked.accuracy) > ROUNDING) {
          expect(plan.heldBack).toBe(short > asked.accuracy);
        }
      }),
    );
  });

  it("never turns a song up when only turning down", () => {
    fc.assert(
      fc.property(anySong, anyTarget, (programme, asked) => {
        const plan = planGain(programme, { ...asked, onlyTurnDown: true });
        expect(gainOf(plan) ?? 0).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  it("has nothing left to do on its own result", () => {
    fc.assert(
      fc.property(anySong, anyTarget, (programme, asked) => {
        const plan = planGain(programme, asked);
        if (plan.kind !== "gain" && plan.kind !== "limit") return;
        const result = song(plan.expected, Math.min(asked.ceiling, programme.truePeak + plan.gain));
        const again = planGain(result, { ...asked, whenPeaksTooHigh: "quieter" });
        expect(again.kind).toBe("skip");
      }),
    );
  });
});
