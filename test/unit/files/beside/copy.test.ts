import { describe, expect, it } from "vitest";
import { copyBeside, type Delivered } from "@/lib/files/beside/copy";
import { besideSongs } from "@/lib/files/beside/kinds";
import type { PickedFile } from "@/lib/files/picked-file";
import {
  DownloadSink,
  LeveledFolderSink,
  OtherFolderSink,
  ReplaceSink,
  type Sink,
} from "@/lib/files/sinks";
import { AgedSwaps } from "@/lib/files/swap";
import { ZipDownload } from "@/lib/files/zip-download";
import { picked, pickedFolder } from "../../batch/fixtures";
import { FakeDisk } from "../fake-disk";

const library = {
  "A/1.flac": "one",
  "A/album.cue": 'FILE "1.flac" WAVE\n',
  "A/front.jpg": "front",
  "all.m3u": "A/1.flac\nB/2.flac\n",
  "B/2.flac": "two",
  "B/cover.png": "cover",
};

/** A folder whose songs are leveled to MP3, and what lies beside them. */
function library1(disk = new FakeDisk(library)) {
  const folder = disk.picked();
  const songs = ["A/1.flac", "B/2.flac"].map((path) => disk.song(path, folder));
  const candidates = ["A/album.cue", "A/front.jpg", "all.m3u", "B/cover.png"].map((path) =>
    disk.song(path, folder),
  );
  const level = async (sink: Sink, levels: readonly PickedFile[] = songs) => {
    const delivered: Delivered[] = [];
    for (const file of songs) {
      const saving = { source: await file.open(), announce: () => Promise.resolve() };
      const output = levels.includes(file)
        ? await sink.save(file, new Blob([`mp3 of ${file.path}`]), "mp3", saving)
        : null;
      delivered.push({ file, output });
    }
    return copyBeside({
      ...{ surroundings: { files: candidates, songs }, listed: delivered, inBatch: levels },
      sinkFor: () => sink,
      isStopped: () => false,
    });
  };
  return { disk, songs, candidates, level };
}

const told = (files: Awaited<ReturnType<typeof copyBeside>>) =>
  files.map(({ path, status, output }) => `${path} ${status} ${output}`);

describe("to the folder Leveled", () => {
  it("they go with the songs' new names in them, and a second time nothing is written", async () => {
    const { disk, level, songs } = library1();
    const first = await level(new LeveledFolderSink(disk.picked()));
    expect(first.map(({ kind, names }) => [kind, names])).toEqual([
      ["cue-sheet", 1],
      ["cover", 0],
      ["playlist", 2],
      ["cover", 0],
    ]);
    expect(told(first)).toContain("A/album.cue copied Leveled/A/album.cue");
    expect(await disk.text("Leveled/A/album.cue")).toBe('FILE "1.mp3" WAVE\n');
    expect(await disk.text("Leveled/all.m3u")).toBe("A/1.mp3\nB/2.mp3\n");
    expect(await disk.text("Leveled/A/front.jpg")).toBe("front");

    const files = [...disk.files.keys()];
    // A batch of one song alone: the names of the others are on record.
    const again = await level(new LeveledFolderSink(disk.picked()), songs.slice(0, 1));
    expect(told(again)).toEqual([
      "A/album.cue unchanged Leveled/A/album.cue",
      "A/front.jpg unchanged Leveled/A/front.jpg",
      "all.m3u unchanged Leveled/all.m3u",
    ]);
    expect(disk.songs()).toEqual(files.filter((path) => disk.songs().includes(path)));
  });

  it("only what we wrote and is still that is replaced", async () => {
    const { disk, level } = library1();
    await level(new LeveledFolderSink(disk.picked()));
    disk.put("Leveled/A/front.jpg", "edited");
    disk.put("A/front.jpg", "another front");
    disk.put("B/cover.png", "another cover");
    const again = await level(new LeveledFolderSink(disk.picked()));
    expect(told(again).filter((each) => each.includes("copied"))).toEqual([
      "A/front.jpg copied Leveled/A/front (2).jpg",
      "B/cover.png copied Leveled/B/cover.png",
    ]);
    expect(await disk.text("Leveled/A/front.jpg")).toBe("edited");
    expect(await disk.text("Leveled/B/cover.png")).toBe("another cover");
  });

  it("what cannot be read or written is told, and stops no other", async () => {
    const { disk, level } = library1();
    disk.files.delete("A/front.jpg");
    let writes = 0;
    disk.fault = (call) => {
      // Songs, their entries on record, then the cue sheet's entry and the cue sheet.
      if (call === "write" && ++writes === 8) throw new DOMException("full", "QuotaExceededError");
    };
    const files = await level(new LeveledFolderSink(disk.picked()));
    const failed = files.filter(({ status }) => status === "failed");
    expect(failed.map(({ path, reason }) => [path, reason])).toContainEqual([
      ...["A/front.jpg", "file-gone"],
    ]);
    expect(failed.map(({ reason }) => reason)).toContain("disk-full");
    expect(files.filter(({ status }) => status === "copied")).toHaveLength(2);
    expect([...disk.files.keys()].filter((path) => path.includes(".levelup-"))).toEqual([]);
  });
});

