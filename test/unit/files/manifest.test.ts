import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entriesIn, type ManifestEntry, textOf } from "@/lib/files/manifest/entry";
import { Manifest, MANIFEST_FOLDER, SEGMENT_MILLISECONDS } from "@/lib/files/manifest/manifest";
import { notArrived } from "@/lib/files/manifest/not-arrived";
import { findOurFolder, kindOfFolder, openOurFolder } from "@/lib/files/manifest/our-folder";
import { LeveledFolderSink } from "@/lib/files/sinks";
import { FakeDisk } from "./fake-disk";

const print = (digit: string) => ({ sha256: digit.repeat(64), size: 3, lastModified: null });
const entryOf = (path: string, change: Partial<ManifestEntry> = {}): ManifestEntry => ({
  ...{ path, song: path, source: print("a"), written: print("b"), at: "2026-01-01T00:00:00.000Z" },
  ...change,
});
const filesOf = (disk: FakeDisk) =>
  [...disk.files.keys()].filter((path) => path.includes(`${MANIFEST_FOLDER}/`));

it("tells which results did not get to the disk, and of no others", async () => {
  const disk = new FakeDisk({ "a.mp3": "1", "b.mp3": "2", "c.mp3": "3", "d.mp3": "" });
  const folder = disk.picked();
  const songs = ["a.mp3", "b.mp3", "c.mp3", "d.mp3"].map((path) => disk.song(path, folder));
  const sink = new LeveledFolderSink(folder);
  for (const song of songs) {
    const saving = { source: await song.open(), announce: () => Promise.resolve() };
    await sink.save(song, new Blob([song.name === "d.mp3" ? "" : "leveled"]), "mp3", saving);
  }
  expect(await notArrived(songs)).toEqual([]);
  disk.put("Leveled/b.mp3", "");
  disk.files.delete("Leveled/c.mp3");
  expect((await notArrived(songs)).map(({ path }) => path)).toEqual(["b.mp3"]);
});

describe("a file of entries", () => {
  it("is read as it was written, whatever is in the names", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (paths) => {
        const entries = paths.map((path) => entryOf(path));
        expect(entriesIn(textOf(entries))).toEqual(entries);
      }),
    );
  });

  it("gives what is whole of it when it was cut off or damaged anywhere", () => {
    const entries = ["a", "b", "c"].map((path) => entryOf(path));
    const text = textOf(entries);
    fc.assert(
      fc.property(fc.nat(text.length), (at) => {
        const read = entriesIn(text.slice(0, at));
        expect(read).toEqual(entries.slice(0, read.length));
      }),
    );
    const damaged = text.replace('"song":"b"', '"song":7').replace("{", "\0\0{");
    expect(entriesIn(damaged)).toEqual([]);
    expect(entriesIn(text.replace('"song":"b"', '"song":7'))).toEqual([entries[0], entries[2]]);
    expect(entriesIn('{"manifest":"levelup/9"}\n{}')).toEqual([]);
  });
});

