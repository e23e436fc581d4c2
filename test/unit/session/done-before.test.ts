import { expect, it } from "vitest";
import { SongTable } from "@/lib/batch/song-table";
import { LeveledFolderSink } from "@/lib/files/sinks";
import { DoneBeforeSongs } from "@/lib/session/done-before";
import { songsToDo } from "@/lib/session/songs-to-do";
import { madeWith } from "@/lib/settings/made-with";
import { defaultSettings, type Settings } from "@/lib/settings/settings";
import { FakeDisk } from "../files/fake-disk";

const earlier = ["a.mp3", "b.mp3"];

/** A visit to a folder of which an earlier one leveled two songs with these settings. */
async function visit(made: Settings, songs: readonly string[]) {
  const disk = new FakeDisk(Object.fromEntries(songs.map((path) => [path, `song ${path}`])));
  const before = disk.picked();
  for (const path of earlier) {
    const song = disk.song(path, before);
    const saving = { source: await song.open(), announce: () => Promise.resolve() };
    const sink = new LeveledFolderSink(before);
    await sink.save(song, new Blob([path]), "mp3", { ...saving, made: madeWith(made) });
  }
  const folder = disk.picked();
  const table = new SongTable(() => undefined);
  let settings = defaultSettings;
  const known = new DoneBeforeSongs(table, () => settings);
  known.look(table.add(songs.map((path) => disk.song(path, folder))));
  await known.looked();
  const rows = () => table.ids.map((id) => table.get(id));
  return {
    table,
    known,
    done: () => rows().flatMap(({ path, reason }) => (reason === "done-before" ? [path] : [])),
    left: () => songsToDo(rows(), "level", settings).map(({ path }) => path),
    set: (change: Partial<Settings>) => {
      settings = { ...settings, ...change };
      known.show();
    },
  };
}

it("what was made with the present settings is done before, as long as those are asked for", async () => {
  const { done, left, set, table } = await visit(defaultSettings, ["a.mp3", "b.mp3", "c.mp3"]);
  expect(done()).toEqual(earlier);
  expect(left()).toEqual(["c.mp3"]);
  expect(table.get(table.ids[0]!)).toMatchObject({ status: "skipped", output: "Leveled/a.mp3" });
  for (const change of [
    { targetLoudness: -17 },
    { saveTo: "replace" },
    { saveTo: "folder" },
    { onlyNew: false },
  ] as const) {
    set(change);
    expect(done()).toEqual([]);
    expect(left()).toEqual(["a.mp3", "b.mp3", "c.mp3"]);
    set(defaultSettings);
    expect(done()).toEqual(earlier);
  }
  // A batch has taken one up: its row is of that.
  table.update(table.ids[0]!, { status: "failed", reason: "file-gone" });
  set({ targetLoudness: -17 });
  expect(table.get(table.ids[0]!)).toMatchObject({ status: "failed", reason: "file-gone" });
});

it("by album one new song leaves none of them done before", async () => {
  const album = { ...defaultSettings, levelBy: "album" } as const;
  const more = await visit(album, ["a.mp3", "b.mp3", "c.mp3"]);
  more.set({ levelBy: "album" });
  expect(more.done()).toEqual([]);
  expect(more.left()).toEqual(["a.mp3", "b.mp3", "c.mp3"]);
  // Without it nothing has changed.
  more.table.remove([more.table.ids[2]!]);
  more.known.show();
  expect(more.done()).toEqual(earlier);
});

it("of known albums those are left as they are of which every song is done, wherever that is told", async () => {
  const disk = new FakeDisk(Object.fromEntries(["A/1", "A/2", "B/1", "B/2"].map((p) => [p, p])));
  const folder = disk.picked();
  const table = new SongTable(() => undefined);
  const settings = { ...defaultSettings, saveTo: "folder", levelBy: "album" } as const;
  const known = new DoneBeforeSongs(table, () => settings, {
    takes: (found) => Promise.resolve(found),
    doneBefore: ({ path }) => Promise.resolve(path === "B/2" ? null : { output: path }),
    albumOf: ({ path }) => path.split("/")[0]!,
  });
  known.look(table.add(["A/1", "A/2", "B/1", "B/2"].map((path) => disk.song(path, folder))));
  await known.looked();
  const rows = table.ids.map((id) => table.get(id));
  expect(rows.map(({ reason, output }) => [reason, output])).toEqual([
    ["done-before", "A/1"],
    ["done-before", "A/2"],
    [null, null],
    [null, null],
  ]);
});

it("songs that are taken off the list come back where they were, as they were", () => {
  const disk = new FakeDisk();
  const table = new SongTable(() => undefined);
  const ids = table.add(["a", "b", "c", "d"].map((path) => disk.song(path, null)));
  table.update(ids[1]!, { status: "leveled" });
  const putBack = table.remove([ids[1]!, ids[2]!]);
  expect(table.ids).toEqual([ids[0], ids[3]]);
  table.update(ids[0]!, { status: "failed" });
  putBack();
  expect(table.ids).toEqual(ids);
  expect(ids.map((id) => table.get(id).status)).toEqual([
    "failed",
    "leveled",
    "waiting",
    "waiting",
  ]);
  expect(table.record(ids[1]!).file.path).toBe("b");
});
