import { expect } from "./test";

export interface ExpectedBatch {
  readonly files: number;
  readonly workers: number;
  readonly failed: number;
}

/**
 * Compares a batch log of several workers line for line with what is promised. The lines of
 * different workers may interleave; those of one worker and one song may not change places.
 */
export function expectParallelLog(lines: readonly string[], expected: ExpectedBatch): void {
  const { files, workers, failed } = expected;
  const completed = files - failed;
  expect(lines.slice(0, 5)).toEqual([
    "=== BATCH PROCESSING START ===",
    `Files to process: ${files}`,
    "Parallel processing: ENABLED",
    `Max concurrent jobs: ${workers}`,
    `Using parallel processing with ${workers} workers...`,
  ]);
  expect(lines.slice(-6)).toEqual([
    "=== PARALLEL PROCESSING SUMMARY ===",
    `Total files: ${files}`,
    `Completed: ${completed}`,
    `Failed: ${failed}`,
    `Success rate: ${((completed / files) * 100).toFixed(1)}%`,
    "=== BATCH PROCESSING COMPLETE ===",
  ]);

  const started = new Set<number>();
  const holds = new Map<number, number>();
  const ended = new Set<number>();
  let done = 0;
  for (const line of lines.slice(5, -6)) {
    const [, begins] = /^Worker (\d+) started$/.exec(line) ?? [];
    const [, takes, taken] = /^Worker (\d+) processing job (\d+)\/\d+: .+$/.exec(line) ?? [];
    const [, ends, job, , doneSoFar] =
      /^Worker (\d+) completed job (\d+)\/(\d+) \((\d+)\/\3 total completed\)$/.exec(line) ?? [];
    const [, fails, failedJob] = /^Worker (\d+) failed job (\d+)\/\d+: .+$/.exec(line) ?? [];
    if (begins !== undefined) {
      started.add(Number(begins));
    } else if (takes !== undefined) {
      expect(started, line).toContain(Number(takes));
      expect(line).toContain(`/${files}: `);
      holds.set(Number(taken), Number(takes));
    } else if (ends !== undefined) {
      done += 1;
      expect(holds.get(Number(job)), line).toBe(Number(ends));
      expect(Number(doneSoFar), line).toBe(done);
      ended.add(Number(job));
    } else if (fails !== undefined) {
      expect(holds.get(Number(failedJob)), line).toBe(Number(fails));
      ended.add(Number(failedJob));
    } else {
      expect(line, "a line of another kind").toBe("");
    }
  }
  expect(done).toBe(completed);
  expect(ended.size).toBe(files);
  expect([...started].sort()).toEqual(Array.from({ length: workers }, (_, index) => index + 1));
}

/** The whole log of a batch that runs in sequence, without failures. */
export function sequentialLog(names: readonly string[]): string[] {
  const total = names.length;
  return [
    "=== BATCH PROCESSING START ===",
    `Files to process: ${total}`,
    "Parallel processing: DISABLED",
    "Max concurrent jobs: 1",
    "Using sequential processing with 1 worker...",
    "Worker 1 started",
    ...names.flatMap((name, index) => [
      `Worker 1 processing job ${index + 1}/${total}: ${name}`,
      `Worker 1 completed job ${index + 1}/${total} (${index + 1}/${total} total completed)`,
    ]),
    "=== PARALLEL PROCESSING SUMMARY ===",
    `Total files: ${total}`,
    `Completed: ${total}`,
    "Failed: 0",
    "Success rate: 100.0%",
    "=== BATCH PROCESSING COMPLETE ===",
  ];
}
