import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  DownloadSink,
  LeveledFolderSink,
  OtherFolderSink,
  rememberResult,
  ReplaceSink,
  type Sink,
} from "@/lib/files/sinks";
import { AgedSwaps } from "@/lib/files/swap";
import { ZipDownload } from "@/lib/files/zip-download";
import { asBlob, type SongBytes } from "@/lib/storage/song-bytes";
import type { PickedFile } from "@/lib/files/picked-file";
import { picked } from "../batch/fixtures";
import { FakeDisk } from "./fake-disk";
import { readZip } from "./zip-reader";

const bytes = (text: string) => new Blob([text]);

/** Saves what was made of the song as it is on disk now. */
async function save(sink: Sink, song: PickedFile, result: Blob, extension: string) {
  return sink.save(song, result, extension, { source: await song.open(), announce: silent });
}
async function keep(sink: Sink, song: PickedFile) {
  return sink.saveUnchanged(song, { source: await song.open(), announce: silent });
}
const silent = () => Promise.resolve();
/** Without the wait: nothing of a disk in memory is lost when the power goes. */
const replacing = (keepOriginals: boolean) => new ReplaceSink(keepOriginals, new AgedSwaps(0));

describe("the Leveled folder", () => {
  it("holds the same tree, and what an earlier run made of the song is replaced", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "original" });
    const folder = disk.picked();
    const song = disk.song("a/song.mp3", folder);
    await save(new LeveledFolderSink(folder), song, bytes("last week"), "mp3");
    const path = await save(new LeveledFolderSink(disk.picked()), song, bytes("leveled"), "mp3");
    expect(path).toBe("Leveled/a/song.mp3");
    expect(await disk.text(path)).toBe("leveled");
    expect(await disk.text("a/song.mp3")).toBe("original");
    expect(disk.songs()).toEqual(["a/song.mp3", "Leveled/a/song.mp3"]);
  });

  it("replaces nothing that it did not write, or that was changed since", async () => {
    const disk = new FakeDisk({ "song.mp3": "original", "other.mp3": "2" });
    const folder = disk.picked();
    const sink = () => new LeveledFolderSink(disk.picked());
    await save(sink(), disk.song("song.mp3", folder), bytes("leveled"), "mp3");
    disk.put("Leveled/song.mp3", "tags edited");
    disk.put("Leveled/other.mp3", "theirs");
    const again = await save(sink(), disk.song("song.mp3", folder), bytes("again"), "mp3");
    const other = await save(sink(), disk.song("other.mp3", folder), bytes("new"), "mp3");
    expect([again, other]).toEqual(["Leveled/song (2).mp3", "Leveled/other (2).mp3"]);
    expect(await disk.text("Leveled/song.mp3")).toBe("tags edited");
    expect(await disk.text("Leveled/other.mp3")).toBe("theirs");
  });

  it("has another name where the person has a folder of that name", async () => {
    const disk = new FakeDisk({ "song.mp3": "original", "Leveled/song.mp3": "theirs" });
    const folder = disk.picked();
    const song = disk.song("song.mp3", folder);
    const sink = new LeveledFolderSink(folder);
    expect(await save(sink, song, bytes("leveled"), "mp3")).toBe("Leveled 2/song.mp3");
    expect(await disk.text("Leveled/song.mp3")).toBe("theirs");
    // Ours is found again, also once theirs is gone.
    await disk.folder().removeEntry("Leveled", { recursive: true });
    const later = new LeveledFolderSink(disk.picked());
    expect(await save(later, song, bytes("again"), "mp3")).toBe("Leveled 2/song.mp3");
  });

  it("takes a place again where a power cut left nothing of the result", async () => {
    const disk = new FakeDisk({ "song.mp3": "original" });
    const folder = disk.picked();
    const song = disk.song("song.mp3", folder);
    await save(new LeveledFolderSink(folder), song, bytes("leveled"), "mp3");
    disk.put("Leveled/song.mp3", "");
    const path = await save(new LeveledFolderSink(disk.picked()), song, bytes("again"), "mp3");
    expect(path).toBe("Leveled/song.mp3");
    expect(await disk.text(path)).toBe("again");
  });

  it("is made once, however many songs come first", async () => {
    const disk = new FakeDisk();
    const folder = disk.picked();
    const sink = new LeveledFolderSink(folder);
    const names = Array.from({ length: 40 }, (_, index) => `a/${index}.mp3`);
    for (const name of names) disk.put(name, "1");
    const paths = await Promise.all(
      names.map((name) => save(sink, disk.song(name, folder), bytes("x"), "mp3")),
    );
    expect(paths).toEqual(names.map((name) => `Leveled/${name}`));
  });

  it("never gives two songs of one run the same name, whatever their case", async () => {
    const disk = new FakeDisk({ "a.wav": "1", "a.flac": "2", "A.aiff": "3" });
    const folder = disk.picked();
    const sink = new LeveledFolderSink(folder);
    const paths = await Promise.all(
      ["a.wav", "a.flac", "A.aiff"].map((path) =>
        save(sink, disk.song(path, folder), bytes(`from ${path}`), "mp3"),
      ),
    );
    expect(paths).toEqual(["Leveled/a.mp3", "Leveled/a (2).mp3", "Leveled/A (3).mp3"]);
    expect(await disk.text("Leveled/a (2).mp3")).toBe("from a.flac");
  });

  it("keeps one song's result when another of the same name is tried again later", async () => {
    const disk = new FakeDisk({ "a.wav": "1", "a.flac": "2" });
    const folder = disk.picked();
    await save(new LeveledFolderSink(folder), disk.song("a.wav", folder), bytes("of wav"), "mp3");
    const later = new LeveledFolderSink(folder);
    const retried = await save(later, disk.song("a.flac", folder), bytes("of flac"), "mp3");
    expect(retried).toBe("Leveled/a (2).mp3");
    expect(await disk.text("Leveled/a.mp3")).toBe("of wav");
    // Again, each takes its own place.
    const third = new LeveledFolderSink(folder);
    expect(await save(third, disk.song("a.flac", folder), bytes("x"), "mp3")).toBe(retried);
    expect(await save(third, disk.song("a.wav", folder), bytes("y"), "mp3")).toBe("Leveled/a.mp3");
  });

  it("goes on in a folder without a mark where the journal of a batch knows it", async () => {
    const disk = new FakeDisk({ "a.wav": "1", "a.flac": "2", "Leveled/a.mp3": "of wav" });
    const folder = disk.picked();
    rememberResult(folder, "Leveled/a.mp3");
    const sink = new LeveledFolderSink(folder);
    const path = await save(sink, disk.song("a.flac", folder), bytes("of flac"), "mp3");
    expect(path).toBe("Leveled/a (2).mp3");
    expect(await disk.text("Leveled/a.mp3")).toBe("of wav");
  });

  it("gets a song that needs nothing byte for byte", async () => {
    const disk = new FakeDisk({ "b/song.MP3": "original" });
    const folder = disk.picked();
    const sink = new LeveledFolderSink(folder);
    expect(await keep(sink, disk.song("b/song.MP3", folder))).toBe("Leveled/b/song.MP3");
    expect(await disk.text("Leveled/b/song.MP3")).toBe("original");
  });

  it("frees a name when the writing failed, so that a retry gets it", async () => {
    const disk = new FakeDisk({ "a.mp3": "1" });
    const folder = disk.picked();
    const sink = new LeveledFolderSink(folder);
    disk.fault = (call) => {
      if (call === "write") throw new DOMException("no room", "QuotaExceededError");
    };
    const song = disk.song("a.mp3", folder);
    await expect(save(sink, song, bytes("x"), "mp3")).rejects.toMatchObject({
      reason: "disk-full",
    });
    disk.fault = () => undefined;
    expect(await save(sink, song, bytes("x"), "mp3")).toBe("Leveled/a.mp3");
  });
});

