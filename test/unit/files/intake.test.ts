import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { takeFiles, takeFolder, takeHandles, withoutDuplicates } from "@/lib/files/intake";
import { allowedName } from "@/lib/files/hidden-names";
import type { LeftOut } from "@/lib/files/left-out";
import { isNamedLikeSong } from "@/lib/files/kinds";
import { looksLikeSong } from "@/lib/formats/sniff";
import { numbered, PathClaims, safePath, withExtension } from "@/lib/files/names";
import { byPath, walkDropped, walkEntry, walkFolder } from "@/lib/files/walk";
import { picked } from "../batch/fixtures";
import { FakeDisk } from "./fake-disk";

const noProblem = (problem: unknown) => {
  throw new Error(JSON.stringify(problem));
};

const aboutOriginals = "About these originals.txt";
const mark = (kind: string) => `.levelup/${kind}-12345678-1.jsonl`;
/** An entry of the older drag-and-drop interface, from paths; null: it cannot be read. */
function entryOf(name: string, files: Readonly<Record<string, string | null>>): FileSystemEntry {
  const children = new Map<string, Record<string, string | null>>();
  for (const [path, text] of Object.entries(files)) {
    const [first, ...rest] = path.split("/");
    children.set(first!, { ...children.get(first!), [rest.join("/")]: text });
  }
  const entries = [...children].map(([child, inside]) => {
    const text = inside[""];
    if (text === undefined) return entryOf(child, inside);
    const file = (done: (file: File) => void, fail: (error: unknown) => void) =>
      text === null ? fail(new DOMException("no", "NotFoundError")) : done(new File([text], child));
    return { isFile: true, isDirectory: false, name: child, file } as unknown as FileSystemEntry;
  });
  const createReader = () => {
    const left = [...entries];
    return {
      readEntries: (done: (batch: FileSystemEntry[]) => void) => done(left.splice(0, 2)),
    };
  };
  return { isFile: false, isDirectory: true, name, createReader } as unknown as FileSystemEntry;
}

describe("walking a folder", () => {
  it("finds every file in it, and passes over what we and systems leave behind", async () => {
    const disk = new FakeDisk({
      "10.mp3": "",
      "2.mp3": "",
      "a/b/c/deep.flac": "",
      "a/Leveled/theirs.mp3": "",
      "song.mp3.crswap": "",
      ".levelup-1234": "",
      "__MACOSX/2.mp3": "",
      "a/._2.mp3": "",
      ".DS_Store": "",
    });
    const found = await walkFolder(disk.picked(), noProblem);
    expect(found.toSorted(byPath).map(({ path }) => path)).toEqual([
      "2.mp3",
      "10.mp3",
      "a/b/c/deep.flac",
      "a/Leveled/theirs.mp3",
    ]);
  });

  it("leaves out our folders at any depth, by their mark and whatever their name", async () => {
    const disk = new FakeDisk({
      "1.mp3": "",
      "Leveled/theirs.mp3": "",
      "Originals/theirs.mp3": "",
      "Leveled 2/1.mp3": "",
      [`Leveled 2/${mark("leveled")}`]: "",
      "a/renamed/1.mp3": "",
      [`a/renamed/${mark("leveled")}`]: "",
      "b/c/Originals/1.mp3": "",
      [`b/c/Originals/${aboutOriginals}`]: "",
    });
    const leftOut: string[] = [];
    const found = await walkFolder(disk.picked(), ({ path, reason }) =>
      leftOut.push(`${path} ${reason}`),
    );
    expect(found.map(({ path }) => path).toSorted()).toEqual([
      ...["1.mp3", "Leveled/theirs.mp3", "Originals/theirs.mp3"],
    ]);
    expect(leftOut.toSorted()).toEqual([
      "Leveled 2/ our-results",
      "a/renamed/ our-results",
      "b/c/Originals/ kept-originals",
    ]);
  });

  it("walks results that were picked themselves, and never kept originals", async () => {
    const disk = new FakeDisk({
      "Leveled/1.mp3": "",
      [`Leveled/${mark("leveled")}`]: "",
      "Originals/1.mp3": "",
      [`Originals/${mark("originals")}`]: "",
    });
    const reasons: string[] = [];
    const onLeftOut = ({ reason }: LeftOut) => reasons.push(reason);
    expect(await walkFolder(disk.picked("Leveled"), onLeftOut)).toHaveLength(1);
    expect(await walkFolder(disk.picked("Originals"), onLeftOut)).toEqual([]);
    expect(reasons).toEqual(["kept-originals"]);
  });

  it("takes a Leveled without a mark for 0.1.0's when it only mirrors the songs beside it", async () => {
    const songs = { "a/1.wav": "", "b/2.flac": "" };
    const results = { "Leveled/a/1.mp3": "", "Leveled/b/2 (2).flac": "" };
    const walk = async (files: Record<string, string>) => {
      const leftOut: string[] = [];
      const disk = new FakeDisk(files);
      const found = await walkFolder(disk.picked(), ({ path }) => leftOut.push(path));
      return { songs: found.length, leftOut };
    };
    expect(await walk({ ...songs, ...results })).toEqual({ songs: 2, leftOut: ["Leveled/"] });
    const theirs = { ...songs, ...results, "Leveled/a/mine.mp3": "" };
    expect(await walk(theirs)).toEqual({ songs: 5, leftOut: [] });
  });

  it("names a folder that cannot be listed and walks the rest", async () => {
    const disk = new FakeDisk({ "a/1.mp3": "", "b/2.mp3": "", "3.mp3": "" });
    let lists = 0;
    disk.fault = (call) => {
      if (call === "list" && ++lists === 2) throw new DOMException("no", "NotReadableError");
    };
    const problems: string[] = [];
    const found = await walkFolder(disk.picked(), ({ path }) => problems.push(path));
    expect(problems).toEqual(["a/"]);
    expect(found.map(({ path }) => path).sort()).toEqual(["3.mp3", "b/2.mp3"]);
  });

  it("names a file whose name no browser can read, and walks the rest", async () => {
    const disk = new FakeDisk({ "a/1.mp3": "" });
    disk.files.set("a/", new Blob(["x"]));
    const leftOut: LeftOut[] = [];
    const found = await walkFolder(disk.picked(), (each) => leftOut.push(each));
    expect(found.map(({ path }) => path)).toEqual(["a/1.mp3"]);
    expect(leftOut).toEqual([{ path: "a/?", reason: "name-unreadable", detail: null }]);
  });
});

