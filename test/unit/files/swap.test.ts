import { describe, expect, it } from "vitest";
import { ReplaceSink } from "@/lib/files/sinks";
import { AgedSwaps } from "@/lib/files/swap";
import type { SongBytes } from "@/lib/storage/song-bytes";
import { HandClock, idle } from "../../support/hand-clock";
import { FakeDisk } from "./fake-disk";

function replacing(names: readonly string[], most: number) {
  const clock = new HandClock();
  const disk = new FakeDisk(Object.fromEntries(names.map((name) => [name, "original"])));
  const folder = disk.picked();
  const sink = new ReplaceSink(true, new AgedSwaps(1000, most, clock));
  const waiting: number[] = [];
  const save = async (name: string, signal?: AbortSignal, bytes: SongBytes = new Blob(["new"])) => {
    const song = disk.song(name, folder);
    return sink.save(song, bytes, "mp3", {
      source: await song.open(),
      announce: () => Promise.resolve(),
      onWaiting: (milliseconds) => waiting.push(milliseconds),
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

  it("does not need the bytes any more, which go back to the worker", async () => {
    const { clock, disk, save } = replacing(["1.mp3"], 9);
    const bytes = new TextEncoder().encode("new");
    const saved = save("1.mp3", undefined, [bytes]);
    await clock.until(1);
    bytes.fill(0);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    await clock.pass(1000);
    await saved;
    expect(await disk.text("1.mp3")).toBe("new");
  });

  it("that fails is told, and the song stays as it was", async () => {
    const { clock, disk, save } = replacing(["1.mp3"], 9);
    const saved = save("1.mp3").catch((error: unknown) => error);
    await clock.until(1);
    disk.fault = (call) => {
      if (call === "close") throw new DOMException("no room", "QuotaExceededError");
    };
    await clock.pass(1000);
    expect(await saved).toMatchObject({ reason: "disk-full" });
    expect(await disk.text("1.mp3")).toBe("original");
    expect(disk.songs()).toEqual(["1.mp3"]);
  });

  it("makes room on a full disk for the songs after it", async () => {
    const { clock, disk, save } = replacing(["1.mp3", "2.mp3"], 9);
    const first = save("1.mp3");
    await clock.until(1);
    disk.fault = (call) => {
      const full = call === "write" && disk.files.get("1.mp3")!.size === "original".length;
      if (full) throw new DOMException("no room", "QuotaExceededError");
    };
    const second = save("2.mp3");
    await idle();
    await clock.pass(1000);
    await first;
    await clock.until(1);
    await clock.pass(1000);
    await second;
    expect(await disk.text("2.mp3")).toBe("new");
    expect(await disk.text("Originals/2.mp3")).toBe("original");
  });

  it("can be given up: nothing of ours is left", async () => {
    const { clock, disk, save } = replacing(["1.mp3", "2.mp3"], 9);
    const controller = new AbortController();
    const saved = ["1.mp3", "2.mp3"].map((name) => save(name, controller.signal));
    const ends = Promise.allSettled(saved);
    await clock.until(2);
    controller.abort(new Error("stopped"));
    expect(await ends).toMatchObject([{ status: "rejected" }, { status: "rejected" }]);
    expect([...disk.files.keys()]).toEqual(["1.mp3", "2.mp3"]);
    expect(disk.calls.filter((call) => call === "abort")).toHaveLength(2);
  });

  it("can be given up: its place is free for the next", async () => {
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
