import { describe, expect, it } from "vitest";
import { type PlatformWorker, readyWorker, WorkerDied } from "@/lib/pool/worker-handle";
import { deferred, type Deferred, settled } from "../../support/deferred";
import { ManualClock } from "../../support/manual-clock";

interface Calls {
  work(task: string): Promise<string>;
}

/** A worker of no platform: the test answers for it, breaks it and ends it. */
class FakeWorker implements PlatformWorker<Calls, number> {
  readonly asked: string[] = [];
  readonly prepared = deferred();
  readonly end = deferred();
  readonly givenBack: ArrayBuffer[] = [];
  answer: Deferred<string> = deferred();
  fail: (detail: string) => void = () => undefined;
  progress: (progress: number) => void = () => undefined;
  terminated = 0;

  readonly calls: Calls = {
    work: (task) => {
      this.asked.push(task);
      return (this.answer = deferred<string>()).promise;
    },
  };
  prepare = () => this.prepared.promise;
  ended = () => this.end.promise;
  onError = (listener: (detail: string) => void) => void (this.fail = listener);
  onProgress = (listener: (progress: number) => void) => void (this.progress = listener);
  giveBack = (buffers: readonly ArrayBuffer[]) => void this.givenBack.push(...buffers);
  terminate = () => void this.terminated++;
}

/** Longer for a worker that tells more, 20 s at first. */
const patience = (progress: number | null) => progress ?? 20;
const work = ({ work }: Calls) => work("a");

const started = async () => {
  const worker = new FakeWorker();
  const clock = new ManualClock();
  worker.prepared.resolve();
  const handle = await readyWorker(worker, patience, clock);
  return { worker, clock, handle };
};

describe("a worker's handle", () => {
  it("is there once the worker is prepared, and not for one that cannot be", async () => {
    const worker = new FakeWorker();
    const ready = readyWorker(worker, patience, new ManualClock());
    worker.prepared.reject(new Error("no memory"));
    await expect(ready).rejects.toMatchObject({ death: "crashed", detail: "no memory" });
    expect(worker.terminated).toBe(1);
  });

  it("gives answers, and progress while a call is under way", async () => {
    const { worker, clock, handle } = await started();
    const progress: number[] = [];
    const call = handle.call(work, { onProgress: (each) => progress.push(each) });
    worker.progress(30);
    worker.answer.resolve("done");
    expect(await call).toBe("done");
    worker.progress(40);
    expect(progress).toEqual([30]);
    expect(clock.isIdle).toBe(true);
  });

  it("hands memory back to the worker", async () => {
    const { worker, handle } = await started();
    const buffer = new ArrayBuffer(1);
    handle.giveBack([buffer]);
    expect(worker.givenBack).toEqual([buffer]);
  });

  it.each<[string, (worker: FakeWorker) => void, detail: string]>([
    ["an error event", (worker) => worker.fail("out of bounds"), "out of bounds"],
    ["its end", (worker) => worker.end.resolve(), "the worker ended"],
    ["an error in the call", (worker) => worker.answer.reject(new Error("oops")), "oops"],
  ])("rejects the call under way and every later one after %s", async (_, kill, detail) => {
    const { worker, handle } = await started();
    const call = handle.call(work);
    kill(worker);
    await expect(call).rejects.toBeInstanceOf(WorkerDied);
    await expect(call).rejects.toMatchObject({ death: "crashed", detail });
    await expect(handle.call(work)).rejects.toMatchObject({ death: "crashed", detail });
    expect(worker.asked).toEqual(["a"]);
    expect(worker.terminated).toBe(1);
  });

  it("rejects the call under way when it is terminated, without counting that as a crash", async () => {
    const { worker, handle } = await started();
    const call = handle.call(work);
    handle.terminate();
    await expect(call).rejects.toMatchObject({ death: "terminated" });
    // Its end is noticed now; the first cause stays.
    worker.end.resolve();
    await settled();
    await expect(handle.call(work)).rejects.toMatchObject({ death: "terminated" });
  });

  it("is terminated by what aborts its call, also when that came before it", async () => {
    const { worker, handle } = await started();
    const abort = new AbortController();
    const call = handle.call(work, { signal: abort.signal });
    abort.abort();
    await expect(call).rejects.toMatchObject({ death: "terminated" });
    expect(worker.terminated).toBe(1);

    const other = await started();
    const late = other.handle.call(work, { signal: abort.signal });
    await expect(late).rejects.toMatchObject({ death: "terminated" });
    expect(other.worker.asked).toEqual([]);
  });

  it("outlives what aborts a call that has ended", async () => {
    const { worker, handle } = await started();
    const abort = new AbortController();
    const call = handle.call(work, { signal: abort.signal });
    worker.answer.resolve("done");
    await call;
    abort.abort();
    expect(worker.terminated).toBe(0);
  });

  it("takes a worker without a sign of life for hung, however long each step takes", async () => {
    const { worker, clock, handle } = await started();
    const call = handle.call(work);
    clock.pass(patience(null) - 1);
    for (let sign = 1; sign <= 3; sign++) {
      worker.progress(60);
      clock.pass(59);
      expect(worker.terminated).toBe(0);
    }
    clock.pass(1);
    await expect(call).rejects.toMatchObject({ death: "hung" });
    expect(worker.terminated).toBe(1);
  });
});
