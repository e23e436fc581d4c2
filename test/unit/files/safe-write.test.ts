import { describe, expect, it } from "vitest";
import { openFolder, overwriteSafely, refusedFrom, writeFileSafely } from "@/lib/files/safe-write";
import { FakeDisk } from "./fake-disk";

const NEW = "all of the new bytes";

/** Fails the nth call, and every later one of the same name where `forEver`. */
function failing(disk: FakeDisk, nth: number, error: unknown, forEver: boolean): void {
  let count = 0;
  let failed: string | null = null;
  disk.fault = (call) => {
    count++;
    if (count === nth || (forEver && call === failed)) {
      failed = call;
      throw error;
    }
  };
}

describe.each([
  ["with move", true],
  ["without move", false],
])("writing a file %s", (_, canMove) => {
  const diskWith = (before: string | null) => {
    const disk = new FakeDisk(before === null ? {} : { "song.mp3": before });
    disk.canMove = canMove;
    return disk;
  };

  it.each([null, "the old bytes"])(
    "over %j leaves the new bytes and nothing else",
    async (before) => {
      const disk = diskWith(before);
      await writeFileSafely(disk.folder(), "song.mp3", new Blob([NEW]));
      expect([...disk.files.keys()]).toEqual(["song.mp3"]);
      expect(await disk.text("song.mp3")).toBe(NEW);
    },
  );

  it.each([null, "the old bytes"])(
    "over %j leaves either those or the new ones, whichever call fails",
    async (before) => {
      const whole = diskWith(before);
      await writeFileSafely(whole.folder(), "song.mp3", new Blob([NEW]));
      const calls = whole.calls.length;
      expect(calls).toBeGreaterThanOrEqual(6);
      for (let nth = 1; nth <= calls; nth++) {
        const disk = diskWith(before);
        failing(disk, nth, new DOMException("no room", "QuotaExceededError"), false);
        await expect(
          writeFileSafely(disk.folder(), "song.mp3", new Blob([NEW])),
        ).rejects.toMatchObject({ reason: "disk-full" });
        const left = await disk.text("song.mp3");
        const where = `call ${nth} of ${calls}: ${disk.calls[nth - 1]}`;
        // Once closed, the bytes are there as a whole even where the last look at them fails.
        expect([before, NEW], where).toContain(left);
        expect(
          [...disk.files.keys()].filter((name) => name !== "song.mp3"),
          where,
        ).toEqual([]);
      }
    },
  );

  it("finds out when fewer bytes arrived than were sent", async () => {
    const disk = diskWith(null);
    disk.fault = (call) => {
      if (call !== "getFile") return;
      for (const [path, blob] of disk.files) disk.files.set(path, blob.slice(0, 3));
    };
    await expect(writeFileSafely(disk.folder(), "song.mp3", new Blob([NEW]))).rejects.toMatchObject(
      { reason: "write-failed", detail: "3 of 20 bytes arrived on disk" },
    );
    expect([...disk.files.keys()]).toEqual([]);
  });

  it("says that a name is refused", async () => {
    const disk = diskWith(null);
    await expect(
      writeFileSafely(disk.folder(), 'what?"<>.mp3', new Blob([NEW])),
    ).rejects.toMatchObject({ reason: "name-refused" });
    expect(disk.files.size).toBe(0);
  });
});

describe("overwriting a file in place", () => {
  it("leaves the old bytes until all new ones are there", async () => {
    for (const call of ["createWritable", "write", "close"]) {
      const disk = new FakeDisk({ "song.mp3": "the old bytes" });
      disk.fault = (each) => {
        if (each === call) throw new DOMException("no", "NotAllowedError");
      };
      const handle = disk.song("song.mp3", null).handle!;
      await expect(overwriteSafely(handle, new Blob([NEW]))).rejects.toMatchObject({
        reason: "permission-denied",
      });
      expect(await disk.text("song.mp3")).toBe("the old bytes");
    }
  });
});

describe("a write that Chromium says could not read its bytes", () => {
  const unreadable = () => new DOMException("could not be read", "NotReadableError");
  const full = () => new DOMException("no room", "QuotaExceededError");
  /** What each `write` fails with, in turn; null: it works. */
  const writesOf = (errors: readonly (DOMException | null)[]) => {
    const disk = new FakeDisk({ "song.mp3": "the old bytes" });
    const left = [...errors];
    disk.fault = (call) => {
      const error = call === "write" ? left.shift() : null;
      if (error) throw error;
    };
    return disk;
  };

  it("is told for what it was: the disk was full", async () => {
    const disk = writesOf([unreadable(), full()]);
    const { handle } = disk.song("song.mp3", null);
    await expect(overwriteSafely(handle!, new Blob([NEW]))).rejects.toMatchObject({
      reason: "disk-full",
    });
    expect(await disk.text("song.mp3")).toBe("the old bytes");
    expect(disk.calls.filter((call) => call === "abort")).toHaveLength(2);
  });

  it("is made good where nothing else is wrong, every byte in its place", async () => {
    const disk = writesOf([unreadable()]);
    const large = Uint8Array.from({ length: 17 * 1024 * 1024 }, (_, index) => index % 251);
    await overwriteSafely(disk.song("song.mp3", null).handle!, new Blob([large]));
    const written = new Uint8Array(await disk.files.get("song.mp3")!.arrayBuffer());
    expect(Buffer.compare(written, large)).toBe(0);
    // The one that failed, and 17 MiB in pieces of half a MiB.
    expect(disk.calls.filter((call) => call === "write")).toHaveLength(1 + 34);
  });

  it("is a failure of its own where the bytes really cannot be read", async () => {
    const disk = writesOf([unreadable()]);
    const gone = new Blob([NEW]);
    gone.slice = () => {
      throw unreadable();
    };
    await expect(overwriteSafely(disk.song("song.mp3", null).handle!, gone)).rejects.toMatchObject({
      reason: "write-failed",
    });
    expect(await disk.text("song.mp3")).toBe("the old bytes");
  });
});

describe("a folder of results", () => {
  it("is opened or made, part by part", async () => {
    const disk = new FakeDisk();
    await openFolder(disk.folder(), "Leveled/a/b");
    expect([...disk.folders]).toEqual(["", "Leveled", "Leveled/a", "Leveled/a/b"]);
  });

  it("that cannot be made is a refusal", async () => {
    const disk = new FakeDisk();
    disk.fault = () => {
      throw new DOMException("read-only", "NoModificationAllowedError");
    };
    await expect(openFolder(disk.folder(), "a")).rejects.toMatchObject({ reason: "write-failed" });
  });
});

it.each([
  [new DOMException("", "NotAllowedError"), "permission-denied"],
  [new DOMException("", "SecurityError"), "permission-denied"],
  [new DOMException("", "QuotaExceededError"), "disk-full"],
  [new DOMException("", "InvalidStateError"), "write-failed"],
  [new TypeError("Name is not allowed."), "name-refused"],
  ["no error at all", "write-failed"],
])("%s is refused as %s", (error, reason) => {
  expect(refusedFrom(error).reason).toBe(reason);
});