describe("another folder", () => {
  it("keeps what is there: the new file is numbered", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "theirs", "a/song (2).mp3": "theirs too" });
    const sink = new OtherFolderSink(disk.folder());
    expect(await save(sink, picked("a/song.mp3"), bytes("new"), "mp3")).toBe("a/song (3).mp3");
    expect(await save(sink, picked("a/song.wav"), bytes("new"), "mp3")).toBe("a/song (4).mp3");
    expect(await disk.text("a/song.mp3")).toBe("theirs");
    expect(await disk.text("a/song (2).mp3")).toBe("theirs too");
  });
});

describe("replacing originals", () => {
  it("swaps the new bytes in, under the same name", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "original" });
    const folder = disk.picked();
    const sink = replacing(false);
    const song = disk.song("a/song.mp3", folder);
    expect(await save(sink, song, bytes("new"), "mp3")).toBe("a/song.mp3");
    expect(await disk.text("a/song.mp3")).toBe("new");
    expect(await keep(sink, song)).toBeNull();
    expect(disk.files.size).toBe(1);
  });

  it("keeps the very first original, however often it is replaced", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "original" });
    const folder = disk.picked();
    const sink = replacing(true);
    const song = disk.song("a/song.mp3", folder);
    await save(sink, song, bytes("new"), "mp3");
    await save(sink, song, bytes("newer"), "mp3");
    expect(await disk.text("a/song.mp3")).toBe("newer");
    expect(await disk.text("Originals/a/song.mp3")).toBe("original");
  });

  it("keeps originals in another folder where the person has one of that name", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "original", "Originals/a/song.mp3": "theirs" });
    const song = disk.song("a/song.mp3", disk.picked());
    await save(replacing(true), song, bytes("new"), "mp3");
    expect(await disk.text("a/song.mp3")).toBe("new");
    expect(await disk.text("Originals/a/song.mp3")).toBe("theirs");
    expect(await disk.text("Originals 2/a/song.mp3")).toBe("original");
  });

  it("touches nothing when the original cannot be kept", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "original" });
    disk.fault = (call) => {
      if (call === "folder+") throw new DOMException("read-only", "NoModificationAllowedError");
    };
    const song = disk.song("a/song.mp3", disk.picked());
    await expect(save(replacing(true), song, bytes("new"), "mp3")).rejects.toMatchObject({
      reason: "write-failed",
    });
    expect(await disk.text("a/song.mp3")).toBe("original");
    expect(disk.files.size).toBe(1);
  });

  it("puts the original back when other bytes arrived than were sent", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "original" });
    const folder = disk.picked();
    let swaps = 0;
    disk.fault = (call) => {
      // After the swap the disk answers with other bytes of the same length, once.
      if (call !== "getFile" || disk.files.get("a/song.mp3")?.size !== 3) return;
      if (++swaps === 1) disk.put("a/song.mp3", "nEw");
    };
    const song = disk.song("a/song.mp3", folder);
    await expect(save(replacing(true), song, bytes("new"), "mp3")).rejects.toMatchObject({
      reason: "write-failed",
    });
    expect(await disk.text("a/song.mp3")).toBe("original");
  });

  it("writes a song that became another kind beside its original, which stays", async () => {
    const disk = new FakeDisk({ "a/song.ape": "original", "a/song.flac": "another" });
    const folder = disk.picked();
    const song = disk.song("a/song.ape", folder);
    expect(await save(replacing(false), song, bytes("new"), "flac")).toBe("a/song (2).flac");
    expect(await disk.text("a/song.ape")).toBe("original");
    expect(await disk.text("a/song.flac")).toBe("another");
  });

  it("never lets two songs that become the same name overwrite each other", async () => {
    const disk = new FakeDisk({ "song.wav": "1", "song.flac": "2" });
    const folder = disk.picked();
    const sink = replacing(false);
    const parent = disk.folder();
    const paths = await Promise.all(
      ["song.wav", "song.flac"].map((path) =>
        save(sink, { ...disk.song(path, folder), parent }, bytes(`from ${path}`), "mp3"),
      ),
    );
    expect(paths.toSorted()).toEqual(["song (2).mp3", "song.mp3"]);
    expect(await disk.text(paths[0]!)).toBe("from song.wav");
    expect(await disk.text(paths[1]!)).toBe("from song.flac");
  });
});

