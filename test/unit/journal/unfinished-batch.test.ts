import { describe, expect, it, vi } from "vitest";
import { rowOf, type SongEntry } from "@/lib/batch/run-record";
import type { JournalHead } from "@/lib/journal/schema";
import { UnfinishedBatch } from "@/lib/journal/unfinished-batch";
import { defaultSettings } from "@/lib/settings/settings";
import { songRow } from "../batch/fixtures";
import { FakeDisk } from "../files/fake-disk";

type Permission = "granted" | "prompt" | "denied";

/** A folder that a person answers for: what is known of it, and what is said when asked. */
const folderOf = (disk: FakeDisk, name: string, known: Permission, answer: Permission) =>
  Object.assign(disk.folder(name), {
    queryPermission: () => Promise.resolve(known),
    requestPermission: vi.fn(() => Promise.resolve(answer)),
  });

const leftover = "Music/.levelup-12345678";

function cutOff(known: Permission, answer: Permission) {
  const disk = new FakeDisk({ "Music/a.mp3": "1", "Music/b.mp3": "2", [leftover]: "half" });
  disk.folders.add("Out");
  const root = folderOf(disk, "Music", known, answer);
  const target = folderOf(disk, "Out", known, answer);
  const head: JournalHead = {
    ...{ batch: "b", mode: "level", startedAt: "2026-01-01T00:00:00.000Z" },
    settings: { ...defaultSettings, saveTo: "folder" },
    ...{ roots: [root], target },
    songs: ["a.mp3", "b.mp3"].map((path) => ({ root: 0, path })),
  };
  const row = rowOf(songRow(1, { path: "a.mp3", status: "leveled", output: "a.mp3" }));
  const entries = new Map<number, SongEntry>([[0, { state: "ended", row, lines: ["about a"] }]]);
  return { disk, root, target, head, batch: new UnfinishedBatch({ head, entries }) };
}

describe("a batch that can be resumed", () => {
  it("says how far it had come and where", () => {
    expect(cutOff("prompt", "granted").batch.summary).toEqual({
      ...{ songs: 2, ended: 1, folders: ["Music"], startedAt: "2026-01-01T00:00:00.000Z" },
    });
  });

  it("gives all that a run needs, once every folder may be written to", async () => {
    const { batch, head, root, target, disk } = cutOff("prompt", "granted");
    const resumed = await batch.resume();
    expect(root.requestPermission).toHaveBeenCalledOnce();
    expect(target.requestPermission).toHaveBeenCalledOnce();
    const { mode, startedAt, settings } = head;
    expect(resumed).toMatchObject({ batch: "b", mode, startedAt, settings });
    if (typeof resumed === "string") throw new Error(resumed);
    expect(resumed.target).toBe(target);
    expect(resumed.songs.map(({ file, row, lines }) => [file.path, row?.status, lines])).toEqual([
      ["a.mp3", "leveled", ["about a"]],
      ["b.mp3", undefined, []],
    ]);
    expect([...disk.files.keys()]).not.toContain(leftover);
  });

  it("does nothing without permission, and can be asked again", async () => {
    const { batch, disk } = cutOff("prompt", "denied");
    expect(await batch.resume()).toBe("permission-denied");
    expect(await batch.resume()).toBe("permission-denied");
    expect([...disk.files.keys()]).toContain(leftover);
  });

  it.each<[Permission, boolean]>([
    ["granted", false],
    ["prompt", true],
  ])("asks nobody when it is discarded: leftovers where writing is %s", async (known, stays) => {
    const { batch, disk, root } = cutOff(known, "granted");
    await batch.discard();
    expect(root.requestPermission).not.toHaveBeenCalled();
    expect([...disk.files.keys()].includes(leftover)).toBe(stays);
    expect([...disk.files.keys()]).toContain("Music/a.mp3");
  });
});
