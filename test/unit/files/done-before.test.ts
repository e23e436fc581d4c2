import { describe, expect, it } from "vitest";
import { EarlierResults } from "@/lib/files/manifest/done-before";
import { LeveledFolderSink, ReplaceSink } from "@/lib/files/sinks";
import { AgedSwaps } from "@/lib/files/swap";
import { FakeDisk } from "./fake-disk";

const MADE = "the settings";
const files = { "a.mp3": "song a", "sub/b.mp3": "song b" };

const saving = async (song: { open(): Promise<File> }) => ({
  source: await song.open(),
  made: MADE,
  announce: () => Promise.resolve(),
});

describe("what an earlier run made", () => {
  it("in Leveled is known while song and result are what they were", async () => {
    const disk = new FakeDisk(files);
    const folder = disk.picked();
    const sink = new LeveledFolderSink(folder);
    for (const path of Object.keys(files)) {
      const song = disk.song(path, folder);
      await sink.save(song, new Blob([`leveled ${path}`]), "mp3", await saving(song));
    }
    // Another visit, which has handles of its own.
    const look = async () => {
      const root = disk.picked();
      const songs = [...Object.keys(files), "new.mp3"].map((path) => disk.song(path, root));
      const earlier = new EarlierResults(songs);
      return Promise.all(songs.map((song) => earlier.inLeveled(song).catch(() => "unreadable")));
    };
    const done = (path: string) => ({ made: MADE, output: `Leveled/${path}` });
    disk.put("new.mp3", "new");
    expect(await look()).toEqual([done("a.mp3"), done("sub/b.mp3"), null]);

    // A date alone is no change.
    disk.modified.set("a.mp3", 7);
    disk.modified.set("sub/b.mp3", 7);
    disk.put("sub/b.mp3", "song B");
    expect(await look()).toEqual([done("a.mp3"), null, null]);
    disk.put("Leveled/a.mp3", "edited since");
    expect(await look()).toEqual([null, null, null]);
    disk.files.delete("Leveled/a.mp3");
    expect(await look()).toEqual([null, null, null]);
  });

  it("in the originals' places is known until it is edited or the original is back", async () => {
    const disk = new FakeDisk(files);
    const folder = disk.picked();
    const sink = new ReplaceSink(true, new AgedSwaps(0));
    for (const path of Object.keys(files)) {
      const song = disk.song(path, folder);
      await sink.save(song, new Blob([`leveled ${path}`]), "mp3", await saving(song));
    }
    const look = async () => {
      const root = disk.picked();
      const songs = Object.keys(files).map((path) => disk.song(path, root));
      const earlier = new EarlierResults(songs);
      return Promise.all(songs.map((song) => earlier.inPlace(song)));
    };
    const done = (output: string) => ({ made: MADE, output });
    expect(await look()).toEqual([done("a.mp3"), done("sub/b.mp3")]);
    disk.put("a.mp3", files["a.mp3"]);
    disk.put("sub/b.mp3", "leveled sub/b.MP3");
    disk.modified.set("sub/b.mp3", 7);
    expect(await look()).toEqual([null, null]);
  });
});