describe("a song that changed after it was read", () => {
  const original = { "a/song.mp3": "original" };
  const edit = (disk: FakeDisk) => {
    disk.put("a/song.mp3", "edited, ");
    disk.modified.set("a/song.mp3", 2);
  };

  it.each([true, false])(
    "is not replaced, whether originals are kept (%s) or not",
    async (kept) => {
      const disk = new FakeDisk(original);
      const song = disk.song("a/song.mp3", disk.picked());
      const source = await song.open();
      edit(disk);
      const saving = { source, announce: silent };
      await expect(replacing(kept).save(song, bytes("new"), "mp3", saving)).rejects.toMatchObject({
        reason: "file-changed",
      });
      expect([...disk.files.keys()]).toEqual(["a/song.mp3"]);
      expect(await disk.text("a/song.mp3")).toBe("edited, ");
    },
  );

  it("not even when it changes while its result is being written; the copy stays", async () => {
    const disk = new FakeDisk(original);
    const song = disk.song("a/song.mp3", disk.picked());
    disk.fault = (call) => {
      if (call === "write" && disk.files.has("Originals/a/song.mp3")) edit(disk);
    };
    await expect(save(replacing(true), song, bytes("new"), "mp3")).rejects.toMatchObject({
      reason: "file-changed",
    });
    expect(await disk.text("a/song.mp3")).toBe("edited, ");
    // It is all that is left of what the song was.
    expect(await disk.text("Originals/a/song.mp3")).toBe("original");
  });

  it("is not delivered as one that needed nothing", async () => {
    const disk = new FakeDisk(original);
    const folder = disk.picked();
    const song = disk.song("a/song.mp3", folder);
    const source = await song.open();
    edit(disk);
    for (const sink of [new LeveledFolderSink(folder), new OtherFolderSink(disk.folder("out"))]) {
      await expect(sink.saveUnchanged(song, { source, announce: silent })).rejects.toMatchObject({
        reason: "file-changed",
      });
    }
    expect(disk.files.size).toBe(1);
  });
});

