import { describe, expect, it } from "vitest";
import { patienceFor } from "@/lib/batch/song-worker";
import { automaticWorkers, workerCount } from "@/lib/batch/worker-count";
import { seconds } from "@/lib/loudness/units";

describe("the number of workers", () => {
  const automatic = {
    enableParallelProcessing: true,
    maxConcurrentJobs: null,
    coreUse: "automatic",
  } as const;
  const machine = { cores: 8, memory: null };

  it.each([
    [0, 1],
    [1, 1],
    [3, 1],
    [4, 4],
    [5, 5],
    [500, 7],
  ])("for %i files on 8 cores is %i", (files, workers) => {
    expect(workerCount(files, automatic, machine)).toBe(workers);
  });

  it("follows the preset, an exact number, the files and the memory", () => {
    const count = (change: object, more = {}) =>
      workerCount(500, { ...automatic, ...change }, { ...machine, ...more });
    expect(count({ coreUse: "conservative" })).toBe(4);
    expect(count({ coreUse: "aggressive" })).toBe(8);
    expect(count({ maxConcurrentJobs: 12 })).toBe(12);
    expect(workerCount(5, { ...automatic, maxConcurrentJobs: 12 }, machine)).toBe(5);
    expect(count({ maxConcurrentJobs: 12 }, { memory: 2 })).toBe(4);
    expect(count({}, { memory: 0.25 })).toBe(1);
    expect(count({ enableParallelProcessing: false, maxConcurrentJobs: 12 })).toBe(1);
    expect(automaticWorkers("automatic", 1)).toBe(1);
    expect(automaticWorkers("conservative", 1)).toBe(1);
  });
});

it("a worker may be silent for longer over longer songs", () => {
  const patience = (duration: number) => patienceFor({ duration: seconds(duration) });
  expect(patience(7200)).toBeGreaterThan(patience(180));
  expect(patienceFor(null)).toBeGreaterThan(patience(180));
});
