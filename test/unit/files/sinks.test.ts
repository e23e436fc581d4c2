import { beforeEach, describe, expect, it, vi } from "vitest";
import { DownloadSink, LeveledFolderSink, OtherFolderSink, ReplaceSink } from "@/lib/files/sinks";
import { ZipDownload } from "@/lib/files/zip-download";
import { picked } from "../batch/fixtures";
import { FakeDisk } from "./fake-disk";
import { readZip } from "./zip-reader";

const bytes = (text: string) => new Blob([text]);

describe("the Leveled folder", () => {
  it("holds the same tree, and an earlier run's file is replaced", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "original", "Leveled/a/song.mp3": "last week" });
    const folder = disk.picked();
    const sink = new LeveledFolderSink(folder);
    const path = await sink.save(disk.song("a/song.mp3", folder), bytes("leveled"), "mp3");
    expect(path).toBe("Leveled/a/song.mp3");
    expect(await disk.text(path)).toBe("leveled");
    expect(await disk.text("a/song.mp3")).toBe("original");
    expect(disk.files.size).toBe(2);
  });

  it("never gives two songs of one run the same name, whatever their case", async () => {
    const disk = new FakeDisk({ "a.wav": "1", "a.flac": "2", "A.aiff": "3" });
    const folder = disk.picked();
    const sink = new LeveledFolderSink(folder);
    const paths = await Promise.all(
      ["a.wav", "a.flac", "A.aiff"].map((path) =>
        sink.save(disk.song(path, folder), bytes(`from ${path}`), "mp3"),
      ),
    );
    expect(paths).toEqual(["Leveled/a.mp3", "Leveled/a (2).mp3", "Leveled/A (3).mp3"]);
    expect(await disk.text("Leveled/a (2).mp3")).toBe("from a.flac");
  });

  it("keeps one song's result when another of the same name is tried again later", async () => {
    const disk = new FakeDisk({ "a.wav": "1", "a.flac": "2" });
    const folder = disk.picked();
    await new LeveledFolderSink(folder).save(disk.song("a.wav", folder), bytes("of wav"), "mp3");
    const later = new LeveledFolderSink(folder);
    const retried = await later.save(disk.song("a.flac", folder), bytes("of flac"), "mp3");
    expect(retried).toBe("Leveled/a (2).mp3");
    expect(await disk.text("Leveled/a.mp3")).toBe("of wav");
    // Again, each takes its own place.
    const third = new LeveledFolderSink(folder);
    expect(await third.save(disk.song("a.flac", folder), bytes("x"), "mp3")).toBe(retried);
    expect(await third.save(disk.song("a.wav", folder), bytes("y"), "mp3")).toBe("Leveled/a.mp3");
  });

  it("gets a song that needs nothing byte for byte", async () => {
    const disk = new FakeDisk({ "b/song.MP3": "original" });
    const folder = disk.picked();
    const sink = new LeveledFolderSink(folder);
    expect(await sink.saveUnchanged(disk.song("b/song.MP3", folder))).toBe("Leveled/b/song.MP3");
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
    await expect(sink.save(song, bytes("x"), "mp3")).rejects.toMatchObject({ reason: "disk-full" });
    disk.fault = () => undefined;
    expect(await sink.save(song, bytes("x"), "mp3")).toBe("Leveled/a.mp3");
  });
});

describe("another folder", () => {
  it("keeps what is there: the new file is numbered", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "theirs", "a/song (2).mp3": "theirs too" });
    const sink = new OtherFolderSink(disk.folder());
    expect(await sink.save(picked("a/song.mp3"), bytes("new"), "mp3")).toBe("a/song (3).mp3");
    expect(await sink.save(picked("a/song.wav"), bytes("new"), "mp3")).toBe("a/song (4).mp3");
    expect(await disk.text("a/song.mp3")).toBe("theirs");
    expect(await disk.text("a/song (2).mp3")).toBe("theirs too");
  });
});

