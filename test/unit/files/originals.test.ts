import { describe, expect, it } from "vitest";
import { countOriginals, originalsOf } from "@/lib/files/originals";
import {
  discardOriginals,
  dropKept,
  dropRestored,
  restoreOriginals,
  type RestoreOutcome,
  type RestoreQuestion,
} from "@/lib/files/restore";
import { ReplaceSink } from "@/lib/files/sinks";
import { sourceOf } from "@/lib/files/source-of";
import { AgedSwaps } from "@/lib/files/swap";
import { walkFolder } from "@/lib/files/walk";
import type { PickedFile } from "@/lib/files/picked-file";
import { deferred } from "../../support/deferred";
import { FakeDisk } from "./fake-disk";

const noAge = new AgedSwaps(0);

/** Levels a song in its place, from whatever `sourceOf` says. */
async function replace(song: PickedFile, result: string, keepOriginals = true) {
  const { file, from, onDisk } = await sourceOf(song);
  await new ReplaceSink(keepOriginals, noAge).save(song, new Blob([result]), "mp3", {
    source: onDisk,
    announce: () => Promise.resolve(),
  });
  return `${from}: ${await file.text()}`;
}

async function restore(song: PickedFile, answer: boolean | null = null) {
  const asked: string[] = [];
  const decide = async (questions: readonly RestoreQuestion[]) => {
    for (const { doubt, original } of questions) {
      if (answer === null) throw new Error(`asked about ${doubt}`);
      asked.push(`${doubt}: ${await original.text()}`);
    }
    return answer ? questions : [];
  };
  let outcome: RestoreOutcome | null = null;
  const restored = await restoreOriginals([song], decide, (_, each) => (outcome = each));
  await dropRestored(restored, new AbortController().signal);
  return { outcome, asked };
}

describe("the source of a song", () => {
  it("is its true original, however often and wherever it was leveled", async () => {
    const disk = new FakeDisk({ "Album/1.mp3": "original" });
    const inAlbum = disk.song("Album/1.mp3", disk.picked("Album"));
    const album = { ...inAlbum, path: "1.mp3" };
    expect(await replace(album, "first")).toBe("song: original");
    expect(await replace(album, "second")).toBe("original: original");
    // The library above the album, by a page that knows nothing of it.
    const library = disk.song("Album/1.mp3", disk.picked());
    expect(await replace(library, "third")).toBe("original: original");
    expect(await replace(library, "fourth", false)).toBe("original: original");
    expect(await replace(disk.song("Album/1.mp3", disk.picked()), "fifth")).toBe(
      "original: original",
    );
    expect(disk.songs()).toEqual(["Album/1.mp3", "Album/Originals/1.mp3"]);
    expect(await disk.text("Album/Originals/1.mp3")).toBe("original");
  });

  describe("leveled in the library and then in its album alone, which sees no copy of it", () => {
    const leveledTwice = async (inAlbum: string) => {
      const disk = new FakeDisk({ "Album/1.mp3": "original" });
      const library = () => disk.song("Album/1.mp3", disk.picked());
      await replace(library(), "leveled");
      const album = { ...disk.song("Album/1.mp3", disk.picked("Album")), path: "1.mp3" };
      expect(await replace(album, inAlbum)).toBe("song: leveled");
      return { disk, library };
    };

    it("is its true original for the library", async () => {
      const { disk, library } = await leveledTwice("leveled again");
      expect(await sourceOf(library())).toMatchObject({ from: "original" });
      expect(await restore(library())).toMatchObject({ outcome: "restored" });
      expect(await disk.text("Album/1.mp3")).toBe("original");
    });

    it("is the song on disk once an undo brought it back, and nothing takes its place unasked", async () => {
      const { disk, library } = await leveledTwice("original");
      for (let times = 0; times < 2; times++) {
        await restore(library(), false);
        expect(await disk.text("Album/1.mp3")).toBe("original");
      }
      expect(await disk.text("Originals/Album/1.mp3")).toBe("original");
    });
  });

  it("is the song on disk once that is not what we wrote", async () => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const song = disk.song("1.mp3", disk.picked());
    await replace(song, "leveled");
    disk.put("1.mp3", "another song");
    expect(await replace(song, "leveled 2")).toBe("changed: another song");
  });

  it("is the song where that is the original itself, though its copy is gone", async () => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const song = disk.song("1.mp3", disk.picked());
    await replace(song, "leveled");
    disk.put("1.mp3", "original");
    disk.files.delete("Originals/1.mp3");
    expect(await sourceOf(song)).toMatchObject({ from: "song" });
  });

  it("is the leveled file where its original is gone or damaged, which is said", async () => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const song = disk.song("1.mp3", disk.picked());
    await replace(song, "leveled");
    disk.put("Originals/1.mp3", "ORIGINAL");
    expect(await sourceOf(song)).toMatchObject({ from: "leveled" });
    disk.files.delete("Originals/1.mp3");
    expect(await replace(song, "leveled again")).toBe("leveled: leveled");
  });

  it("is known after a cut before the swap as well as after it", async () => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const song = disk.song("1.mp3", disk.picked());
    await replace(song, "first");
    const once = new FakeDisk();
    for (const [path, blob] of disk.files) once.files.set(path, blob);
    for (const folder of disk.folders) once.folders.add(folder);
    disk.fault = (call) => {
      if (call === "close" && disk.calls.at(-2) === "getFile") throw new Error("cut");
    };
    await replace(song, "second").catch(() => undefined);
    disk.fault = () => undefined;
    expect(["first", "second"]).toContain(await disk.text("1.mp3"));
    expect(await sourceOf(disk.song("1.mp3", disk.picked()))).toMatchObject({ from: "original" });
  });
});

