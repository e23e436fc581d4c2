import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  CALM_BEFORE_RAISING,
  LOWER_EVERY,
  noneResting,
  restingAfter,
  restUnderPressure,
  type Pressure,
} from "@/lib/pool/resting";
import { ManualClock } from "../../support/manual-clock";

const isHigh = (pressure: Pressure) => pressure === "serious" || pressure === "critical";
const pressures = fc.constantFrom<Pressure>("nominal", "fair", "serious", "critical");
/** Looks at the machine, seconds apart. */
const looks = fc.array(fc.record({ pressure: pressures, after: fc.integer({ min: 0, max: 10 }) }), {
  maxLength: 60,
});

describe("workers that rest under pressure", () => {
  it("are never all of them, change one at a time, and not more often than agreed", () => {
    fc.assert(
      fc.property(looks, fc.integer({ min: 1, max: 16 }), (each, wanted) => {
        let resting = noneResting;
        let now = 0;
        let changed = -Infinity;
        let lastHigh = 0;
        for (const { pressure, after } of each) {
          now += after;
          if (isHigh(pressure)) lastHigh = now;
          const next = restingAfter(resting, pressure, wanted, now);
          expect(wanted - next.workers).toBeGreaterThanOrEqual(1);
          const step = next.workers - resting.workers;
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
          resting = next;
        }
      }),
    );
  });

  it("are all but one while the pressure stays, and none once it has been calm for long", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), pressures, (wanted, pressure) => {
        let resting = noneResting;
        const look = (kind: Pressure, from: number, to: number) => {
          for (let now = from; now <= to; now++) resting = restingAfter(resting, kind, wanted, now);
        };
        const long = (CALM_BEFORE_RAISING + 1) * (wanted + 1);
        look(pressure, 0, long);
        expect(resting.workers).toBe(isHigh(pressure) ? wanted - 1 : 0);
        look("fair", long, 2 * long);
        expect(resting.workers).toBe(0);
      }),
    );
  });

  it("are fewer when fewer workers are wanted", () => {
    const before = { workers: 3, changedAt: 0, calmSince: null };
    expect(restingAfter(before, "critical", 2, 1).workers).toBe(1);
  });

  it("are told of as the pressure changes and as time passes, until that is ended", () => {
    const clock = new ManualClock();
    let press: (pressure: Pressure) => void = () => undefined;
    const endSource = vi.fn();
    const changes: number[] = [];
    const end = restUnderPressure(
      (onPressure) => ((press = onPressure), endSource),
      clock,
      () => 4,
      (workers) => changes.push(workers),
    );
    press("critical");
    clock.pass(2 * LOWER_EVERY);
    expect(changes).toEqual([1, 2, 3]);
    press("nominal");
    clock.pass(CALM_BEFORE_RAISING);
    expect(changes).toEqual([1, 2, 3, 2]);
    end();
    clock.pass(10 * CALM_BEFORE_RAISING);
    expect(changes).toHaveLength(4);
    expect(endSource).toHaveBeenCalledOnce();
    expect(clock.isIdle).toBe(true);
  });

  it("are none where the platform does not tell of pressure", () => {
    const clock = new ManualClock();
    restUnderPressure(
      () => null,
      clock,
      () => 4,
      () => expect.unreachable(),
    );
    expect(clock.isIdle).toBe(true);
  });
});
