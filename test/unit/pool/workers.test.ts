import * as Comlink from "comlink";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Engine } from "@/lib/browser/engine";
import { Watchdog } from "@/lib/pool/watchdog";
import { automaticWorkers, workerCount } from "@/lib/batch/worker-count";
import { patienceFor, startWorker, WorkerDied } from "@/lib/pool/worker-handle";
import { seconds } from "@/lib/loudness/units";
import type { LevelTask } from "@/lib/song/task";
import type { SongWorker, WorkerSetup } from "@/lib/workers/protocol";
import { deferred, settled, type Deferred } from "../batch/deferred";
import { leveled } from "../batch/fixtures";

describe("the watchdog", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("barks once, after that many seconds without food", () => {
    const bark = vi.fn();
    const dog = new Watchdog(bark);
    dog.start(10);
    vi.advanceTimersByTime(9000);
    dog.feed(10);
    vi.advanceTimersByTime(9000);
    expect(bark).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    expect(bark).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(100_000);
    expect(bark).toHaveBeenCalledTimes(1);
  });

  it("does not count the hours that the machine slept", () => {
    const bark = vi.fn();
    const dog = new Watchdog(bark);
    dog.start(10);
    vi.advanceTimersByTime(5000);
    // The clock has moved on; the timers have not run.
    vi.setSystemTime(Date.now() + 8 * 3600 * 1000);
    vi.advanceTimersByTime(4000);
    expect(bark).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    expect(bark).toHaveBeenCalledTimes(1);
  });

  it("keeps quiet once stopped", () => {
    const bark = vi.fn();
    const dog = new Watchdog(bark);
    dog.start(10);
    dog.stop();
    vi.advanceTimersByTime(60_000);
    expect(bark).not.toHaveBeenCalled();
  });

  it("waits longer for longer songs", () => {
    expect(patienceFor(seconds(7200))).toBeGreaterThan(patienceFor(seconds(180)));
    expect(patienceFor(null)).toBeGreaterThan(patienceFor(seconds(180)));
  });
});

/** A worker in this thread, reached through a message channel as the browser's is. */
class FakeWorker {
  static readonly all: FakeWorker[] = [];
  onerror: ((event: { message: string }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  terminated = false;
  setup: WorkerSetup | null = null;
  call: Deferred<unknown> = deferred();
  readonly #channel = new MessageChannel();

  constructor() {
    FakeWorker.all.push(this);
    const answer = () => (this.call = deferred<unknown>()).promise as Promise<never>;
    const worker: SongWorker = {
      prepare: async (setup) => {
        this.setup = setup;
      },
      measure: answer,
      level: answer,
      undo: answer,
      listen: answer,
    };
    Comlink.expose(worker, this.#channel.port2);
    this.#channel.port2.start();
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    if (!this.terminated) this.#channel.port1.postMessage(message, transfer as never);
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    this.#channel.port1.addEventListener(type, listener);
    this.#channel.port1.start();
  }

  removeEventListener(type: string, listener: (event: Event) => void): void {
    this.#channel.port1.removeEventListener(type, listener);
  }

  terminate(): void {
    this.terminated = true;
    this.#channel.port1.close();
  }
}

describe("a worker's handle", { timeout: 10_000 }, () => {
  const locks = new Map<string, () => void>();
  const engine = { coreUrl: "core.js" } as Engine;
  const task = {} as LevelTask;

  beforeEach(() => {
    FakeWorker.all.length = 0;
    locks.clear();
    vi.stubGlobal("Worker", FakeWorker);
    vi.stubGlobal("navigator", {
      // Granted only when whoever holds it is gone.
      locks: {
        request: (name: string, granted: () => void) => {
          locks.set(name, granted);
          return new Promise(() => undefined);
        },
      },
    });
  });
  afterEach(() => {
    for (const worker of FakeWorker.all) worker.terminate();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const started = async () => {
    const handle = await startWorker(engine);
    const worker = FakeWorker.all[0]!;
    const begun = async (call: Promise<unknown>, before: unknown) => {
      call.catch(() => undefined);
      await vi.waitFor(() => expect(worker.call).not.toBe(before));
      return call;
    };
    return { handle, worker, begun };
  };

  it("hands over the engine, then answers and progress", async () => {
    const { handle, worker } = await started();
    expect(worker.setup).toMatchObject({ coreUrl: "core.js" });
    const progress: unknown[] = [];
    const before = worker.call;
    const call = handle.level(task, (message) => progress.push(message));
    await vi.waitFor(() => expect(worker.call).not.toBe(before));
    const message = { phase: "measuring", fraction: 0.5, duration: 180 };
    worker.setup!.progress.postMessage(message);
    await vi.waitFor(() => expect(progress).toEqual([message]));
    const { kind, gain } = leveled();
    worker.call.resolve({ kind, gain });
    expect(await call).toEqual({ kind, gain });
    worker.setup!.progress.postMessage(message);
    await settled();
    expect(progress).toHaveLength(1);
  });

  it.each<[string, string, (worker: FakeWorker) => void]>([
    ["an error event", "crashed", (worker) => worker.onerror!({ message: "out of bounds" })],
    ["a message that cannot be read", "crashed", (worker) => worker.onmessageerror!()],
    ["its lifeline", "crashed", (worker) => locks.get(worker.setup!.lifeline)!()],
    ["an error of the song's path", "crashed", (worker) => worker.call.reject(new Error("oops"))],
  ])("rejects the call under way and every later one after %s", async (_, death, kill) => {
    const { handle, worker } = await started();
    const before = worker.call;
    const call = handle.level(task, () => undefined);
    call.catch(() => undefined);
    await vi.waitFor(() => expect(worker.call).not.toBe(before));
    kill(worker);
    await expect(call).rejects.toBeInstanceOf(WorkerDied);
    await expect(call).rejects.toMatchObject({ death });
    await expect(handle.measure(task, () => undefined)).rejects.toMatchObject({ death });
    expect(worker.terminated).toBe(true);
  });

  it("rejects the call under way when it is terminated, without counting that as a crash", async () => {
    const { handle, worker } = await started();
    const call = handle.level(task, () => undefined);
    handle.terminate();
    await expect(call).rejects.toMatchObject({ death: "terminated" });
    // The lock is free now; the first cause stays.
    locks.get(worker.setup!.lifeline)!();
    await expect(handle.level(task, () => undefined)).rejects.toMatchObject({
      death: "terminated",
    });
  });

  it("takes a worker without a sign of life for hung, however long each step takes", async () => {
    const { handle, worker } = await started();
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const progress: unknown[] = [];
    const call = handle.level(task, (message) => progress.push(message));
    call.catch(() => undefined);
    const patience = patienceFor(seconds(180)) * 1000;
    for (let sign = 1; sign <= 3; sign++) {
      worker.setup!.progress.postMessage({ phase: "measuring", fraction: 0, duration: 180 });
      await vi.waitFor(() => expect(progress).toHaveLength(sign), { interval: 0 });
      vi.advanceTimersByTime(patience - 1000);
      expect(worker.terminated).toBe(false);
    }
    vi.advanceTimersByTime(2000);
    await expect(call).rejects.toMatchObject({ death: "hung" });
    expect(worker.terminated).toBe(true);
  });
});

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