/** A WAV of a few letters, with a title of four behind the sound; what it is named tells nothing. */
const wavOf = (sound: string, title: string): string => {
  const chunk = (id: string, content: string) =>
    `${id}${String.fromCharCode(content.length)}\0\0\0${content}`;
  const info = `INFO${chunk("INAM", title)}`;
  return chunk(
    "RIFF",
    `WAVE${chunk("fmt ", "16 bits, stereo ")}${chunk("data", sound)}${chunk("LIST", info)}`,
  );
};

describe("a song that was leveled in place and whose tags the person edited since", () => {
  const leveledAndEdited = async () => {
    const disk = new FakeDisk({ "1.mp3": wavOf("original", "Tile") });
    const song = () => disk.song("1.mp3", disk.picked());
    await replace(song(), wavOf("leveled ", "Tile"));
    disk.put("1.mp3", wavOf("leveled ", "Song"));
    return { disk, song };
  };

  it.each([true, false])(
    "is leveled again from its original, however often, with its own tags (copies: %s)",
    async (keepOriginals) => {
      const { disk, song } = await leveledAndEdited();
      const source = wavOf("original", "Song");
      for (const sound of ["second  ", "third   "]) {
        const result = wavOf(sound, "Song");
        expect(await replace(song(), result, keepOriginals)).toBe(`retagged: ${source}`);
      }
      expect(disk.songs()).toEqual(["1.mp3", "Originals/1.mp3"]);
      expect(await disk.text("Originals/1.mp3")).toBe(wavOf("original", "Tile"));
      expect(await restore(song())).toMatchObject({ outcome: "restored" });
      expect(await disk.text("1.mp3")).toBe(wavOf("original", "Tile"));
    },
  );

  it("gets its original's sound back with its own tags where that needs nothing", async () => {
    const { disk, song } = await leveledAndEdited();
    const { file, onDisk } = await sourceOf(song());
    await new ReplaceSink(true, noAge).saveUnchanged(song(), {
      ...{ source: onDisk, original: file, announce: () => Promise.resolve() },
    });
    expect(await disk.text("1.mp3")).toBe(wavOf("original", "Song"));
  });

  it("is asked about before its original is put back", async () => {
    const { song } = await leveledAndEdited();
    expect(await restore(song(), false)).toEqual({
      ...{ outcome: "something-else", asked: [`something-else: ${wavOf("original", "Tile")}`] },
    });
  });

  it("is itself once its sound is another, its original is gone, or is no WAV", async () => {
    const other = await leveledAndEdited();
    other.disk.put("1.mp3", wavOf("leveleD ", "Song"));
    expect(await sourceOf(other.song())).toMatchObject({ from: "changed" });
    const gone = await leveledAndEdited();
    gone.disk.files.delete("Originals/1.mp3");
    expect(await sourceOf(gone.song())).toMatchObject({ from: "changed" });
    const disk = new FakeDisk({ "1.mp3": "another kind" });
    const song = () => disk.song("1.mp3", disk.picked());
    await replace(song(), wavOf("leveled ", "Tile"));
    disk.put("1.mp3", wavOf("leveled ", "Song"));
    expect(await replace(song(), "again")).toBe(`changed: ${wavOf("leveled ", "Song")}`);
    expect(await disk.text("Originals/1 (2).mp3")).toBe(wavOf("leveled ", "Song"));
  });

  it("is itself by a record that has no print of its sound", async () => {
    const { disk, song } = await leveledAndEdited();
    for (const [path, record] of disk.files) {
      if (!path.endsWith(".jsonl")) continue;
      disk.put(path, (await record.text()).replaceAll(/,"audio":"\w+"/g, ""));
    }
    expect(await sourceOf(song())).toMatchObject({ from: "changed" });
  });
});

