import { describe, expect, it } from "vitest";
import { JobQueue } from "@/lib/pool/job-queue";
import { settled } from "../../support/deferred";

describe("the queue of jobs", () => {
  it("hands each job once, in order, to whoever asked first", async () => {
    const queue = new JobQueue<number>();
    const first = queue.take();
    const second = queue.take();
    queue.push(1, 2, 3);
    expect(await Promise.all([second, first, queue.take()])).toEqual([2, 1, 3]);
  });

  it("hands out the job that is chosen of those that wait", async () => {
    const queue = new JobQueue<number>((waiting) => waiting.indexOf(Math.max(...waiting)));
    queue.push(1, 3, 2);
    queue.close();
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual([3, 2, 1]);
    expect(await queue.take()).toBeNull();
  });

  it("lets takers wait until it is closed", async () => {
    const queue = new JobQueue<number>();
    let got: number | null | undefined;
    void queue.take().then((job) => (got = job));
    await settled();
    expect(got).toBeUndefined();
    queue.close();
    await settled();
    expect(got).toBeNull();
    expect(await queue.take()).toBeNull();
  });
});
