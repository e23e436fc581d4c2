import { describe, expect, it, vi } from "vitest";
import { rowOf, type SongEntry } from "@/lib/batch/run-record";
import { Journal, type NewBatch, placesOf } from "@/lib/journal/journal";
import { defaultSettings } from "@/lib/settings/settings";
import { FakeJournalStore } from "../../support/tabs/fake-journal-store";
import { FakeLocks } from "../../support/tabs/fake-locks";
import { songRow } from "../batch/fixtures";
import { FakeDisk } from "../files/fake-disk";

const disk = new FakeDisk({ "Music/a.mp3": "1", "Music/Live/b.mp3": "2" });
const root = disk.folder("Music");
const begun: NewBatch = {
  ...{ batch: null, mode: "level", startedAt: "2026-01-01T00:00:00.000Z" },
  settings: { ...defaultSettings, saveTo: "replace" },
  ...{ roots: [root], target: null, songs: [{ root: 0, path: "a.mp3", state: null }] },
};
const entry: SongEntry = {
  ...{ state: "saving", written: null, lines: [] },
  row: rowOf(songRow(1, { status: "leveled" })),
};

function profile() {
  const store = new FakeJournalStore();
  const locks = new FakeLocks();
  const tab = () => {
    const own = locks.tab();
    return Object.assign(new Journal(store, own), { close: own.close });
  };
  return { store, tab };
}

describe("the journal", () => {
  it("is offered when its tab is gone, not before, and not after its end", async () => {
    const { tab } = profile();
    const [first, second] = [tab(), tab()];
    const batch = await first.begin(begun, vi.fn());
    if (!batch || batch === "busy") throw new Error("not begun");
    await batch.record(0, entry);
    expect(await second.unfinished()).toBeNull();
    first.close();
    const found = await second.unfinished();
    expect(found!.summary).toMatchObject({ songs: 1, ended: 0, folders: ["Music"] });

    const again = await second.begin(begun, vi.fn());
    if (!again || again === "busy") throw new Error("not begun");
    await again.end();
    expect((await tab().unfinished())!.summary).toEqual(found!.summary);
  });

  it.each(["Music", "Music/Live", ""])(
    "lets one of two tabs begin that start at once on Music and on %j",
    async (other) => {
      const { tab } = profile();
      const starts = [begun, { ...begun, roots: [disk.folder(other)] }];
      const both = await Promise.all(starts.map((each) => tab().begin(each, vi.fn())));
      expect(both.filter((each) => each === "busy")).toHaveLength(1);
    },
  );

  it.each<[string, refuse: "put", from: number]>([
    ["its head", "put", 0],
    ["an entry", "put", 1],
  ])("that cannot write %s offers nothing", async (_, refuse, from) => {
    const { store, tab } = profile();
    const first = tab();
    let puts = 0;
    store.fault = (call) => {
      if (call === refuse && puts++ >= from) throw new Error("the disk is full");
    };
    const onBroken = vi.fn();
    const batch = await first.begin(begun, onBroken);
    if (batch && batch !== "busy") await batch.record(0, entry);
    expect(onBroken).toHaveBeenCalledOnce();
    first.close();
    expect(await tab().unfinished()).toBeNull();
    // Nobody is kept from beginning anew.
    store.fault = () => undefined;
    expect(await tab().begin(begun, vi.fn())).not.toBe("busy");
  });

  it("that cannot go on with an earlier batch takes that one's offer back too", async () => {
    const { store, tab } = profile();
    const first = tab();
    await first.begin({ ...begun, batch: "b" }, vi.fn());
    first.close();
    const second = tab();
    store.fault = (call) => {
      if (call === "put") throw new Error("the disk is full");
    };
    expect(await second.begin({ ...begun, batch: "b" }, vi.fn())).toBeNull();
    second.close();
    expect(await tab().unfinished()).toBeNull();
  });

  it("notes what each song was when the batch began; a song without a place has none", async () => {
    const folder = { handle: root, name: "Music" };
    const here = disk.song("Music/a.mp3", folder);
    const song = { ...here, path: "a.mp3" };
    const state = { size: 1, lastModified: 1 };
    expect(await placesOf([song], [root])).toEqual([{ root: 0, path: "a.mp3", state }]);
    expect(await placesOf([song, { ...song, folder: null }], [root])).toBeNull();
    const gone = { ...song, open: () => Promise.reject(new Error("gone")) };
    expect(await placesOf([gone], [root])).toMatchObject([{ state: null }]);
  });
});
