import * as Comlink from "comlink";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Engine } from "@/lib/browser/engine";
import { startSongWorker } from "@/lib/browser/song-worker";
import type { LevelTask } from "@/lib/song/task";
import type { LifelineSetup, SongWorker } from "@/lib/workers/protocol";
import { deferred, type Deferred, settled } from "../../support/deferred";
import { leveled } from "../batch/fixtures";

/** A worker in this thread, reached through a message channel as the browser's is. */
class FakeWorker {
  static readonly all: FakeWorker[] = [];
  onerror: ((event: { message: string }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  terminated = false;
  setup: LifelineSetup | null = null;
  call: Deferred<unknown> = deferred();
  readonly #channel = new MessageChannel();

  constructor() {
    FakeWorker.all.push(this);
    const answer = () => (this.call = deferred<unknown>()).promise as Promise<never>;
    const worker: SongWorker<LifelineSetup> = {
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

describe("a Web Worker for songs", { timeout: 10_000 }, () => {
  const locks = new Map<string, () => void>();
  const engine = { coreUrl: "core.js" } as Engine;

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
  });

  const prepared = async () => {
    const platform = startSongWorker(engine);
    const worker = FakeWorker.all[0]!;
    await platform.prepare();
    return { platform, worker };
  };

  it("is given the engine, then answers and tells of its progress", async () => {
    const { platform, worker } = await prepared();
    expect(worker.setup).toMatchObject({ coreUrl: "core.js" });
    const progress: unknown[] = [];
    platform.onProgress((each) => progress.push(each));
    const before = worker.call;
    const call = platform.calls.level({} as LevelTask);
    await vi.waitFor(() => expect(worker.call).not.toBe(before));
    const message = { phase: "measuring", fraction: 0.5, duration: 180 };
    worker.setup!.progress.postMessage(message);
    await vi.waitFor(() => expect(progress).toEqual([message]));
    const { kind, gain } = leveled();
    worker.call.resolve({ kind, gain });
    expect(await call).toEqual({ kind, gain });
  });

  it("has ended when the lock that it holds for life is free", async () => {
    const { platform, worker } = await prepared();
    let ended = false;
    void platform.ended().then(() => (ended = true));
    await settled();
    expect(ended).toBe(false);
    locks.get(worker.setup!.lifeline)!();
    await settled();
    expect(ended).toBe(true);
  });

  it("tells of errors and of messages that cannot be read", async () => {
    const { platform, worker } = await prepared();
    const details: string[] = [];
    platform.onError((detail) => details.push(detail));
    worker.onerror!({ message: "out of bounds" });
    worker.onmessageerror!();
    expect(details).toEqual(["out of bounds", "a message could not be read"]);
  });

  it("takes memory back, and none once it is terminated", async () => {
    const { platform, worker } = await prepared();
    const received: unknown[] = [];
    worker.setup!.progress.onmessage = ({ data }) => received.push(data);
    const buffer = new ArrayBuffer(8);
    platform.giveBack([buffer]);
    await vi.waitFor(() => expect(received).toHaveLength(1));
    expect(buffer.byteLength).toBe(0);
    platform.terminate();
    expect(worker.terminated).toBe(true);
    platform.giveBack([new ArrayBuffer(8)]);
    await settled();
    expect(received).toHaveLength(1);
  });
});
