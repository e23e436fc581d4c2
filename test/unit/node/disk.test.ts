import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { appendFile, lstat, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeFileSafely } from "@/lib/files/safe-write";
import { readInto } from "@/lib/formats/bytes";
import type { DiskFile } from "@/lib/node/disk/disk-file";
import { folderHandle } from "@/lib/node/disk/handles";
import { makeFolder } from "@/lib/node/disk/make-folder";
import { systemPath, textOf } from "@/lib/node/disk/names";
import { fileLocks } from "@/lib/node/file-locks";
import { FileSources } from "@/lib/node/file-source";
import { fileStore } from "@/lib/node/file-store";
import { joinedBlob } from "@/lib/storage/joined-blob";

let place: string;
beforeEach(() => (place = mkdtempSync(path.join(os.tmpdir(), "levelup-disk-"))));
afterEach(() => rmSync(place, { recursive: true, force: true }));

const fileAt = async (name: string): Promise<DiskFile> =>
  (await (await folderHandle(place).getFileHandle(name)).getFile()) as DiskFile;

describe("names", () => {
  it("of any bytes become a text that leads back to them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        expect(Buffer.from(systemPath(textOf(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it("that are text stay as they are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(textOf(Buffer.from(text))).toBe(text);
        expect(systemPath(text)).toBe(text);
      }),
    );
  });
});

