import { afterEach, describe, expect, it, vi } from "vitest";
import { DiskScratch } from "@/lib/storage/disk-scratch";
import { ScratchDiskFull } from "@/lib/storage/scratch";

// What only workers have, and the types of tests do not.
declare global {
  interface FileSystemSyncAccessHandle {
    read(target: Uint8Array, options: { at: number }): number;
    write(bytes: Uint8Array, options: { at: number }): number;
    truncate(size: number): void;
    flush(): void;
    close(): void;
  }
  interface FileSystemFileHandle {
    createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>;
  }
}

/** A file of the origin-private file system that holds `room` bytes, and loses the rest in silence. */
function stubPrivateFiles(room: number): void {
  const kept = new Uint8Array(room);
  let size = 0;
  const access = {
    truncate: () => undefined,
    write(bytes: Uint8Array, { at }: { at: number }) {
      kept.set(bytes.subarray(0, Math.max(0, room - at)), at);
      size = Math.min(room, Math.max(size, at + bytes.length));
      return bytes.length;
    },
    read(target: Uint8Array, { at }: { at: number }) {
      const found = kept.subarray(at, Math.min(size, at + target.length));
      target.set(found);
      return found.length;
    },
  };
  const file = { createSyncAccessHandle: () => Promise.resolve(access) };
  const folder = { getFileHandle: () => Promise.resolve(file) };
  const root = { getDirectoryHandle: () => Promise.resolve(folder) };
  vi.stubGlobal("navigator", { storage: { getDirectory: () => Promise.resolve(root) } });
}

describe("a scratch on disk", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("reads what there is, and less of it at its end", async () => {
    stubPrivateFiles(100);
    const scratch = await DiskScratch.create("a");
    scratch.write(0, Uint8Array.of(1, 2, 3, 4));
    const target = new Uint8Array(3);
    expect([scratch.read(2, target), ...target]).toEqual([2, 3, 4, 0]);
    expect(scratch.read(4, target)).toBe(0);
  });

  it("says so when bytes that were written do not come back", async () => {
    stubPrivateFiles(100);
    const scratch = await DiskScratch.create("a");
    scratch.write(0, new Uint8Array(100));
    scratch.write(100, new Uint8Array(100));
    expect(scratch.read(0, new Uint8Array(100))).toBe(100);
    expect(() => scratch.read(100, new Uint8Array(100))).toThrow(ScratchDiskFull);
  });
});
