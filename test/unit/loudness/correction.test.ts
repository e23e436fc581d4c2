import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  correctedGoal,
  isGoodEnough,
  isOverCeiling,
  type Attempt,
  type Goal,
  type RenderGoal,
} from "@/lib/loudness/correction";
import { dbtp, lu, lufs } from "@/lib/loudness/units";

const goal: Goal = { loudness: lufs(-14), ceiling: dbtp(-1), accuracy: lu(0.2) };

/** A song whose peaks stand `crest` above its loudness, rendered with an ideal limiter. */
const rendered = (aim: RenderGoal, crest: number): Attempt["rendered"] => ({
  integrated: aim.loudness,
  truePeak: dbtp(Math.min(aim.ceiling, aim.loudness + crest)),
});

/** An encoder that always changes loudness and peaks by the same. */
const encoded = (pcm: Attempt["rendered"], shift: number, overshoot: number): Attempt => ({
  rendered: pcm,
  heldBack: false,
  encoded: {
    integrated: lufs(pcm.integrated + shift),
    truePeak: dbtp(pcm.truePeak + overshoot),
  },
});

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe("the correction after an encode", () => {
  it("brings any encoder with a constant error to the goal with one correction", () => {
    fc.assert(
      fc.property(double(-3, 3), double(-2, 6), double(3, 25), (shift, overshoot, crest) => {
        const first = encoded(rendered(goal, crest), shift, overshoot);
        if (isGoodEnough(first, goal)) return;
        const second = encoded(rendered(correctedGoal(first, goal, goal), crest), shift, overshoot);
        expect(second.encoded.integrated).toBeCloseTo(goal.loudness, 9);
        // Turned up for the shift, a song that needed no limiting may reach the ceiling anew.
        const third = encoded(
          rendered(correctedGoal(second, correctedGoal(first, goal, goal), goal), crest),
          shift,
          overshoot,
        );
        expect(isGoodEnough(second, goal) || isGoodEnough(third, goal)).toBe(true);
        if (isOverCeiling(first, goal)) expect(isOverCeiling(second, goal)).toBe(false);
      }),
    );
  });

  it("leaves room for an overshoot that is a fifth larger the next time", () => {
    fc.assert(
      fc.property(double(0.2, 4), (overshoot) => {
        const first = encoded(rendered(goal, 20), 0, overshoot);
        const next = correctedGoal(first, goal, goal);
        expect(isOverCeiling(encoded(rendered(next, 20), 0, overshoot * 1.2), goal)).toBe(false);
      }),
    );
  });

  it("never raises the ceiling again", () => {
    fc.assert(
      fc.property(double(-3, 3), double(-4, 6), double(-6, -1), (shift, overshoot, ceiling) => {
        const aim = { loudness: goal.loudness, ceiling: dbtp(ceiling) };
        const next = correctedGoal(encoded(rendered(aim, 20), shift, overshoot), aim, goal);
        expect(next.ceiling).toBeLessThanOrEqual(ceiling);
      }),
    );
  });

  it("takes a result within the accuracy and the meters' own tolerance, and no other", () => {
    const at = (integrated: number, truePeak: number, heldBack = false): Attempt => ({
      rendered: { integrated: lufs(-14), truePeak: dbtp(-1) },
      heldBack,
      encoded: { integrated: lufs(integrated), truePeak: dbtp(truePeak) },
    });
    expect(isGoodEnough(at(-14.19, -1), goal)).toBe(true);
    expect(isGoodEnough(at(-13.81, -3), goal)).toBe(true);
    expect(isGoodEnough(at(-14.21, -3), goal)).toBe(false);
    expect(isGoodEnough(at(-13.79, -3), goal)).toBe(false);
    expect(isGoodEnough(at(-14, -0.95), goal)).toBe(true);
    expect(isGoodEnough(at(-14, -0.89), goal)).toBe(false);
    // No further encode makes it louder; too loud or too high it may still be corrected.
    expect(isGoodEnough(at(-16, -1, true), goal)).toBe(true);
    expect(isGoodEnough(at(-13.5, -1, true), goal)).toBe(false);
    expect(isGoodEnough(at(-16, -0.5, true), goal)).toBe(false);
  });
});