describe("a dropped folder whose handle hides names", () => {
  it("is read as a whole; hidden names are cleaned, numbered where taken, and told", async () => {
    const listed = { "who_.mp3": "0", "a/1.mp3": "1" };
    const disk = new FakeDisk(listed);
    const folder = disk.picked();
    const entry = entryOf("Music", {
      ...listed,
      "who?.mp3": "2",
      "who:.mp3": "3",
      "a/ lead.mp3": "4",
      "b|c/deep.mp3.": "5",
      "gone?.mp3": null,
      "cover?.jpg.crswap": "",
    });
    const leftOut: LeftOut[] = [];
    const found = await walkDropped(folder, entry, (each) => leftOut.push(each));
    const told = await Promise.all(
      found.map(async ({ path, hiddenPath = "", open }) => [
        path,
        hiddenPath,
        await (await open()).text(),
      ]),
    );
    expect(told.toSorted()).toEqual([
      ["a/1.mp3", "", "1"],
      ["a/lead.mp3", "a/ lead.mp3", "4"],
      ["b_c/deep.mp3", "b|c/deep.mp3.", "5"],
      ["who_ (2).mp3", "who?.mp3", "2"],
      ["who_ (3).mp3", "who:.mp3", "3"],
      ["who_.mp3", "", "0"],
    ]);
    expect(leftOut).toMatchObject([{ path: "gone?.mp3", reason: "unreadable" }]);
    expect(found.every((file) => file.folder === folder)).toBe(true);
    expect(found.filter(({ hiddenPath }) => hiddenPath).every(({ handle }) => !handle)).toBe(true);
  });

  it("does not go in circles where a name is no text, nor into our folders", async () => {
    const loop = { isFile: false, isDirectory: true, name: "" } as FileSystemEntry;
    const inside = entryOf("Music", {
      "1.mp3": "1",
      "Leveled/1.mp3": "",
      [`Leveled/${mark("leveled")}`]: "",
      "Originals/1.mp3": "",
      [`Originals/${aboutOriginals}`]: "",
    }) as FileSystemDirectoryEntry;
    Object.assign(loop, { createReader: () => inside.createReader() });
    const read = inside.createReader.bind(inside);
    inside.createReader = () => {
      const reader = read();
      let first = true;
      const readEntries: typeof reader.readEntries = (done, fail) =>
        reader.readEntries((batch) => {
          done(first ? [loop, ...batch] : batch);
          first = false;
        }, fail);
      return { readEntries };
    };
    const leftOut: string[] = [];
    const found = await walkEntry(inside, ({ path, reason }) => leftOut.push(`${path} ${reason}`));
    expect(found.map(({ path }) => path)).toEqual(["1.mp3"]);
    expect(leftOut).toEqual([
      "? name-unreadable",
      "Leveled/ our-results",
      "Originals/ kept-originals",
    ]);
  });
});

