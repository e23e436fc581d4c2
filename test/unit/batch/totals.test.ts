import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SwapsWaiting, totalsOf } from "@/lib/batch/totals";
import { seconds } from "@/lib/loudness/units";
import type { Song, SongStatus } from "@/lib/song/song";
import { songRow as row } from "./fixtures";

const NONE: SwapsWaiting = { age: 0, left: null };

const totals = (
  rows: readonly Song[],
  elapsed = 10,
  measuring = false,
  swaps: SwapsWaiting = NONE,
) =>
  totalsOf(new Map(rows.map((each) => [each.id, each])), {
    ids: rows.map(({ id }) => id),
    elapsed,
    measuring,
    swaps,
  });
const ended = (id: number, status: SongStatus = "leveled") =>
  row(id, { status, duration: seconds(200) });

describe("a batch's totals", () => {
  it("count every song where it ended", () => {
    expect(
      totals([ended(1), ended(2, "skipped"), ended(3, "failed"), ended(4, "cancelled"), row(5)]),
    ).toMatchObject({ inBatch: 5, completed: 4, leveled: 1, skipped: 1, failed: 1, cancelled: 1 });
    expect(totals([ended(1, "measured"), row(2)], 10, true)).toMatchObject({ completed: 1 });
    // In a batch that levels, a measured song is only on its way.
    expect(totals([ended(1, "measured"), row(2)])).toMatchObject({ completed: 0 });
  });

  it("know the time left from the third song on, by seconds of audio", () => {
    expect(totals([ended(1), ended(2), row(3), row(4)]).secondsLeft).toBeNull();
    const known = totals([ended(1), ended(2), ended(3), row(4, { duration: seconds(400) })], 30);
    expect(known).toMatchObject({ speed: 20, secondsLeft: 20, audioSeconds: 1000 });
  });

  it("count the wait of the last swap, which begins when everything else is done", () => {
    const written = row(4, { status: "written", duration: seconds(200) });
    const rows = [ended(1), ended(2), ended(3), written, row(5, { duration: seconds(200) })];
    expect(totals(rows, 40, false, { age: 55, left: null })).toMatchObject({
      ...{
        completed: 3,
        audioSecondsDone: 798,
        secondsLeft: (202 * 40) / 798 + 55,
        secondsToWrite: null,
      },
    });
    expect(totals([...rows.slice(0, 4)], 40, false, { age: 55, left: 12 })).toMatchObject({
      ...{ completed: 3, secondsLeft: 12, secondsToWrite: 12 },
    });
  });

  it("estimate unknown lengths from the known ones' bytes", () => {
    const rows = [ended(1), ended(2), ended(3), row(4, { size: 2_000_000 })];
    expect(totals(rows).audioSeconds).toBeCloseTo(700, 6);
  });

  it("never go back as a song goes its way, and never beyond the whole", () => {
    const way = ["measuring", "rendering", "verifying", "saving", "written", "leveled"] as const;
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 9 }),
        (some) => {
          const fractions = some.toSorted((a, b) => a - b);
          let before = 0;
          for (const status of way) {
            for (const progress of fractions) {
              const song = row(1, { status, progress, duration: seconds(100) });
              const { audioSecondsDone, audioSeconds } = totals([song]);
              expect(audioSecondsDone).toBeGreaterThanOrEqual(before - 1e-9);
              expect(audioSecondsDone).toBeLessThanOrEqual(audioSeconds + 1e-9);
              before = audioSecondsDone;
            }
          }
        },
      ),
    );
  });
});