describe("replacing originals", () => {
  it("swaps the new bytes in, under the same name", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "original" });
    const folder = disk.picked();
    const sink = new ReplaceSink(false);
    const song = disk.song("a/song.mp3", folder);
    expect(await sink.save(song, bytes("new"), "mp3")).toBe("a/song.mp3");
    expect(await disk.text("a/song.mp3")).toBe("new");
    expect(await sink.saveUnchanged()).toBeNull();
    expect(disk.files.size).toBe(1);
  });

  it("keeps the very first original, however often it is replaced", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "original" });
    const folder = disk.picked();
    const sink = new ReplaceSink(true);
    const song = disk.song("a/song.mp3", folder);
    await sink.save(song, bytes("new"), "mp3");
    await sink.save(song, bytes("newer"), "mp3");
    expect(await disk.text("a/song.mp3")).toBe("newer");
    expect(await disk.text("Originals/a/song.mp3")).toBe("original");
  });

  it("touches nothing when the original cannot be kept", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "original", "Originals/theirs.txt": "theirs" });
    const folder = disk.picked();
    const song = disk.song("a/song.mp3", folder);
    await expect(new ReplaceSink(true).save(song, bytes("new"), "mp3")).rejects.toMatchObject({
      reason: "no-backup",
    });
    expect(await disk.text("a/song.mp3")).toBe("original");
    expect(disk.files.size).toBe(2);
  });

  it("puts the original back when other bytes arrived than were sent", async () => {
    const disk = new FakeDisk({ "a/song.mp3": "original" });
    const folder = disk.picked();
    let closes = 0;
    disk.fault = (call) => {
      if (call === "close") closes++;
      // After the swap the disk answers with other bytes of the same length, once.
      if (call === "getFile" && closes === 3) {
        closes++;
        disk.put("a/song.mp3", "nEw");
      }
    };
    const song = disk.song("a/song.mp3", folder);
    await expect(new ReplaceSink(true).save(song, bytes("new"), "mp3")).rejects.toMatchObject({
      reason: "write-failed",
    });
    expect(await disk.text("a/song.mp3")).toBe("original");
  });

  it("writes a song that became another kind beside its original, which stays", async () => {
    const disk = new FakeDisk({ "a/song.ape": "original", "a/song.flac": "another" });
    const folder = disk.picked();
    const song = disk.song("a/song.ape", folder);
    expect(await new ReplaceSink(false).save(song, bytes("new"), "flac")).toBe("a/song (2).flac");
    expect(await disk.text("a/song.ape")).toBe("original");
    expect(await disk.text("a/song.flac")).toBe("another");
  });

  it("never lets two songs that become the same name overwrite each other", async () => {
    const disk = new FakeDisk({ "song.wav": "1", "song.flac": "2" });
    const folder = disk.picked();
    const sink = new ReplaceSink(false);
    const parent = disk.folder();
    const paths = await Promise.all(
      ["song.wav", "song.flac"].map((path) =>
        sink.save({ ...disk.song(path, folder), parent }, bytes(`from ${path}`), "mp3"),
      ),
    );
    expect(paths.toSorted()).toEqual(["song (2).mp3", "song.mp3"]);
    expect(await disk.text(paths[0]!)).toBe("from song.wav");
    expect(await disk.text(paths[1]!)).toBe("from song.flac");
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
    expect(await sink.save(picked("a/song.wav"), bytes("leveled"), "mp3")).toBe("a/song.mp3");
    const ready = await zip.finish();
    expect(ready).toMatchObject({ name: "song.mp3", size: 7 });
    expect(await urls.get(ready!.url)!.text()).toBe("leveled");
  });

  it("of several is one zip with their tree, each name once", async () => {
    const zip = new ZipDownload("all.zip");
    const sink = new DownloadSink(zip);
    const odd = 'ünïcode 🎵 #1 100% "q".mp3';
    await Promise.all([
      sink.save(picked("a/song.wav"), bytes("one"), "mp3"),
      sink.save(picked("a/song.flac"), bytes("two"), "mp3"),
      sink.saveUnchanged(picked(odd, { open: () => Promise.resolve(new File(["three"], "odd")) })),
      sink.save(picked("../../etc/passwd.mp3"), bytes("four"), "mp3"),
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