describe("a file on disk", () => {
  const text = "0123456789abcdefghij";

  it("is sliced and joined as a browser's is, whoever reads it", async () => {
    writeFileSync(path.join(place, "a"), text);
    const file = await fileAt("a");
    const same = new File([text], "a");
    const bound = fc.option(fc.integer({ min: -25, max: 25 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(bound, bound, bound, fc.nat(25), async (start, end, inner, at) => {
        const own = file.slice(start, end).slice(inner);
        const expected = await same.slice(start, end).slice(inner).text();
        expect(await own.text()).toBe(expected);
        expect(own.size).toBe(expected.length);
        const source = new FileSources().open(own);
        expect(Buffer.from(source.read(0, source.size)).toString()).toBe(expected);
        const parts = [{ offset: 0, length: 3 }, Buffer.from("--"), { offset: 1, length: 2 }];
        const joined = joinedBlob(own, parts);
        expect(await joined.text()).toBe(`${expected.slice(0, 3)}--${expected.slice(1, 3)}`);
        expect(await new Response(joined.stream()).text()).toBe(await joined.text());
        const target = Buffer.alloc(4);
        const read = readInto(new FileSources().look(joined as DiskFile), at, target);
        expect(target.toString("utf8", 0, read)).toBe((await joined.text()).slice(at, at + 4));
      }),
    );
  });

  it("that changed since it was opened is not read, nor one that is gone", async () => {
    writeFileSync(path.join(place, "a"), text);
    const file = await fileAt("a");
    await appendFile(path.join(place, "a"), "more");
    await expect(file.text()).rejects.toMatchObject({ name: "NotReadableError" });
    expect(() => new FileSources().open(file).read(0, 1)).toThrow("another file");
    rmSync(path.join(place, "a"));
    await expect(file.text()).rejects.toMatchObject({ name: "NotFoundError" });
  });
});

describe("a folder on disk", () => {
  const names = async (folder = folderHandle(place)) => {
    const found: string[] = [];
    for await (const { name } of folder.values()) found.push(name);
    return found.sort();
  };

  it("refuses with the names that a browser has for it", async () => {
    await mkdir(path.join(place, "folder"));
    const root = folderHandle(place);
    await expect(root.getFileHandle("none")).rejects.toMatchObject({ name: "NotFoundError" });
    await expect(root.getFileHandle("folder")).rejects.toMatchObject({ name: "TypeMismatchError" });
    await expect(root.getFileHandle("../x", { create: true })).rejects.toThrow(TypeError);
    await expect(root.getFileHandle("x".repeat(300), { create: true })).rejects.toThrow(TypeError);
  });

  it("lists links that lead elsewhere, and none that leads into it or around it", async () => {
    await mkdir(path.join(place, "root/sub"), { recursive: true });
    await writeFile(path.join(place, "outside"), "");
    await symlink("../outside", path.join(place, "root/out"));
    await symlink("sub", path.join(place, "root/in"));
    await symlink("..", path.join(place, "root/up"));
    await symlink("nowhere", path.join(place, "root/dead"));
    expect(await names(folderHandle(path.join(place, "root")))).toEqual(["dead", "out", "sub"]);
  });

  it("swaps a file in as a whole; a link stays one", async () => {
    await writeFile(path.join(place, "song"), "old");
    await symlink("song", path.join(place, "link"));
    const writable = await (await folderHandle(place).getFileHandle("link")).createWritable();
    await writable.write(new Blob(["new"]));
    expect(await readFile(path.join(place, "song"), "utf8")).toBe("old");
    await writable.close();
    expect(await readFile(path.join(place, "song"), "utf8")).toBe("new");
    expect((await lstat(path.join(place, "link"))).isSymbolicLink()).toBe(true);
    expect(await names()).toEqual(["song"]);
  });

  it("is left without a trace of a write that was given up", async () => {
    await writeFile(path.join(place, "song"), "old");
    const writable = await (await folderHandle(place).getFileHandle("song")).createWritable();
    await writable.write(new Blob(["half"]));
    await writable.abort();
    await writeFileSafely(folderHandle(place), "result", new Blob(["whole"]));
    expect(await names()).toEqual(["result", "song"]);
    expect(await readFile(path.join(place, "song"), "utf8")).toBe("old");
  });
});

describe.runIf(process.platform === "linux")("a folder that no system would make", () => {
  it("is refused, with those above it, instead of being tried for ever", async () => {
    expect(() => makeFolder("/proc/levelup/state")).toThrow("ENOENT");
    await expect(fileLocks("/proc/levelup/state").request("a", () => undefined)).rejects.toThrow(
      "ENOENT",
    );
    makeFolder(path.join(place, "new/and/below"));
    makeFolder(path.join(place, "new/and/below"));
    expect((await lstat(path.join(place, "new/and/below"))).isDirectory()).toBe(true);
    writeFileSync(path.join(place, "file"), "");
    expect(() => makeFolder(path.join(place, "file/below"))).toThrow("ENOTDIR");
  });
});

describe("what outlives a run", () => {
  it("comes back with its folders and infinities; a line that was cut off is left out", async () => {
    const store = fileStore(place);
    const value = { root: folderHandle(place), peak: -Infinity };
    await store.put("head b1", value);
    await store.put("song b1 0", { state: "saving" });
    await store.put("song b1 0", { state: "ended" });
    await appendFile(path.join(place, "b1.jsonl"), '["song b1 1",{"sta');
    const entries = new Map(await fileStore(place).entries());
    expect(entries.get("head b1")).toMatchObject({ peak: -Infinity, root: { path: place } });
    expect(entries.get("song b1 0")).toEqual({ state: "ended" });
    expect(entries.size).toBe(2);
    await store.remove(["head b1"]);
    expect(await store.entries()).toEqual([]);
  });

  it("is locked by one at a time, and by nobody who has ended", async () => {
    const locks = fileLocks(place);
    const ifAvailable = { ifAvailable: true };
    await locks.request("a", async () => {
      expect((await locks.query()).held).toEqual([{ name: "a" }]);
      expect(await locks.request("a", ifAvailable, (lock) => lock)).toBeNull();
    });
    const left = path.join(place, os.hostname(), "a.lock");
    await writeFile(left, JSON.stringify({ pid: process.pid, begun: "before" }));
    expect((await locks.query()).held).toEqual([]);
    expect(await locks.request("a", ifAvailable, (lock) => lock !== null)).toBe(true);
  });
});
