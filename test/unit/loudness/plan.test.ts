import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  mostLoudness,
  planGain,
  type GainPlan,
  type Programme,
  type Target,
} from "@/lib/loudness/plan";
import { LEAST_YIELD, lossAtOver } from "@/lib/loudness/limiting-curve";
import { loudnessAfterGain } from "@/lib/loudness/gating";
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

/** The same, with numbers that may differ in the last digits. */
const near = (plan: unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(plan as object).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === "number" ? (expect.closeTo(value, 9) as unknown) : value,
    ]),
  );

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
      { kind: "limit", gain: 6.98, expected: -17.02, limited: 6, heldBy: "most-limiting" },
    ],
    [
      "stays quieter when asked to",
      song(-20, -3),
      { whenPeaksTooHigh: "quieter" },
      { kind: "gain", gain: 2, expected: -18, truePeak: -1, heldBack: true, heldBy: "peaks" },
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
    expect(planGain(programme, target(change))).toMatchObject(near(plan));
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

/** What limiting takes rises ever steeper, but never takes more than the gain brings. */
const anyCurve = fc
  .array(double(0, 1), { minLength: 10, maxLength: 10 })
  .map((slopes) => curveOf(slopes.sort((a, b) => a - b)));
const OVERS = [0, 1, 2, 3, 4, 5, 6, 8, 11, 15, 20];
const curveOf = (slopes: readonly number[]): Float32Array => {
  let loss = 0;
  return Float32Array.from(OVERS, (over, i) => {
    if (i > 0) loss += slopes[i - 1]! * (over - OVERS[i - 1]!);
    return loss;
  });
};
/** A song that limiting takes so much of, a decibel of gain. */
const limitedSong = (integrated: number, truePeak: number, slope: number): Programme => ({
  ...song(integrated, truePeak),
  limiting: curveOf(OVERS.slice(1).map(() => slope)),
});
const anyProgramme = fc
  .tuple(anySong, anyCurve)
  .map(([measured, limiting]): Programme => ({ ...measured, limiting }));

describe("the plan of a song that has to be limited", () => {
  it("gives the gain that reaches the target after what limiting takes", () => {
    const plan = planGain(limitedSong(-20, -3, 0.25), target());
    // 2 dB of headroom, then 4 LU at 0.75 LU a decibel.
    expect(plan).toMatchObject({ kind: "limit", heldBack: false, heldBy: null });
    expect(gainOf(plan)).toBeCloseTo(2 + 4 / 0.75, 6);
    expect(plan.expected).toBeCloseTo(-14, 6);
  });

  it("stops at the most limiting that is allowed, and says so", () => {
    const plan = planGain(limitedSong(-24, -3, 0.5), target());
    expect(plan).toMatchObject({ kind: "limit", heldBack: true, heldBy: "most-limiting" });
    expect(plan.expected).toBeCloseTo(-24 + 2 + 5.98 / 2, 6);
  });

  it("stays at gain alone where limiting takes nearly all that the gain brings", () => {
    const plan = planGain(limitedSong(-20, -3, 0.8), target());
    expect(plan).toMatchObject({ kind: "gain", heldBy: "limiting-brings-too-little", limited: 0 });
    expect(plan.expected).toBeCloseTo(-18, 9);
  });

  it("never goes past the target or the setting, nor below gain alone to the ceiling", () => {
    fc.assert(
      fc.property(anyProgramme, anyTarget, (programme, asked) => {
        const plan = planGain(programme, { ...asked, whenPeaksTooHigh: "limit" });
        if (plan.kind !== "limit") return;
        expect(plan.expected).toBeLessThanOrEqual(asked.loudness + 1e-6);
        expect(plan.limited).toBeLessThanOrEqual(asked.mostLimiting + ROUNDING);
        const alone = programme.integrated + asked.ceiling - programme.truePeak;
        expect(plan.expected).toBeGreaterThanOrEqual(alone - 1e-6);
        expect(plan.heldBy !== null).toBe(plan.heldBack);
      }),
      { numRuns: 2000 },
    );
  });

  it("never spends a decibel on less than 0.3 LU", () => {
    fc.assert(
      fc.property(anyProgramme, anyTarget, (programme, asked) => {
        const plan = planGain(programme, { ...asked, whenPeaksTooHigh: "limit" });
        if (plan.kind !== "limit") return;
        const over = plan.limited - 0.02;
        // The decibel before the place where it stopped.
        const before = Math.max(0, over - 0.1);
        const lost =
          lossAtOver(programme.limiting!, before + 1) - lossAtOver(programme.limiting!, before);
        expect(1 - lost).toBeGreaterThan(LEAST_YIELD - 1e-6);
      }),
      { numRuns: 1000 },
    );
  });

  it("minds the absolute gate of a programme near silence", () => {
    // Half of it lies at -75 LUFS: 20 dB up it counts, and the relative gate falls.
    const power = (loudness: number) => 10 ** ((loudness + 0.691) / 10);
    const gatingBlocks = Float64Array.from({ length: 200 }, (_, i) => {
      return power(i % 2 ? -60 : i % 4 ? -66 : -75);
    });
    const programme: Programme = {
      ...song(-61.25, -40),
      integrated: lufs(loudnessAfterGain(gatingBlocks, 0)),
      gatingBlocks,
    };
    const plan = planGain(programme, target({ loudness: lufs(-40) }));
    expect(loudnessAfterGain(gatingBlocks, gainOf(plan)!)).toBeCloseTo(-40, 5);
    expect(plan.expected).toBeCloseTo(-40, 5);
  });
});

describe("the target that all songs can reach", () => {
  const reachable = (songs: readonly Programme[], asked: Target) =>
    Math.min(...songs.map((each) => mostLoudness(each, asked)));

  it("is one at which none of them is held back, and the loudest such", () => {
    fc.assert(
      fc.property(
        fc.array(anyProgramme, { minLength: 1, maxLength: 6 }),
        anyTarget.filter(({ whenPeaksTooHigh }) => whenPeaksTooHigh !== "dynamic"),
        (songs, asked) => {
          const free = { ...asked, onlyTurnDown: false };
          const loudness = reachable(songs, free);
          const held = (goal: number) =>
            songs.some((each) => {
              const plan = planGain(each, { ...free, loudness: lufs(goal), accuracy: lu(0.001) });
              return plan.kind === "skip"
                ? plan.reason === "held-back-by-peaks"
                : "heldBack" in plan && plan.heldBack;
            });
          expect(held(loudness - 0.01)).toBe(false);
          expect(held(loudness + 0.15)).toBe(true);
        },
      ),
    );
  });

  it("is that of the song with the least headroom", () => {
    const songs = [song(-20, -8), song(-20, -0.5), song(-30, -20)];
    expect(reachable(songs, target({ whenPeaksTooHigh: "quieter" }))).toBeCloseTo(-20.5, 9);
    expect(mostLoudness(songs[0]!, target({ whenPeaksTooHigh: "quieter" }))).toBeCloseTo(-13, 9);
  });
});
