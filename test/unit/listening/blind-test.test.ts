import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  answered,
  begunTest,
  chanceOf,
  coin,
  resultOf,
  type Which,
} from "@/lib/listening/blind-test";

const which = fc.constantFrom<Which>("a", "b");
const trials = fc.array(fc.record({ x: which, answer: which }), { minLength: 1, maxLength: 40 });

describe("a blind test", () => {
  it("counts the right answers, and tells nothing before the last", () => {
    fc.assert(
      fc.property(trials, which, (all, late) => {
        let test = begunTest(all.length, all[0]!.x);
        all.forEach(({ answer }, index) => {
          expect(resultOf(test)).toBeNull();
          expect(test.x).toBe(all[index]!.x);
          test = answered(test, answer, all[index + 1]?.x ?? late);
        });
        expect(resultOf(test)).toMatchObject({
          trials: all.length,
          correct: all.filter(({ x, answer }) => x === answer).length,
        });
        expect(answered(test, late, late)).toBe(test);
      }),
    );
  });

  it("turns up both versions", () => {
    expect(new Set(Array.from({ length: 100 }, coin)).size).toBe(2);
  });
});

describe("what chance makes of it", () => {
  it("is the share of all ways of answering that are as good or better", () => {
    for (const n of [1, 5, 10]) {
      for (let k = 0; k <= n; k++) {
        let ways = 0;
        for (let answers = 0; answers < 2 ** n; answers++) {
          const right = answers.toString(2).replaceAll("0", "").length;
          if (right >= k) ways++;
        }
        expect(chanceOf(k, n)).toBe(ways / 2 ** n);
      }
    }
  });

  it("is the published value of 12 of 16", () => {
    expect(chanceOf(12, 16)).toBeCloseTo(0.0384, 4);
  });

  it("is 1 for none and halves with each trial when all are right", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (n) => {
        expect(chanceOf(0, n)).toBe(1);
        expect(chanceOf(n, n)).toBe(2 ** -n);
      }),
    );
  });

  it("falls with every further right answer", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(49), (n, k) => {
        fc.pre(k < n);
        expect(chanceOf(k + 1, n)).toBeLessThan(chanceOf(k, n));
      }),
    );
  });
});