it("a backup of a song that could not be replaced does not stay", async () => {
  const disk = new FakeDisk({ "a/song.mp3": "original" });
  const song = disk.song("a/song.mp3", disk.picked());
  disk.fault = (call) => {
    const isResult = call === "write" && disk.files.get("Originals/a/song.mp3")?.size;
    if (isResult) throw new DOMException("no room", "QuotaExceededError");
  };
  await expect(save(replacing(true), song, bytes("new"), "mp3")).rejects.toMatchObject({
    reason: "disk-full",
  });
  expect(await disk.text("a/song.mp3")).toBe("original");
  expect(await disk.text("Originals/a/song.mp3")).toBeNull();
});

it("every folder sink says where it will write, and what, before it writes", async () => {
  const disk = new FakeDisk({ "a.wav": "original", "a.mp3": "another" });
  const folder = disk.picked();
  const song = disk.song("a.wav", folder);
  const said: string[] = [];
  const source = await song.open();
  let before: string[] = [];
  const announce = async (path: string, what: SongBytes) => {
    said.push(`${path}: ${await asBlob(what).text()}`);
    expect(disk.songs()).toEqual(before);
  };
  for (const sink of [
    new LeveledFolderSink(folder),
    new OtherFolderSink(disk.folder()),
    replacing(true),
  ]) {
    before = disk.songs();
    await sink.save(song, bytes("new"), "mp3", { source, announce });
    before = disk.songs();
    await sink.saveUnchanged(song, { source, announce });
  }
  before = disk.songs();
  const replaced = disk.song("a.mp3", folder);
  await replacing(true).save(replaced, bytes("newer"), "mp3", {
    source: await replaced.open(),
    announce,
  });
  expect(said).toEqual([
    "Leveled/a.mp3: new",
    "Leveled/a.wav: original",
    "a (2).mp3: new",
    "a (2).wav: original",
    "a (3).mp3: new",
    "a.mp3: newer",
  ]);
});

it("in another folder a file of the very same bytes is taken for the song's result", async () => {
  const disk = new FakeDisk({
    ...{ "in/a.flac": "original", "in/b.flac": "original" },
    ...{ "out/a.mp3": "new", "out/a.flac": "original", "out/b.mp3": "other" },
  });
  const sink = new OtherFolderSink(disk.folder("out"));
  for (const name of ["a", "b"]) {
    const song = picked(`${name}.flac`, { handle: null, open: () => Promise.resolve(file) });
    const file = new File(["original"], song.name, { lastModified: 1 });
    const saving = { source: file, announce: () => Promise.resolve() };
    const written = name === "a" ? "a.mp3" : "b (2).mp3";
    expect(await sink.save(song, bytes("new"), "mp3", saving)).toBe(written);
    expect(await sink.saveUnchanged(song, saving)).toBe(`${name}.flac`);
  }
  expect(disk.songs().filter((path) => path.startsWith("out/"))).toHaveLength(5);
});