describe("a second song under a name that was leveled before", () => {
  it("has its own original kept, and each comes back for what was made of it", async () => {
    const disk = new FakeDisk({ "1.mp3": "first" });
    const song = disk.song("1.mp3", disk.picked());
    await replace(song, "first, leveled");
    disk.put("1.mp3", "second");
    await replace(song, "second, leveled");
    expect(await disk.text("Originals/1.mp3")).toBe("first");
    expect(await disk.text("Originals/1 (2).mp3")).toBe("second");
    expect(await restore(song)).toMatchObject({ outcome: "restored" });
    expect(await disk.text("1.mp3")).toBe("second");
    // What is left belongs to a song that is not there any more: that is for the person to say.
    expect(await restore(song, false)).toEqual({
      ...{ outcome: "something-else", asked: ["something-else: first"] },
    });
    expect(await disk.text("1.mp3")).toBe("second");
    expect(disk.songs()).toEqual(["1.mp3", "Originals/1.mp3"]);
  });
});

describe("restoring", () => {
  it("puts what we replaced back without a question, and leaves nothing behind", async () => {
    const disk = new FakeDisk({ "a/1.mp3": "original" });
    const song = disk.song("a/1.mp3", disk.picked());
    await replace(song, "leveled");
    expect(await restore(song)).toMatchObject({ outcome: "restored" });
    expect([...disk.files.keys()]).toEqual(["a/1.mp3"]);
    expect(await disk.text("a/1.mp3")).toBe("original");
    expect(await restore(song)).toMatchObject({ outcome: "no-original" });
  });

  it.each([true, false])("asks about a file that was edited since: %s", async (answer) => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const song = disk.song("1.mp3", disk.picked());
    await replace(song, "leveled");
    disk.put("1.mp3", "leveled, tags edited");
    const { outcome, asked } = await restore(song, answer);
    expect(asked).toEqual(["something-else: original"]);
    expect(outcome).toBe(answer ? "restored" : "something-else");
    expect(await disk.text("1.mp3")).toBe(answer ? "original" : "leveled, tags edited");
    expect(disk.files.has("Originals/1.mp3")).toBe(!answer);
  });

  it.each([true, false])("asks about a file that is gone: %s", async (answer) => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const song = disk.song("1.mp3", disk.picked());
    await replace(song, "leveled");
    disk.files.delete("1.mp3");
    expect((await restore(song, answer)).asked).toEqual(["gone: original"]);
    expect(await disk.text("1.mp3")).toBe(answer ? "original" : null);
    expect(disk.files.has("Originals/1.mp3")).toBe(!answer);
  });

  it("asks about what 0.1.0 kept, because it did not note what it wrote", async () => {
    const disk = new FakeDisk({
      "1.mp3": "leveled",
      "2.mp3": "original 2",
      "Originals/1.mp3": "original 1",
      "Originals/2.mp3": "original 2",
      "Originals/About these originals.txt": "LevelUp replaced songs and kept…",
    });
    const folder = disk.picked();
    const song = disk.song("1.mp3", folder);
    expect(await countOriginals(await originalsOf([song]))).toBe(2);
    const { outcome, asked } = await restore(song, true);
    expect({ outcome, asked }).toEqual({
      ...{ outcome: "restored", asked: ["not-on-record: original 1"] },
    });
    // It is its original already: nothing to ask, and nothing to keep.
    expect(await restore(disk.song("2.mp3", folder))).toMatchObject({ outcome: "restored" });
    expect([...disk.files.keys()]).toEqual(["1.mp3", "2.mp3"]);
  });

  it("puts back what a power cut left empty, without a question", async () => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const song = disk.song("1.mp3", disk.picked());
    await replace(song, "leveled");
    disk.put("1.mp3", "");
    expect((await restore(song)).outcome).toBe("restored");
    expect(await disk.text("1.mp3")).toBe("original");
  });

  it("removes no copy by itself: what was put back needs time to get to the disk", async () => {
    const disk = new FakeDisk({ "1.mp3": "original 1", "2.mp3": "original 2" });
    const songs = ["1.mp3", "2.mp3"].map((path) => disk.song(path, disk.picked()));
    for (const song of songs) await replace(song, "leveled");
    const leaveIt = () => Promise.resolve([]);
    const restored = await restoreOriginals(songs, leaveIt, () => undefined);
    for (const path of ["1.mp3", "Originals/1.mp3"]) {
      expect(await disk.text(path)).toBe("original 1");
    }
    const ended = dropRestored(restored, AbortSignal.abort(new Error("replaced again")));
    await expect(ended).rejects.toThrow("replaced again");
    expect(await disk.text("Originals/1.mp3")).toBe("original 1");
    await dropRestored(restored, new AbortController().signal);
    expect([...disk.files.keys()]).toEqual(["1.mp3", "2.mp3"]);
  });

  it("keeps a copy of 0.1.0 when the song is leveled again", async () => {
    const disk = new FakeDisk({
      "1.mp3": "leveled by 0.1.0",
      "Originals/1.mp3": "original",
      "Originals/About these originals.txt": "LevelUp replaced songs and kept…",
    });
    const song = disk.song("1.mp3", disk.picked());
    expect(await replace(song, "leveled again")).toBe("song: leveled by 0.1.0");
    expect(await disk.text("Originals/1.mp3")).toBe("original");
    expect(await disk.text("Originals/1 (2).mp3")).toBe("leveled by 0.1.0");
  });
});

