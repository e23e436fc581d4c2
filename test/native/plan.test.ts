/**
 * The plan is a promise: what is foreseen of a song is what native ffmpeg hears of the delivered
 * file. `LEVELUP_PLAN=all` takes whole songs of every kind, which takes hours; `npm run test:long --
 * plan` does that and writes docs/limiter.md.
 */
import { describe, expect, test } from "vitest";
import {
  CEILING,
  KINDS,
  planAndDelivery,
  planRow,
  songNames,
  type PlanAndDelivery,
} from "../support/plan-and-delivery";

const all = process.env["LEVELUP_PLAN"] === "all";
const kinds = all ? Object.keys(KINDS) : ["MP3 128", "AAC 256", "Vorbis q5", "FLAC"];
const names = all ? songNames() : songNames().filter((_, i) => i % 7 === 0);
const part = all ? {} : { from: 20, seconds: 15 };
const TARGETS = [-14, -11];

const keepsUnderCeiling = ({ song, peak, ownPeak }: PlanAndDelivery) => {
  expect(peak, song).toBeLessThanOrEqual(CEILING + 0.1);
  expect(ownPeak, song).toBeLessThanOrEqual(CEILING + 0.05);
};

describe("a song is delivered as planned", () => {
  test.each(kinds)("%s", { timeout: 6 * 3600_000 }, async (kind) => {
    const results: PlanAndDelivery[] = [];
    for (const name of names)
      results.push(...(await planAndDelivery({ name, kind, ...part }, TARGETS)));
    console.log(planRow(kind, results));
    const away = results.map(({ planned, delivered }) => Math.abs(planned - delivered));
    expect(Math.max(...away)).toBeLessThanOrEqual(0.2);
    expect(away.filter((each) => each > 0.1).length).toBeLessThanOrEqual(results.length / 100);
    results.forEach(keepsUnderCeiling);
    for (const { song, limited } of results) expect(limited, song).toBeLessThanOrEqual(6);
    // At most one in ten is encoded more than once.
    const again = results.filter(({ passes }) => passes > 1).length;
    expect(again).toBeLessThanOrEqual(Math.max(1, results.length / 10));
  });

  test("one that was planned at -14.0 and came out at -15.4 and over the ceiling", async () => {
    const name = "casualties_of_war.ogg";
    const excerpt = { name, kind: "MP3 192", from: 20, seconds: 50 };
    const [result] = await planAndDelivery(excerpt, [-14]);
    expect(Math.abs(result!.planned - result!.delivered)).toBeLessThanOrEqual(0.1);
    keepsUnderCeiling(result!);
  });

  test.each([
    // All of the second encode kept lower, they ended at -15.9 and -16.0.
    { name: "journeys_end.ogg", kind: "MP3 128", from: 0, seconds: 60, within: 0.1 },
    { name: "casualties_of_war.ogg", kind: "AAC 128", from: 20, seconds: 50, within: 0.2 },
  ])(
    "$kind that is limited as far as is allowed, and whose first encode came out too high",
    async ({ within, ...excerpt }) => {
      const [result] = await planAndDelivery(excerpt, [-14]);
      expect(result!.passes).toBe(2);
      expect(Math.abs(result!.planned - result!.delivered)).toBeLessThanOrEqual(within);
      keepsUnderCeiling(result!);
    },
  );
});