it("to another folder: what is there with the same bytes is not copied again, else numbered", async () => {
  const { disk, level } = library1();
  const target = new FakeDisk({ "A/front.jpg": "theirs" });
  await level(new OtherFolderSink(target.folder()));
  expect(await target.text("A/front.jpg")).toBe("theirs");
  expect(await target.text("A/front (2).jpg")).toBe("front");
  expect(await target.text("all.m3u")).toBe("A/1.mp3\nB/2.mp3\n");
  const { candidates, songs } = library1(disk);
  const again = await copyBeside({
    surroundings: { files: candidates, songs },
    listed: songs.map((file) => ({ file, output: file.path.replace("flac", "mp3") })),
    inBatch: songs,
    sinkFor: () => new OtherFolderSink(target.folder()),
    isStopped: () => false,
  });
  expect(again.every(({ status }) => status === "unchanged")).toBe(true);
});

it("to a download they go into the zip", async () => {
  const { level } = library1();
  const zip = new ZipDownload("all.zip");
  const files = await level(new DownloadSink(zip));
  expect(told(files)).toContain("A/album.cue copied A/album.cue");
  await zip.finish();
  expect(await (await zip.entry("A/album.cue")).text()).toBe('FILE "1.mp3" WAVE\n');
});

it("where originals are replaced, and after a stop, they stay where they are", async () => {
  const { disk, level, candidates, songs } = library1();
  const before = [...disk.files.keys()];
  await expect(level(new ReplaceSink(false, new AgedSwaps(0)), [])).resolves.toEqual([]);
  const stopped = await copyBeside({
    ...{ surroundings: { files: candidates, songs }, inBatch: songs, isStopped: () => true },
    listed: songs.map((file) => ({ file, output: null })),
    sinkFor: () => new LeveledFolderSink(disk.picked()),
  });
  expect(stopped).toEqual([]);
  expect([...disk.files.keys()]).toEqual(before);
});

describe("what goes along with songs", () => {
  const root = pickedFolder("Music");
  const at = (path: string) => picked(path, { folder: root });
  const songs = ["A/1.flac", "A/2.flac", "Set/CD 1/1.flac", "B/1.mp3"].map(at);
  const going = (files: readonly string[], batch = songs) =>
    besideSongs({ files: files.map(at), songs }, batch).map(
      ({ file, kind }) => `${file.path} ${kind}`,
    );

  it("is known by name, and pictures and texts by the songs beside them", () => {
    expect(
      going([
        ...["A/IMG_1.JPG", "A/1.lrc", "A/2.txt", "A/readme.txt", "A/Rip.CUE", "list.pls"],
        ...["Set/cover.jpg", "Set/Scans/page 3.tif", "Photos/beach.jpg", "beach.jpg", "A/log.log"],
      ]),
    ).toEqual([
      ...["A/IMG_1.JPG cover", "A/1.lrc lyrics", "A/2.txt lyrics", "A/Rip.CUE cue-sheet"],
      ...["list.pls playlist", "Set/cover.jpg cover", "Set/Scans/page 3.tif cover"],
    ]);
  });

  it("is what belongs to songs of the batch, not to others that lie there", () => {
    const files = ["A/cover.jpg", "Set/cover.jpg", "Set/CD 2/x.cue", "Lists/all.m3u", "B/b.cue"];
    expect(going(files, [at("Set/CD 1/1.flac")])).toEqual([
      ...["Set/cover.jpg cover", "Set/CD 2/x.cue cue-sheet", "Lists/all.m3u playlist"],
    ]);
    expect(besideSongs({ files: [picked("A/cover.jpg")], songs }, songs)).toEqual([]);
  });
});