describe("a kept copy", () => {
  it("stays while the song on disk is anything else", async () => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const song = disk.song("1.mp3", disk.picked());
    await replace(song, "leveled");
    await dropKept(song);
    expect(await disk.text("Originals/1.mp3")).toBe("original");
  });

  it("is not taken from under another page that trusts it", async () => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const [slow, quick] = [1, 2].map(() => disk.song("1.mp3", disk.picked()));
    const source = await slow!.open();
    const save = (song: PickedFile, swaps: AgedSwaps, result: string) =>
      new ReplaceSink(true, swaps).save(song, new Blob([result]), "mp3", {
        ...{ source, announce: () => Promise.resolve() },
      });
    const [kept, goOn] = [deferred<void>(), deferred<void>()];
    const swaps = new AgedSwaps(1, 1, {
      sleep: () => {
        kept.resolve();
        return goOn.promise;
      },
    });
    const slowly = save(slow!, swaps, "slow").catch((error: unknown) => error);
    await kept.promise;
    await save(quick!, noAge, "quick");
    disk.modified.set("1.mp3", 2);
    goOn.resolve();
    expect(await slowly).toMatchObject({ reason: "file-changed" });
    expect(await disk.text("1.mp3")).toBe("quick");
    expect(await disk.text("Originals/1.mp3")).toBe("original");
  });

  it("that is gone before the swap stops it", async () => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const song = disk.song("1.mp3", disk.picked());
    const swaps = new AgedSwaps(0);
    swaps.age = async () => void disk.files.delete("Originals/1.mp3");
    const saving = { source: await song.open(), announce: () => Promise.resolve() };
    await expect(
      new ReplaceSink(true, swaps).save(song, new Blob(["new"]), "mp3", saving),
    ).rejects.toMatchObject({ reason: "no-backup" });
    expect(await disk.text("1.mp3")).toBe("original");
  });

  it("that goes during the wait is kept again before the swap", async () => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const song = disk.song("1.mp3", disk.picked());
    const swaps = new AgedSwaps(0);
    let waits = 0;
    swaps.age = async () => void (++waits === 1 && disk.files.delete("Originals/1.mp3"));
    const saving = { source: await song.open(), announce: () => Promise.resolve() };
    await new ReplaceSink(true, swaps).save(song, new Blob(["new"]), "mp3", saving);
    expect(waits).toBe(2);
    expect(await disk.text("1.mp3")).toBe("new");
    expect(await disk.text("Originals/1.mp3")).toBe("original");
  });

  it("stays while another profile is about to replace the song that equals it", async () => {
    const disk = new FakeDisk({ "1.mp3": "original" });
    const [ours, theirs] = [1, 2].map(() => disk.song("1.mp3", disk.picked()));
    await replace(ours!, "leveled");
    const restored = await restoreOriginals(
      [ours!],
      () => Promise.resolve([]),
      () => undefined,
    );
    const swaps = new AgedSwaps(0);
    swaps.age = () => dropRestored(restored, new AbortController().signal);
    const saving = { source: await theirs!.open(), announce: () => Promise.resolve() };
    await new ReplaceSink(true, swaps).save(theirs!, new Blob(["again"]), "mp3", saving);
    expect(await disk.text("1.mp3")).toBe("again");
    expect(await disk.text("Originals/1.mp3")).toBe("original");
  });

  it("goes when the batch is accepted; a file that is not one stays", async () => {
    const disk = new FakeDisk({ "a/1.mp3": "1", "2.mp3": "2" });
    const folder = disk.picked();
    const songs = ["a/1.mp3", "2.mp3"].map((path) => disk.song(path, folder));
    for (const song of songs) await replace(song, "leveled");
    disk.put("Originals/notes.txt", "theirs");
    disk.put("Originals/2.mp3", "theirs too");
    for (const each of await originalsOf(songs)) await discardOriginals(each);
    expect(disk.songs()).toEqual(["a/1.mp3", "2.mp3", "Originals/2.mp3", "Originals/notes.txt"]);
    for (const path of ["Originals/notes.txt", "Originals/2.mp3"]) disk.files.delete(path);
    for (const each of await originalsOf(songs)) await discardOriginals(each);
    expect(await originalsOf(songs)).toEqual([]);
  });
});

