import { describe, expect, it } from "vitest";
import { rowOf, type SongEntry } from "@/lib/batch/run-record";
import { openSong } from "@/lib/batch/open-song";
import { placesOf } from "@/lib/journal/journal";
import { recover } from "@/lib/journal/recovery";
import type { JournalHead } from "@/lib/journal/schema";
import { SongTable } from "@/lib/batch/song-table";
import { fingerprint } from "@/lib/files/checksum";
import { LeveledFolderSink } from "@/lib/files/sinks";
import { defaultSettings, type SaveTo } from "@/lib/settings/settings";
import { FakeDisk } from "../files/fake-disk";
import { picked } from "../batch/fixtures";

function headOf(disk: FakeDisk, saveTo: SaveTo, paths: readonly string[]): JournalHead {
  return {
    batch: "b",
    mode: "level",
    startedAt: "2026-01-01T00:00:00.000Z",
    settings: { ...defaultSettings, saveTo },
    roots: [disk.folder("Music")],
    target: saveTo === "folder" ? disk.folder("Out") : null,
    songs: paths.map((path) => ({ root: 0, path, state: null })),
  };
}

/** What the journal holds of a song that is about to be written, or was; null: nothing was. */
async function entryOf(
  state: SongEntry["state"],
  path: string,
  output: string | null,
  text: string | null,
): Promise<SongEntry> {
  const table = new SongTable(() => undefined);
  const [id] = table.add([picked(path)]);
  table.update(id!, { status: "leveled", output, worker: 2 });
  const bytes = new Blob([text ?? ""]);
  const written =
    text === null ? null : { fingerprint: await fingerprint(bytes), size: bytes.size };
  const source = { size: "original".length, lastModified: 1 };
  return { state, written, source, row: rowOf(table.get(id!)), lines: [`about ${path}`] };
}