it("a song whose name a directory handle hides goes everywhere but in its own place", async () => {
  const disk = new FakeDisk();
  const folder = disk.picked();
  const file = new File(["original"], "Who?.mp3", { lastModified: 1 });
  const hidden = picked("a/Who_.mp3", {
    ...{ folder, hiddenPath: "a/Who?.mp3" },
    open: () => Promise.resolve(file),
  });
  const target = new FakeDisk();
  const zip = new ZipDownload("all.zip");
  const sinks = [new LeveledFolderSink(folder), new OtherFolderSink(target.folder())];
  const paths = [...sinks, new DownloadSink(zip)].map((sink) =>
    save(sink, hidden, bytes("leveled"), "mp3"),
  );
  expect(await Promise.all(paths)).toEqual(["Leveled/a/Who_.mp3", "a/Who_.mp3", "a/Who_.mp3"]);
  await expect(save(replacing(true), hidden, bytes("leveled"), "mp3")).rejects.toMatchObject({
    reason: "name-refused",
  });
});

describe("a download", () => {
  const urls = new Map<string, Blob>();
  beforeEach(() => {
    urls.clear();
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
      urls.set(`blob:${urls.size}`, blob as Blob);
      return `blob:${urls.size - 1}`;
    });
    // No private file system here: the zip is kept in memory.
    vi.stubGlobal("navigator", {});
    return () => {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    };
  });

  it("is nothing when nothing was added", async () => {
    expect(await new ZipDownload("all.zip").finish()).toBeNull();
  });

  it("of one song is the song itself", async () => {
    const zip = new ZipDownload("all.zip");
    const sink = new DownloadSink(zip);
    expect(await save(sink, picked("a/song.wav"), bytes("leveled"), "mp3")).toBe("a/song.mp3");
    const ready = await zip.finish();
    expect(ready).toMatchObject({ name: "song.mp3", size: 7 });
    expect(await urls.get(ready!.url)!.text()).toBe("leveled");
  });

  it("of several is one zip with their tree, each name once", async () => {
    const zip = new ZipDownload("all.zip");
    const sink = new DownloadSink(zip);
    const three = new File(["three"], "odd");
    const odd = 'ünïcode 🎵 #1 100% "q".mp3';
    await Promise.all([
      save(sink, picked("a/song.wav"), bytes("one"), "mp3"),
      save(sink, picked("a/song.flac"), bytes("two"), "mp3"),
      keep(sink, picked(odd, { open: () => Promise.resolve(three) })),
      save(sink, picked("../../etc/passwd.mp3"), bytes("four"), "mp3"),
    ]);
    const ready = await zip.finish();
    expect(ready!.name).toBe("all.zip");
    expect(await readZip(urls.get(ready!.url)!)).toEqual(
      new Map([
        ["a/song.mp3", "one"],
        ["a/song (2).mp3", "two"],
        [odd, "three"],
        ["etc/passwd.mp3", "four"],
      ]),
    );
  });

  it("that cannot be written fails each song and its end, and hangs none", async () => {
    const disk = new FakeDisk();
    const handle = {
      createWritable: () =>
        Promise.resolve(
          new WritableStream({
            write: () => Promise.reject(new DOMException("no room", "QuotaExceededError")),
          }),
        ),
    };
    const root = Object.assign(disk.folder(), {
      getDirectoryHandle: () => Promise.resolve({ getFileHandle: () => Promise.resolve(handle) }),
    });
    vi.stubGlobal("navigator", { storage: { getDirectory: () => Promise.resolve(root) } });
    const zip = new ZipDownload("all.zip");
    const results = await Promise.allSettled(
      ["1", "2", "3", "4"].map((name) => zip.add(`${name}.mp3`, bytes(name))),
    );
    expect(results.at(-1)!.status).toBe("rejected");
    await expect(zip.finish()).rejects.toThrow("no room");
  });
});