describe("a manifest", () => {
  it("holds what several writers wrote at once, each in files of its own", async () => {
    const disk = new FakeDisk();
    disk.folders.add("Leveled");
    const [mine, theirs] = [1, 2].map(() => new Manifest(disk.folder(), "Leveled", "Leveled"));
    await Promise.all([
      ...["a", "b", "c"].map((path) => mine!.record(entryOf(path))),
      ...["d", "e"].map((path) => theirs!.record(entryOf(path))),
    ]);
    expect(filesOf(disk)).toHaveLength(2);
    const reader = new Manifest(disk.folder(), "Leveled", "Leveled");
    expect((await reader.paths()).toSorted()).toEqual(["a", "b", "c", "d", "e"]);
    await mine!.refresh();
    expect(await mine!.of("e")).toEqual([entryOf("e")]);
    await mine!.refresh();
    expect(await mine!.of("a")).toHaveLength(1);
  });

  it("writes together what comes while it writes, and comes back once all of it is there", async () => {
    const disk = new FakeDisk();
    disk.folders.add("Leveled");
    const manifest = new Manifest(disk.folder(), "Leveled", "Leveled");
    const names = Array.from({ length: 50 }, (_, index) => `${index}.mp3`);
    await Promise.all(names.map((name) => manifest.record(entryOf(name))));
    expect(disk.calls.filter((call) => call === "close").length).toBeLessThan(4);
    expect(entriesIn((await disk.text(filesOf(disk)[0]!))!)).toHaveLength(50);
  });

  it("fails everyone whose entry was not written, and goes on after that", async () => {
    const disk = new FakeDisk();
    disk.folders.add("Leveled");
    const manifest = new Manifest(disk.folder(), "Leveled", "Leveled");
    disk.fault = (call) => {
      if (call === "close") throw new DOMException("no room", "QuotaExceededError");
    };
    const results = await Promise.allSettled([
      manifest.record(entryOf("a")),
      manifest.record(entryOf("b")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    disk.fault = () => undefined;
    await manifest.record(entryOf("c"));
    expect(await manifest.paths()).toEqual(["c"]);
  });

  it("writes no file anew that is older than a power cut may reach", async () => {
    const disk = new FakeDisk();
    disk.folders.add("Leveled");
    let now = 0;
    const manifest = new Manifest(disk.folder(), "Leveled", "Leveled", () => now);
    await manifest.record(entryOf("a"));
    now = SEGMENT_MILLISECONDS;
    await manifest.record(entryOf("b"));
    expect(filesOf(disk)).toHaveLength(1);
    const old = await disk.text(filesOf(disk)[0]!);
    now++;
    await manifest.record(entryOf("c"));
    expect(filesOf(disk)).toHaveLength(2);
    expect(await disk.text(filesOf(disk)[0]!)).toBe(old);
  });

  it("tells the entries of a file from the oldest on, in whatever order they were read", async () => {
    const disk = new FakeDisk();
    const [older, newer] = [1, 2].map((day) => entryOf("a", { at: `2026-01-0${day}T00:00:00Z` }));
    disk.put(`Leveled/${MANIFEST_FOLDER}/leveled-2-1.jsonl`, textOf([newer!]));
    disk.put(`Leveled/${MANIFEST_FOLDER}/leveled-1-1.jsonl`, textOf([older!]));
    const manifest = new Manifest(disk.folder(), "Leveled", "Leveled");
    expect(await manifest.of("A")).toEqual([older, newer]);
  });
});

describe("a folder of ours", () => {
  it("is known by its mark, whatever its name", async () => {
    const disk = new FakeDisk({ "Leveled/a.mp3": "theirs", "Originals/a.mp3": "theirs" });
    expect((await openOurFolder(disk.folder(), "Leveled")).path).toBe("Leveled 2");
    expect((await openOurFolder(disk.folder(), "Originals")).path).toBe("Originals 2");
    const kinds = ["Leveled", "Leveled 2", "Originals", "Originals 2"].map((path) =>
      kindOfFolder(disk.folder(path)),
    );
    expect(await Promise.all(kinds)).toEqual([null, "Leveled", null, "Originals"]);
    for (const file of filesOf(disk)) disk.put(file, "");
    expect(await kindOfFolder(disk.folder("Leveled 2")), "after a power cut").toBe("Leveled");
  });

  it("is the one that 0.1.0 made, by the text it left there", async () => {
    const disk = new FakeDisk({
      "Originals/About these originals.txt": "LevelUp replaced songs and kept…",
      "Originals/a.mp3": "original",
      "Album/Originals/About these originals.txt": "Notes of mine",
    });
    expect((await openOurFolder(disk.folder(), "Originals")).path).toBe("Originals");
    expect(await findOurFolder(disk.folder(), "Album", "Originals")).toBeNull();
  });

  it("is made once by songs that ask at the same time", async () => {
    const disk = new FakeDisk();
    const root = disk.folder();
    const opened = await Promise.all(
      Array.from({ length: 128 }, () => openOurFolder(root, "Originals")),
    );
    expect(new Set(opened.map(({ path }) => path))).toEqual(new Set(["Originals"]));
    expect(filesOf(disk)).toHaveLength(1);
  });

  it("is not made where its name is a file's", async () => {
    const disk = new FakeDisk({ Leveled: "a file" });
    expect((await openOurFolder(disk.folder(), "Leveled")).path).toBe("Leveled 2");
  });
});