describe("a batch that was cut off", () => {
  it("names songs that only a drop shows, and takes no other for them", async () => {
    const disk = new FakeDisk({ "Music/Who_.mp3": "another", "Music/1.mp3": "one" });
    const folder = { handle: disk.folder("Music"), name: "Music" };
    const songs = await placesOf(
      [
        picked("1.mp3", { folder }),
        picked("Who_ (2).mp3", { folder, hiddenPath: "Who?.mp3" }),
        picked("a_b/x.mp3", { folder, hiddenPath: "a:b/x.mp3" }),
      ],
      [folder.handle],
    );
    const head = { ...headOf(disk, "leveled", []), roots: [folder.handle], songs: songs! };
    const [one, who, inside] = await recover({ head, entries: new Map() });
    expect(await (await openSong(one!.file)).text()).toBe("one");
    expect(who!.file).toMatchObject({ path: "Who_.mp3", hiddenPath: "Who?.mp3", handle: null });
    for (const { file } of [who!, inside!]) {
      await expect(openSong(file)).rejects.toMatchObject({ reason: "name-hidden" });
    }
  });

  it.each<[SaveTo, output: string, place: string]>([
    ["leveled", "Leveled/a/one (2).mp3", "Music/Leveled/a/one (2).mp3"],
    ["folder", "a/one (2).mp3", "Out/a/one (2).mp3"],
    ["replace", "a/one.mp3", "Music/a/one.mp3"],
    ["replace", "a/one (2).flac", "Music/a/one (2).flac"],
  ])("is done with a song whose bytes had arrived: %s, %s", async (saveTo, output, place) => {
    const disk = new FakeDisk({ "Music/a/one.mp3": "original", "Music/two.mp3": "original" });
    disk.put(place, "new");
    const entries = new Map([[0, await entryOf("saving", "a/one.mp3", output, "new")]]);
    const head = headOf(disk, saveTo, ["a/one.mp3", "two.mp3"]);
    const [one, two] = await recover({ head, entries });
    expect(one!.row).toMatchObject({ status: "leveled", output });
    expect(one!.lines).toEqual([
      "about a/one.mp3",
      "Worker 2 completed job 1/2 (1/2 total completed)",
    ]);
    expect(two!.row).toBeNull();

    // The old one, or nothing: it has to be done again.
    for (const text of saveTo === "replace" ? ["original", ""] : ["ne", ""]) {
      disk.put(place, text);
      const [again] = await recover({ head, entries });
      expect(again).toMatchObject({ row: null, lines: [] });
      expect(again!.file.path).toBe("a/one.mp3");
    }
  });

  it("keeps what ended, and clears away what interrupted writes left behind", async () => {
    const disk = new FakeDisk({
      "Music/a/one.mp3": "original",
      "Music/a/one.mp3.crswap": "ours",
      "Music/a/theirs.doc.crswap": "theirs",
      "Music/Leveled/a/.levelup-12345678": "ours",
      "Music/Leveled/a/one.mp3": "new",
      "Music/Originals/a/.levelup-12345678.crswap": "ours",
      "Music/a/Originals/.levelup/originals-1-1.jsonl": "",
      "Music/a/Originals/.levelup/originals-1-1.jsonl.crswap": "ours",
      "Music/a/Originals/one.mp3.crswap": "ours",
    });
    const entries = new Map([[0, await entryOf("ended", "a/one.mp3", "Leveled/a/one.mp3", "new")]]);
    const [one] = await recover({ head: headOf(disk, "leveled", ["a/one.mp3"]), entries });
    expect(one).toMatchObject({ row: { status: "leveled" }, lines: ["about a/one.mp3"] });
    expect([...disk.files.keys()]).toEqual([
      "Music/a/one.mp3",
      "Music/a/theirs.doc.crswap",
      "Music/Leveled/a/one.mp3",
      "Music/a/Originals/.levelup/originals-1-1.jsonl",
    ]);
  });

  it("never lets a song that is left take the place of another's result", async () => {
    const disk = new FakeDisk({
      "Music/a.wav": "1",
      "Music/a.flac": "2",
      "Music/Leveled/a.mp3": "of wav",
    });
    const entries = new Map([[1, await entryOf("ended", "a.wav", "Leveled/a.mp3", "of wav")]]);
    const songs = await recover({ head: headOf(disk, "leveled", ["a.flac", "a.wav"]), entries });
    const flac = songs[0]!.file;
    const sink = new LeveledFolderSink(flac.folder!);
    const saving = { source: await flac.open(), announce: () => Promise.resolve() };
    const path = await sink.save(flac, new Blob(["of flac"]), "mp3", saving);
    expect(path).toBe("Leveled/a (2).mp3");
    expect(await disk.text("Music/Leveled/a.mp3")).toBe("of wav");
  });

  it.each<[SaveTo, on: string, onDisk: string | null, row: string | null]>([
    ["leveled", "Leveled/a.mp3", "new", "leveled"],
    ["leveled", "Leveled/a.mp3", "ne", null],
    ["leveled", "Leveled/a.mp3", null, null],
    ["replace", "a.mp3", "new", "leveled"],
    ["replace", "a.mp3", "original", null],
    ["replace", "a.mp3", "tags edited", "failed"],
    ["replace", "a.mp3", "", null],
    ["replace", "a.mp3", null, null],
  ])(
    "believes no end without a look at the file: %s, %s is %j",
    async (saveTo, on, text, status) => {
      const disk = new FakeDisk({ "Music/a.mp3": "original" });
      if (text === null) disk.files.delete(`Music/${on}`);
      else disk.put(`Music/${on}`, text);
      // Edited by somebody: the date tells where the size does not.
      if (text !== "original") disk.modified.set(`Music/${on}`, 2);
      const entries = new Map([[0, await entryOf("ended", "a.mp3", on, "new")]]);
      const [song] = await recover({ head: headOf(disk, saveTo, ["a.mp3"]), entries });
      expect(song!.row?.status ?? null).toBe(status);
      if (status === "failed") expect(song!.row).toMatchObject({ reason: "changed-since" });
    },
  );

  it("does not level again what is not on record and not what it was when the batch began", async () => {
    const disk = new FakeDisk({ "Music/a.mp3": "leveled", "Music/b.mp3": "original" });
    disk.modified.set("Music/a.mp3", 2);
    const state = { size: "original".length, lastModified: 1 };
    const head = headOf(disk, "replace", ["a.mp3", "b.mp3"]);
    const songs = head.songs.map((song) => ({ ...song, state }));
    const [a, b] = await recover({ head: { ...head, songs }, entries: new Map() });
    expect(a!.row).toMatchObject({ status: "failed", reason: "changed-since" });
    expect(b!.row).toBeNull();
  });

  it("is done with a song that needed nothing while that is still the same", async () => {
    const disk = new FakeDisk({ "Music/a.mp3": "original" });
    const entries = new Map([[0, await entryOf("ended", "a.mp3", null, null)]]);
    const head = headOf(disk, "replace", ["a.mp3"]);
    expect((await recover({ head, entries }))[0]!.row).not.toBeNull();
    disk.modified.set("Music/a.mp3", 2);
    expect((await recover({ head, entries }))[0]!.row).toBeNull();
  });

  it("keeps a song in the list that is gone meanwhile", async () => {
    const disk = new FakeDisk({ "Music/b.mp3": "1" });
    const [gone] = await recover({
      head: headOf(disk, "leveled", ["a.mp3", "b.mp3"]),
      entries: new Map(),
    });
    expect(gone!.file.path).toBe("a.mp3");
    await expect(gone!.file.open()).rejects.toMatchObject({ name: "NotFoundError" });
  });
});
