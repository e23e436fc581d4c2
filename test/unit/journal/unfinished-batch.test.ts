import { decibels } from "@/lib/loudness/units";
import { asTheBatch, type SongChoice } from "@/lib/song/choice";
import { describe, expect, it, vi } from "vitest";
import { rowOf, type SongEntry } from "@/lib/batch/run-record";
import type { JournalHead } from "@/lib/journal/schema";
import { Journal } from "@/lib/journal/journal";
import { fingerprint } from "@/lib/files/checksum";
import { defaultSettings } from "@/lib/settings/settings";
import { songRow } from "../batch/fixtures";
import { FakeJournalStore } from "../../support/tabs/fake-journal-store";
import { FakeLocks } from "../../support/tabs/fake-locks";
import { FakeDisk } from "../files/fake-disk";

type Permission = "granted" | "prompt" | "denied";

/** A folder that a person answers for: what is known of it, and what is said when asked. */
const folderOf = (disk: FakeDisk, name: string, known: Permission, answer: Permission) =>
  Object.assign(disk.folder(name), {
    queryPermission: () => Promise.resolve(known),
    requestPermission: vi.fn(() => Promise.resolve(answer)),
  });

/** What was wanted of the second song. */
const choice: SongChoice = { excluded: false, nudge: decibels(-0.5), peaks: "quieter" };

const leftover = "Music/.levelup-12345678";

async function cutOff(known: Permission, answer: Permission) {
  const disk = new FakeDisk({
    "Music/a.mp3": "1",
    "Music/b.mp3": "2",
    "Music/c.mp3": "3",
    [leftover]: "half",
  });
  disk.put("Out/a.mp3", "new");
  const root = folderOf(disk, "Music", known, answer);
  const target = folderOf(disk, "Out", known, answer);
  const head: JournalHead = {
    ...{ batch: "b", mode: "level", startedAt: "2026-01-01T00:00:00.000Z" },
    settings: { ...defaultSettings, saveTo: "folder" },
    ...{ roots: [root], target },
    songs: [
      { root: 0, path: "a.mp3", state: null },
      { root: 0, path: "b.mp3", state: null, choice },
    ],
    excluded: [{ root: 0, path: "c.mp3" }],
  };
  const row = rowOf(songRow(1, { path: "a.mp3", status: "leveled", output: "a.mp3" }));
  const written = { fingerprint: await fingerprint(new Blob(["new"])), size: 3 };
  const entry: SongEntry = { state: "ended", written, row, lines: ["about a"] };
  const store = new FakeJournalStore();
  store.values.set("head b", head).set("song b 0", entry);
  const locks = new FakeLocks();
  const tab = () => new Journal(store, locks.tab());
  return { disk, root, target, head, store, tab, batch: (await tab().unfinished())! };
}

describe("a batch that can be resumed", () => {
  it("says how far it had come and where", async () => {
    expect((await cutOff("prompt", "granted")).batch.summary).toEqual({
      ...{
        mode: "level",
        songs: 2,
        ended: 1,
        folders: ["Music"],
        startedAt: "2026-01-01T00:00:00.000Z",
      },
    });
  });

  it("gives all that a run needs, once every folder may be written to", async () => {
    const { batch, head, root, target, disk } = await cutOff("prompt", "granted");
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
    expect(resumed.songs.map((song) => song.choice)).toEqual([asTheBatch, choice]);
    expect(resumed.excluded.map(({ path }) => path)).toEqual(["c.mp3"]);
    expect([...disk.files.keys()]).not.toContain(leftover);
  });

  it("does nothing without permission, and can be asked again", async () => {
    const { batch, disk } = await cutOff("prompt", "denied");
    expect(await batch.resume()).toBe("permission-denied");
    expect(await batch.resume()).toBe("permission-denied");
    expect([...disk.files.keys()]).toContain(leftover);
  });

  it.each<[Permission, boolean]>([
    ["granted", false],
    ["denied", true],
  ])(
    "asks to clean up when it is discarded: leftovers where writing is %s",
    async (answer, stays) => {
      const { batch, disk, root, store } = await cutOff("prompt", answer);
      expect(await batch.discard()).toBe(!stays);
      expect(root.requestPermission).toHaveBeenCalledOnce();
      expect([...disk.files.keys()].includes(leftover)).toBe(stays);
      expect([...disk.files.keys()]).toContain("Music/a.mp3");
      expect(store.values.size).toBe(0);
    },
  );

  it("is taken over by one of two tabs that press Resume at once", async () => {
    const { batch, tab, head } = await cutOff("granted", "granted");
    const other = (await tab().unfinished())!;
    const both = await Promise.all([batch.resume(), other.resume()]);
    expect(both.filter((each) => each === "taken")).toHaveLength(1);
    expect(both.filter((each) => typeof each !== "string")).toHaveLength(1);
    expect(await tab().unfinished()).toBeNull();
    // Given back, another may have it; ended, nobody.
    const [winner, loser] = both[0] === "taken" ? [other, batch] : [batch, other];
    winner.release();
    expect(await loser.resume()).toMatchObject({ batch: head.batch });
    expect(await winner.discard()).toBe("taken");
  });

  it("that another tab has ended meanwhile is not begun again", async () => {
    const { batch, tab } = await cutOff("granted", "granted");
    const other = (await tab().unfinished())!;
    expect(await other.discard()).toBe(true);
    expect(await batch.resume()).toBe("taken");
    expect(await batch.discard()).toBe("taken");
  });
});
