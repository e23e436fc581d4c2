import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextJob } from "@/lib/pool/next-job";

/** The time at which the last of some lanes ends, and the order in which jobs were begun. */
function played(times: readonly number[], lanes: number) {
  const waiting = [...times];
  const begun: number[] = [];
  const ends = Array<number>(lanes).fill(0);
  while (waiting.length > 0) {
    const lane = ends.indexOf(Math.min(...ends));
    const [time] = waiting.splice(nextJob(waiting, lanes), 1);
    begun.push(time!);
    ends[lane]! += time!;
  }
  return { end: Math.max(...ends), begun };
}

const severalLanes = fc.integer({ min: 2, max: 8 });

describe("the job that a lane begins next", () => {
  it("is the first one where all take about as long, or one lane does them all", () => {
    expect(played([5, 6, 5.5, 6], 2).begun).toEqual([5, 6, 5.5, 6]);
    expect(played([1, 1, 9], 1).begun).toEqual([1, 1, 9]);
  });

  it("is a long one as soon as it would end after all others", () => {
    expect(played([1, 1, 1, 1, 1, 1, 4], 2)).toEqual({ end: 5, begun: [1, 1, 4, 1, 1, 1, 1] });
  });

  it("leaves no lane idle for longer than short jobs take, wherever the long one stands", () => {
    const short = fc.array(fc.double({ min: 0.5, max: 1, noNaN: true }), { maxLength: 40 });
    const long = fc.double({ min: 2, max: 20, noNaN: true });
    fc.assert(
      fc.property(short, long, fc.nat(), severalLanes, (jobs, time, place, lanes) => {
        const all = jobs.toSpliced(place % (jobs.length + 1), 0, time);
        const work = all.reduce((sum, each) => sum + each, 0);
        return played(all, lanes).end <= Math.max(time, work / lanes) + 2;
      }),
    );
  });
});
