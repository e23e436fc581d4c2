import { describe, expect, it } from "vitest";
import { ReplaceSink } from "@/lib/files/sinks";
import { AgedSwaps, type SwapClock } from "@/lib/files/swap";
import { settled } from "../../support/deferred";
import { FakeDisk } from "./fake-disk";

/** Time that passes only when told. */
class HandClock implements SwapClock {
  #now = 0;
  #sleeping: { until: number; wake: () => void }[] = [];

  now = () => this.#now;

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake, fail) => {
      const sleeper = { until: this.#now + milliseconds, wake };
      this.#sleeping.push(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleeping = this.#sleeping.filter((each) => each !== sleeper);
        fail(signal.reason as Error);
      });
    });
  }

  get sleeping(): number {
    return this.#sleeping.length;
  }

  async pass(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    const due = this.#sleeping.filter(({ until }) => until <= this.#now);
    this.#sleeping = this.#sleeping.filter(({ until }) => until > this.#now);
    for (const { wake } of due) wake();
    await idle();
  }

  /** Until so many wait. */
  async until(sleeping: number): Promise<void> {
    while (this.#sleeping.length < sleeping) await idle();
  }
}

/** Blobs are read in turns of the event loop. */
const idle = async () => {
  await new Promise((resolve) => setImmediate(resolve));
  await settled();
};

function replacing(names: readonly string[], most: number) {
  const clock = new HandClock();
  const disk = new FakeDisk(Object.fromEntries(names.map((name) => [name, "original"])));
  const folder = disk.picked();
  const sink = new ReplaceSink(true, new AgedSwaps(1000, most, clock));
  const waiting: number[] = [];
  const save = async (name: string, signal?: AbortSignal) => {
    const song = disk.song(name, folder);
    return sink.save(song, new Blob(["new"]), "mp3", {
      source: await song.open(),
      announce: () => Promise.resolve(),
      onWaiting: (until) => waiting.push(until),
      ...(signal && { signal }),
    });
  };
  return { clock, disk, save, waiting };
}

describe("a swap that waits for its bytes to be on the disk", () => {
  it("leaves the song as it was until then, with its copy and its record written", async () => {
    const { clock, disk, save, waiting } = replacing(["1.mp3"], 9);
    const saved = save("1.mp3");
    await clock.until(1);
    expect(waiting).toEqual([1000]);
    await clock.pass(999);
    expect(await disk.text("1.mp3")).toBe("original");
    expect(await disk.text("Originals/1.mp3")).toBe("original");
    const record = [...disk.files.keys()].find((path) => path.endsWith(".jsonl"));
    expect(await disk.text(record!)).toContain('"song":"1.mp3"');
    await clock.pass(1);
    expect(await saved).toBe("1.mp3");
    expect(await disk.text("1.mp3")).toBe("new");
  });

  it("is not made where the song changed meanwhile", async () => {
    const { clock, disk, save } = replacing(["1.mp3"], 9);
    const saved = save("1.mp3").catch((error: unknown) => error);
    await clock.until(1);
    disk.put("1.mp3", "edited");
    disk.modified.set("1.mp3", 2);
    await clock.pass(1000);
    expect(await saved).toMatchObject({ reason: "file-changed" });
    expect(await disk.text("1.mp3")).toBe("edited");
  });

  it("can be given up: nothing but the song is left, and its place is free for the next", async () => {
    const { clock, disk, save } = replacing(["1.mp3", "2.mp3"], 1);
    const controller = new AbortController();
    const stopped = save("1.mp3", controller.signal).catch((error: unknown) => error);
    await clock.until(1);
    const next = save("2.mp3");
    controller.abort(new Error("stopped"));
    expect(await stopped).toMatchObject({ message: "stopped" });
    await clock.until(1);
    await clock.pass(1000);
    await next;
    expect(await disk.text("1.mp3")).toBe("original");
    expect(await disk.text("2.mp3")).toBe("new");
    expect(disk.songs()).toEqual(["1.mp3", "2.mp3", "Originals/2.mp3"]);
  });

  it("waits with no more than the allowed number of open files at a time", async () => {
    const names = Array.from({ length: 5 }, (_, index) => `${index}.mp3`);
    const { clock, disk, save } = replacing(names, 2);
    const saved = Promise.all(names.map((name) => save(name)));
    for (const open of [2, 2, 1]) {
      await clock.until(open);
      for (let turn = 0; turn < 50; turn++) await idle();
      expect(clock.sleeping).toBe(open);
      await clock.pass(1000);
    }
    await saved;
    for (const name of names) expect(await disk.text(name)).toBe("new");
  });
});
