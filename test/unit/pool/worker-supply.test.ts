import { describe, expect, it, vi } from "vitest";
import { EngineUnavailable, type Engine } from "@/lib/browser/engine";
import type { ListeningHandle, SongWorkerHandle } from "@/lib/pool/worker-handle";
import { WorkerSupply } from "@/lib/pool/worker-supply";
import { deferred, settled } from "../batch/deferred";

type Handle = SongWorkerHandle & ListeningHandle;

const supplyOf = (load: () => Promise<Engine> = () => Promise.resolve({} as Engine)) => {
  const started: Handle[] = [];
  const start = vi.fn(() => {
    const worker = { terminate: vi.fn() } as unknown as Handle;
    started.push(worker);
    return Promise.resolve(worker);
  });
  return { supply: new WorkerSupply(load, start), started };
};

describe("the supply of workers", () => {
  it("gives the one that waits, and new ones after it", async () => {
    const { supply, started } = supplyOf();
    supply.prepare();
    supply.prepare();
    await settled();
    expect(started).toHaveLength(1);
    expect(await supply.take()).toBe(started[0]);
    expect(await supply.take()).toBe(started[1]);
    expect(started).toHaveLength(2);
  });

  it("gives one that is still starting", async () => {
    const engine = deferred<Engine>();
    const { supply, started } = supplyOf(() => engine.promise);
    supply.prepare();
    const taken = supply.take();
    engine.resolve({} as Engine);
    expect(await taken).toBe(started[0]);
    expect(started).toHaveLength(1);
  });

  it("ends the one that waits when it is not needed, even when it is still starting", async () => {
    const { supply, started } = supplyOf();
    supply.prepare();
    supply.dismiss();
    await settled();
    expect(started[0]!.terminate).toHaveBeenCalledOnce();
    const taken = await supply.take();
    expect(taken).toBe(started[1]);
    supply.dismiss();
    expect(taken.terminate).not.toHaveBeenCalled();
  });

  it("tries again after a failure that nobody waited for", async () => {
    const engine = vi.fn<() => Promise<Engine>>();
    engine.mockRejectedValueOnce(new EngineUnavailable("offline"));
    engine.mockResolvedValue({} as Engine);
    const { supply, started } = supplyOf(engine);
    supply.prepare();
    await settled();
    expect(await supply.take()).toBe(started[0]);
  });

  it("tells a failure to whoever takes the one that is starting", async () => {
    const engine = deferred<Engine>();
    const { supply } = supplyOf(() => engine.promise);
    supply.prepare();
    const taken = supply.take();
    engine.reject(new EngineUnavailable("offline"));
    await expect(taken).rejects.toBeInstanceOf(EngineUnavailable);
  });
});