describe("names that a handle hides", () => {
  it.each([
    ["Who?.mp3", "Who_.mp3"],
    ['AC|DC: "Live".mp3', "AC_DC_ _Live_.mp3"],
    [" lead.mp3", "lead.mp3"],
    ["trail.mp3. .", "trail.mp3"],
    ["zw\u200bsp.mp3", "zwsp.mp3"],
    ["CON.mp3", "_CON.mp3"],
    ["back\\slash.mp3", "back_slash.mp3"],
    ["con cello.mp3", "con cello.mp3"],
    ["...", "_"],
  ])("%j becomes %j", (name, allowed) => {
    expect(allowedName(name)).toBe(allowed);
  });

  it("become names that stay as they are, and that fit with what is put behind them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 400 }), (name) => {
        const allowed = allowedName(name);
        expect(allowedName(allowed)).toBe(allowed);
        expect(new TextEncoder().encode(`${allowed}.crswap`).length).toBeLessThanOrEqual(255);
        expect(allowed).not.toMatch(/^\s|[\s.]$|[\\/:*?"<>|]/);
      }),
    );
  });
});

describe("taking what was picked", () => {
  it("tells songs from the rest by name or by content", async () => {
    const disk = new FakeDisk({
      "cover.jpg": "\xff\xd8\xff",
      "notes.txt": "la la",
      "broken.mp3": "no song at all",
      "no extension": "fLaC....",
      "photo.heic": "\0\0\0\x18ftypheic",
    });
    const { songs, leftOut } = await takeFolder(disk.picked());
    expect(songs.map(({ path }) => path)).toEqual(["broken.mp3", "no extension"]);
    expect(leftOut.map(({ path, reason }) => `${path} ${reason}`).toSorted()).toEqual([
      "cover.jpg not-audio",
      "notes.txt not-audio",
      "photo.heic not-audio",
    ]);
  });

  it("leaves the same things out where the browser gives plain files", async () => {
    const file = (path: string) =>
      Object.defineProperty(new File(["x"], path.split("/").at(-1)!), "webkitRelativePath", {
        value: path,
      });
    const { songs, leftOut } = await takeFiles(
      [
        "Music/a/1.mp3",
        "Music/a/Leveled/1.mp3",
        `Music/a/Leveled/${mark("leveled")}`,
        "Music/Originals/a/1.mp3",
        `Music/Originals/${aboutOriginals}`,
        "Music/a/._1.mp3",
        "Music/__MACOSX/1.mp3",
      ].map(file),
    );
    expect(songs.map(({ path }) => path)).toEqual(["a/1.mp3"]);
    expect(leftOut.map(({ path }) => path)).toEqual(["a/Leveled/", "Originals/"]);
  });

  it("goes on when one of several files cannot be read", async () => {
    const disk = new FakeDisk({ "1.mp3": "1", "2.mp3": "2" });
    const handles = ["1.mp3", "2.mp3"].map((path) => disk.song(path, null).handle!);
    disk.files.delete("1.mp3");
    const { songs, leftOut } = await takeHandles(handles);
    expect(songs.map(({ path }) => path)).toEqual(["2.mp3"]);
    expect(leftOut).toMatchObject([{ path: "1.mp3", reason: "unreadable" }]);
  });
});

describe("duplicates", () => {
  it("are the same file on disk, whichever folder it was added with", async () => {
    const disk = new FakeDisk({ "a/b/1.mp3": "", "a/2.mp3": "", "3.mp3": "" });
    const [root, again, inner] = [disk.picked(), disk.picked(), disk.picked("a")];
    const all = await walkFolder(root, noProblem);
    expect(await withoutDuplicates(await walkFolder(again, noProblem), all)).toEqual([]);
    expect(await withoutDuplicates(await walkFolder(inner, noProblem), all)).toEqual([]);
    // The other way round, only what the inner folder did not have is new.
    const first = await walkFolder(inner, noProblem);
    const fresh = await withoutDuplicates(all, first);
    expect(fresh.map(({ path }) => path)).toEqual(["3.mp3"]);
    const loose = { ...disk.song("a/2.mp3", null), path: "2.mp3" };
    expect(await withoutDuplicates([loose], all)).toEqual([]);
    expect(await withoutDuplicates([all[0]!, loose, loose], [])).toHaveLength(2);
  });

  it("are not files of the same path in different folders, nor of another size", async () => {
    const [one, two] = [new FakeDisk({ "1.mp3": "" }), new FakeDisk({ "1.mp3": "" })];
    const first = await walkFolder(one.picked(), noProblem);
    const second = await walkFolder(two.picked(), noProblem);
    expect(await withoutDuplicates(second, first)).toEqual(second);
    const song = picked("1.mp3");
    expect(await withoutDuplicates([{ ...song, size: 2 }, song, song], [song])).toHaveLength(1);
  });
});

