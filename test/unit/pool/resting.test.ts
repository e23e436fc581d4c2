import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CALM_BEFORE_RAISING,
  LOWER_EVERY,
  nothingSpared,
  spare,
  type Pressure,
} from "@/lib/pool/resting";

const isHigh = (pressure: Pressure) => pressure === "serious" || pressure === "critical";
const pressures = fc.constantFrom<Pressure>("nominal", "fair", "serious", "critical");
/** Looks at the machine, seconds apart. */
const looks = fc.array(fc.record({ pressure: pressures, after: fc.integer({ min: 0, max: 10 }) }), {
  maxLength: 60,
});

describe("workers that are spared under pressure", () => {
  it("are never all of them, change one at a time, and not more often than agreed", () => {
    fc.assert(
      fc.property(looks, fc.integer({ min: 1, max: 16 }), (each, wanted) => {
        let sparing = nothingSpared;
        let now = 0;
        let changed = -Infinity;
        let lastHigh = 0;
        for (const { pressure, after } of each) {
          now += after;
          if (isHigh(pressure)) lastHigh = now;
          const next = spare(sparing, pressure, wanted, now);
          expect(wanted - next.spared).toBeGreaterThanOrEqual(1);
          const step = next.spared - sparing.spared;
          if (step > 0) {
            expect(step).toBe(1);
            expect(isHigh(pressure)).toBe(true);
            expect(now - changed).toBeGreaterThanOrEqual(LOWER_EVERY);
          }
          if (step < 0) {
            expect(step).toBe(-1);
            expect(now - lastHigh).toBeGreaterThanOrEqual(CALM_BEFORE_RAISING);
            expect(now - changed).toBeGreaterThanOrEqual(CALM_BEFORE_RAISING);
          }
          if (step !== 0) changed = now;
          sparing = next;
        }
      }),
    );
  });

  it("are all but one while the pressure stays, and none once it has been calm for long", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), pressures, (wanted, pressure) => {
        let sparing = nothingSpared;
        const look = (kind: Pressure, from: number, to: number) => {
          for (let now = from; now <= to; now++) sparing = spare(sparing, kind, wanted, now);
        };
        const long = (CALM_BEFORE_RAISING + 1) * (wanted + 1);
        look(pressure, 0, long);
        expect(sparing.spared).toBe(isHigh(pressure) ? wanted - 1 : 0);
        look("fair", long, 2 * long);
        expect(sparing.spared).toBe(0);
      }),
    );
  });

  it("are fewer when fewer workers are wanted", () => {
    const before = { spared: 3, changedAt: 0, calmSince: null };
    expect(spare(before, "critical", 2, 1).spared).toBe(1);
  });
});