it("originals that were kept album by album are found from the library above, and go from there", async () => {
  const disk = new FakeDisk({ "A/1.mp3": "A1", "B/1.mp3": "B1" });
  await replace({ ...disk.song("A/1.mp3", disk.picked("A")), path: "1.mp3" }, "leveled");
  const library = disk.picked();
  const songs = ["A/1.mp3", "B/1.mp3"].map((path) => disk.song(path, library));
  const kept = await originalsOf(songs);
  expect(kept.map(({ originals }) => originals.path)).toEqual(["A/Originals"]);
  expect(await countOriginals(kept)).toBe(1);
  for (const each of kept) await discardOriginals(each);
  expect(disk.songs()).toEqual(["A/1.mp3", "B/1.mp3"]);
});

it("album by album and then the whole library, no true original is lost", async () => {
  const disk = new FakeDisk({ "A/1.mp3": "A1", "B/1.mp3": "B1", "B/cd2/2.mp3": "B2" });
  for (const album of ["A", "B"]) {
    const folder = disk.picked(album);
    for (const file of await walkFolder(folder, () => undefined)) await replace(file, "leveled");
  }
  const leftOut: string[] = [];
  const library = await walkFolder(disk.picked(), ({ path, reason }) =>
    leftOut.push(`${path} ${reason}`),
  );
  expect(leftOut).toEqual(["A/Originals/ kept-originals", "B/Originals/ kept-originals"]);
  expect(library.map(({ path }) => path)).toEqual(["A/1.mp3", "B/cd2/2.mp3", "B/1.mp3"]);
  for (const song of library) await replace(song, `${song.path} again`, false);
  for (const song of library) expect((await restore(song)).outcome).toBe("restored");
  expect([...disk.files.keys()].toSorted()).toEqual(["A/1.mp3", "B/1.mp3", "B/cd2/2.mp3"]);
  const texts = await Promise.all(library.map(({ path }) => disk.text(path)));
  expect(texts).toEqual(["A1", "B2", "B1"]);
});
