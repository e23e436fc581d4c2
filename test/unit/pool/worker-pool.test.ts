import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JobQueue } from "@/lib/pool/job-queue";
import { WorkerDied, type Death } from "@/lib/pool/worker-handle";
import { WorkerPool, type PoolHost } from "@/lib/pool/worker-pool";
import { deferred, settled, type Deferred } from "../../support/deferred";

class FakeWorker {
  readonly id: number;
  songs = 0;
  dead: WorkerDied | null = null;
  /** The call that is under way. */
  call: Deferred<void> | null = null;

  constructor(id: number) {
    this.id = id;
  }

  die(death: Death): void {
    this.dead ??= new WorkerDied(death, "in a test");
    this.call?.reject(this.dead);
  }

  work(): Promise<void> {
    this.call = deferred();
    if (this.dead) this.call.reject(this.dead);
    else this.songs++;
    return this.call.promise;
  }

  terminate(): void {
    this.die("terminated");
  }
}

/** A host whose workers and saves do nothing until the test says so. */
class Host implements PoolHost<number, FakeWorker> {
  readonly queue = new JobQueue<number>();
  readonly workers: FakeWorker[] = [];
  /** Jobs in the order in which they were begun, retries included. */
  readonly begun: { job: number; lane: number; worker: FakeWorker }[] = [];
  readonly running = new Map<number, { lane: number; worker: FakeWorker }>();
  readonly saving = new Map<number, Deferred<void> & { lane: number }>();
  readonly saved: number[] = [];
  readonly abandoned: { job: number; death: Death }[] = [];
  readonly startedLanes: number[] = [];
  lanes: readonly string[] = [];

  constructor(jobs: number) {
    this.queue.push(...Array.from({ length: jobs }, (_, index) => index + 1));
    this.queue.close();
  }

  startWorker(): Promise<FakeWorker> {
    const worker = new FakeWorker(this.workers.length + 1);
    this.workers.push(worker);
    return Promise.resolve(worker);
  }

  take(): Promise<number | null> {
    return this.queue.take();
  }

  async perform(job: number, worker: FakeWorker, lane: number) {
    this.begun.push({ job, lane, worker });
    this.running.set(job, { lane, worker });
    try {
      await worker.work();
    } finally {
      this.running.delete(job);
    }
    return async () => {
      const save = { ...deferred(), lane };
      this.saving.set(job, save);
      await save.promise.finally(() => this.saving.delete(job));
      this.saved.push(job);
    };
  }

  abandon(job: number, _lane: number, { death }: WorkerDied): void {
    this.abandoned.push({ job, death });
  }

  onWorkerStarted(lane: number): void {
    this.startedLanes.push(lane);
  }

  onLanesChanged(lanes: readonly { readonly status: string }[]): void {
    this.lanes = lanes.map(({ status }) => status);
  }

  /** The worker gives its result; the saving waits. */
  async work(job: number): Promise<void> {
    this.running.get(job)!.worker.call!.resolve();
    await settled();
  }

  async save(job: number): Promise<void> {
    this.saving.get(job)!.resolve();
    await settled();
  }

  async complete(job: number): Promise<void> {
    await this.work(job);
    await this.save(job);
  }

  get jobs(): number[] {
    return [...this.running.keys()].sort((a, b) => a - b);
  }
}

const started = async (jobs: number, size: number, host = new Host(jobs)) => {
  const pool = new WorkerPool(host);
  let done = false;
  const run = pool.run(size).finally(() => (done = true));
  run.catch(() => undefined);
  await settled();
  return { host, pool, run, isDone: () => done };
};

