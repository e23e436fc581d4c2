import { describe, expect, it, vi } from "vitest";
import { WorkerSupply } from "@/lib/pool/worker-supply";
import { deferred, settled } from "../../support/deferred";

/** `ready`: what each worker waits for before it is started. */
const supplyOf = (ready: () => Promise<void> = () => Promise.resolve()) => {
  const started: { terminate: ReturnType<typeof vi.fn<() => void>> }[] = [];
  const supply = new WorkerSupply(async () => {
    await ready();
    const worker = { terminate: vi.fn<() => void>() };
    started.push(worker);
    return worker;
  });
  return { supply, started };
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
    const engine = deferred();
    const { supply, started } = supplyOf(() => engine.promise);
    supply.prepare();
    const taken = supply.take();
    engine.resolve();
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
    const engine = vi.fn<() => Promise<void>>();
    engine.mockRejectedValueOnce(new Error("offline"));
    engine.mockResolvedValue();
    const { supply, started } = supplyOf(engine);
    supply.prepare();
    await settled();
    expect(await supply.take()).toBe(started[0]);
  });

  it("tells a failure to whoever takes the one that is starting", async () => {
    const engine = deferred();
    const { supply } = supplyOf(() => engine.promise);
    supply.prepare();
    const taken = supply.take();
    engine.reject(new Error("offline"));
    await expect(taken).rejects.toThrow("offline");
  });
});