describe("the kind of a file", () => {
  const head = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

  it.each([
    ["an MP3 of bare frames", "\xff\xfb\x90\x00".padEnd(417, "\0") + "\xff\xfb\x90\x00", true],
    ["one frame and noise", "\xff\xfb\x90\x00".padEnd(417, "\0") + "noise", false],
    ["a WAV", "RIFF\0\0\0\0WAVE", true],
    ["a WebP picture", "RIFF\0\0\0\0WEBP", false],
    ["an M4A", "\0\0\0\x20ftypM4A ", true],
    ["a HEIC picture", "\0\0\0\x18ftypheic", false],
    ["an AVIF picture", "\0\0\0\x18ftypavif", false],
    ["an Ogg", "OggS", true],
    ["a PDF", "%PDF-1.7", false],
    ["nothing", "", false],
  ])("%s", (_, text, expected) => {
    expect(looksLikeSong(head(text))).toBe(expected);
  });

  it("is told by the name's last extension, in any case", () => {
    expect(["a.MP3", "a.b.flac", "a.mkv"].every(isNamedLikeSong)).toBe(true);
    expect(["mp3", ".mp3", "a.mp3.txt", "a."].some(isNamedLikeSong)).toBe(false);
  });
});

describe("names", () => {
  const part = fc
    .string({
      unit: fc.constantFrom("a", "B", ".", " ", "é", "(", "1"),
      minLength: 1,
      maxLength: 6,
    })
    .filter((name) => name !== "." && name !== "..");
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));

  it("keep their folder and stem and get the extension of the kind", () => {
    expect(withExtension("a.b/song.wav", "mp3")).toBe("a.b/song.mp3");
    expect(withExtension("a/song.MP3", "mp3")).toBe("a/song.MP3");
    expect(withExtension("a.b/song", "mp3")).toBe("a.b/song.mp3");
    expect(withExtension(".hidden", "mp3")).toBe(".hidden.mp3");
    fc.assert(
      fc.property(path, (given) => {
        const renamed = withExtension(given, "flac");
        expect(renamed.endsWith(".flac")).toBe(true);
        expect(withExtension(renamed, "flac")).toBe(renamed);
        expect(renamed.split("/").slice(0, -1)).toEqual(given.split("/").slice(0, -1));
      }),
    );
  });

  it("are numbered before the extension", () => {
    expect(numbered("a/b.mp3", 2)).toBe("a/b (2).mp3");
    expect(numbered("a.b/c", 3)).toBe("a.b/c (3)");
  });

  it("never lead out of an archive", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("..", ".", "", "a", "b.mp3")), (parts) => {
        const safe = safePath(parts.join("/"));
        expect(safe.split("/").every((each) => each !== ".." && each !== ".")).toBe(true);
        expect(safe.startsWith("/")).toBe(false);
      }),
    );
  });

  it("are given once, at the same time too, and are free again once released", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(path, { maxLength: 12 }), async (wanted) => {
        const claims = new PathClaims();
        const given = await Promise.all(
          wanted.map((each) => claims.claim(each, () => Promise.resolve(false))),
        );
        const keys = given.map((each) => each.normalize().toLowerCase());
        expect(new Set(keys).size).toBe(given.length);
        for (const each of given) claims.release(each);
        const [first] = wanted;
        if (first) expect(await claims.claim(first, () => Promise.resolve(false))).toBe(first);
      }),
    );
  });

  it("are sorted the same way from whichever order they come in", () => {
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        const entries = paths.map((each) => ({ path: each }));
        const sorted = entries.toSorted(byPath).map((each) => each.path);
        expect(
          entries
            .toReversed()
            .toSorted(byPath)
            .map((each) => each.path),
        ).toEqual(sorted);
        for (const each of entries) expect(byPath(each, { ...each })).toBe(0);
      }),
    );
  });
});