describe("the worker pool", () => {
  it("gives the next song of the one queue to whichever lane is free", async () => {
    const { host, run } = await started(5, 2);
    expect(host.jobs).toEqual([1, 2]);
    await host.complete(2);
    await host.complete(3);
    expect(host.jobs).toEqual([1, 4]);
    expect(host.begun.map(({ lane }) => lane)).toEqual([1, 2, 2, 2]);
    await host.complete(1);
    await host.complete(4);
    await host.complete(5);
    await run;
    expect(host.saved).toEqual([2, 3, 1, 4, 5]);
    expect(host.startedLanes).toEqual([1, 2]);
    expect(host.lanes).toEqual([]);
  });

  it("saves a song while its worker begins the next, and never two at once", async () => {
    const { host } = await started(4, 1);
    await host.work(1);
    expect([host.jobs, [...host.saving.keys()]]).toEqual([[2], [1]]);
    await host.work(2);
    // The second result waits for the first save; the lane begins nothing meanwhile.
    expect([host.jobs, [...host.saving.keys()]]).toEqual([[], [1]]);
    await host.save(1);
    expect([host.jobs, [...host.saving.keys()]]).toEqual([[3], [2]]);
  });

  it("ends only when the last save has ended", async () => {
    const { host, run, isDone } = await started(1, 1);
    await host.work(1);
    expect(isDone()).toBe(false);
    await host.save(1);
    await run;
  });

  it("starts more lanes during the run, and lets surplus ones end with their song", async () => {
    const { host, pool, run } = await started(8, 1);
    pool.resize(3);
    await settled();
    expect(host.jobs).toEqual([1, 2, 3]);
    pool.resize(1);
    await host.complete(2);
    await host.complete(3);
    expect(host.jobs).toEqual([1]);
    expect(host.lanes).toHaveLength(1);
    expect(host.workers.filter(({ dead }) => dead).length).toBe(2);
    pool.resize(2);
    await settled();
    expect(host.jobs).toEqual([1, 4]);
    for (let job = 1; job <= 8; job++) if (job < 2 || job > 3) await host.complete(job);
    await run;
  });

  it("keeps a lane that was given up and wanted again while its song was saved", async () => {
    const { host, pool } = await started(6, 2);
    pool.resize(1);
    await host.work(2);
    pool.resize(2);
    await host.save(2);
    expect(host.jobs).toEqual([1, 3]);
  });

  it("finishes what runs and begins nothing while paused", async () => {
    const { host, pool, run } = await started(4, 2);
    pool.pause();
    await host.complete(1);
    expect(host.lanes).toEqual(["idle", "working"]);
    await host.complete(2);
    expect(host.jobs).toEqual([]);
    pool.resume();
    // Paused again before any lane could hear of it.
    pool.pause();
    await settled();
    expect(host.jobs).toEqual([]);
    pool.resume();
    await settled();
    expect(host.jobs).toEqual([3, 4]);
    await host.complete(3);
    await host.complete(4);
    await run;
  });

  it("does not begin a song that it was waiting for when it was paused", async () => {
    const host = new Host(0);
    const queue = new JobQueue<number>();
    host.take = () => queue.take();
    const { pool, run } = await started(0, 1, host);
    pool.pause();
    queue.push(1);
    await settled();
    pool.resume();
    pool.pause();
    await settled();
    expect(host.jobs).toEqual([]);
    pool.resume();
    await settled();
    expect(host.jobs).toEqual([1]);
    queue.close();
    await host.complete(1);
    await run;
  });

  it("stops after the running songs, which are saved", async () => {
    const { host, pool, run } = await started(5, 2);
    pool.stop(false);
    await host.complete(1);
    await host.complete(2);
    await run;
    expect(host.saved).toEqual([1, 2]);
    expect(host.begun).toHaveLength(2);
  });

  it("stops at once: running songs end, a save under way is finished", async () => {
    const { host, pool, run } = await started(5, 2);
    await host.work(1);
    pool.stop(true);
    await settled();
    expect(host.abandoned).toHaveLength(2);
    expect(host.abandoned).toEqual(
      expect.arrayContaining([
        { job: 2, death: "terminated" },
        { job: 3, death: "terminated" },
      ]),
    );
    await host.save(1);
    await run;
    expect(host.saved).toEqual([1]);
    expect(host.workers.every(({ dead }) => dead !== null)).toBe(true);
  });

  it("stops while paused", async () => {
    const { host, pool, run } = await started(3, 1);
    pool.pause();
    await host.complete(1);
    pool.stop(false);
    await run;
    expect(host.begun).toHaveLength(1);
  });

  it("does not begin a song on a worker that was still starting when it was stopped", async () => {
    const host = new Host(1);
    const starting = deferred<FakeWorker>();
    host.startWorker = () => starting.promise;
    const { pool, run } = await started(1, 1, host);
    pool.stop(true);
    const late = new FakeWorker(1);
    starting.resolve(late);
    await run;
    expect(late.dead?.death).toBe("terminated");
    expect(host.begun).toEqual([]);
    expect(host.startedLanes).toEqual([]);
  });

  it.each<Death>(["crashed", "hung"])(
    "tries a song once more on a fresh worker when its worker %s, other lanes go on",
    async (death) => {
      const { host, run } = await started(3, 2);
      host.running.get(1)!.worker.die(death);
      await settled();
      expect(host.jobs).toEqual([1, 2]);
      expect(host.running.get(1)).toMatchObject({ lane: 1, worker: { id: 3 } });
      await host.complete(2);
      await host.complete(1);
      await host.complete(3);
      await run;
      expect(host.abandoned).toEqual([]);
      expect(host.saved).toEqual([2, 1, 3]);
    },
  );

  it("gives a song up at its second death and goes on with the next", async () => {
    const { host, run } = await started(2, 1);
    host.running.get(1)!.worker.die("hung");
    await settled();
    host.running.get(1)!.worker.die("crashed");
    await settled();
    expect(host.abandoned).toEqual([{ job: 1, death: "crashed" }]);
    await host.complete(2);
    await run;
    expect(new Set(host.begun.map(({ worker }) => worker)).size).toBe(3);
  });

  it("gives every song up when no worker can be started, and ends", async () => {
    const host = new Host(3);
    host.startWorker = () => Promise.reject(new Error("workers are forbidden here"));
    const { run } = await started(3, 2, host);
    await run;
    expect(host.abandoned.map(({ job, death }) => [job, death]).sort()).toEqual([
      [1, "crashed"],
      [2, "crashed"],
      [3, "crashed"],
    ]);
  });

  it("replaces a worker after 25 songs, and ends the last one with the batch", async () => {
    const { host, run } = await started(53, 1);
    for (let job = 1; job <= 53; job++) await host.complete(job);
    await run;
    expect(host.workers.map(({ songs }) => songs)).toEqual([25, 25, 3]);
    expect(host.workers.every(({ dead }) => dead?.death === "terminated")).toBe(true);
  });

  it("ends with the host's own error, after the other lanes have done their songs", async () => {
    const { host, run, isDone } = await started(3, 2);
    host.running.get(1)!.worker.call!.reject(new RangeError("a bug"));
    await settled();
    expect(isDone()).toBe(false);
    await host.complete(2);
    await host.complete(3);
    await expect(run).rejects.toThrow("a bug");
    expect(host.saved).toEqual([2, 3]);
  });

  it("keeps its promises under every order of events", async () => {
    const events = fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constant({ kind: "pause" } as const) },
        { weight: 3, arbitrary: fc.constant({ kind: "resume" } as const) },
        {
          weight: 3,
          arbitrary: fc.record({
            kind: fc.constant("resize" as const),
            size: fc.integer({ min: 1, max: 5 }),
          }),
        },
        {
          weight: 1,
          arbitrary: fc.record({ kind: fc.constant("stop" as const), now: fc.boolean() }),
        },
      ),
      { maxLength: 8 },
    );
    const fates = fc.array(fc.constantFrom("well", "well", "well", "crashed", "hung"), {
      minLength: 30,
      maxLength: 30,
    });
    const plan = fc.record({
      jobs: fc.integer({ min: 0, max: 12 }),
      size: fc.integer({ min: 1, max: 4 }),
      events,
      fates,
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), plan, async (scheduler, { jobs, size, events, fates }) => {
        const host = new Host(jobs);
        const attempts = new Map<number, number>();
        let next = 0;
        let mostLanes = size;
        const tick = (label: string) => scheduler.schedule(Promise.resolve(), label);
        const { startWorker, perform } = host;
        host.startWorker = () => tick("start").then(() => startWorker.call(host));
        host.perform = async (job, worker, lane) => {
          attempts.set(job, (attempts.get(job) ?? 0) + 1);
          const ended = perform.call(host, job, worker, lane);
          expect(host.running.size).toBeLessThanOrEqual(mostLanes);
          const lanes = [...host.running.values()].map((each) => each.lane);
          expect(new Set(lanes).size).toBe(lanes.length);
          const fate = fates[next++ % fates.length]!;
          void tick(`work ${job}`).then(() => {
            if (fate === "well") worker.call!.resolve();
            else worker.die(fate);
          });
          const finish = await ended;
          return () => {
            const saved = finish();
            const savingLanes = [...host.saving.values()].map((each) => each.lane);
            expect(new Set(savingLanes).size).toBe(savingLanes.length);
            void tick(`save ${job}`).then(() => host.saving.get(job)?.resolve());
            return saved;
          };
        };
        const pool = new WorkerPool(host);
        let stopped = false;
        const run = pool.run(size);
        scheduler.scheduleSequence([
          ...events.map((event) => ({
            label: event.kind,
            builder: () => {
              if (event.kind === "resize") {
                mostLanes = Math.max(mostLanes, event.size);
                pool.resize(event.size);
              } else if (event.kind === "stop") {
                stopped = true;
                host.queue.close();
                pool.stop(event.now);
              } else pool[event.kind]();
              return Promise.resolve();
            },
          })),
          // A paused pool waits for ever, as it should.
          { label: "resume", builder: () => Promise.resolve(pool.resume()) },
        ]);
        await scheduler.waitFor(run);

        expect(host.running.size + host.saving.size).toBe(0);
        const ends = [...host.saved, ...host.abandoned.map(({ job }) => job)];
        expect(new Set(ends).size).toBe(ends.length);
        if (!stopped)
          expect(ends.sort((a, b) => a - b)).toEqual(Array.from({ length: jobs }, (_, i) => i + 1));
        expect(Math.max(0, ...attempts.values())).toBeLessThanOrEqual(2);
        for (const { songs, dead } of host.workers) {
          expect(songs).toBeLessThanOrEqual(25);
          expect(dead).not.toBeNull();
        }
      }),
      { numRuns: 300 },
    );
  });
});
