import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { takeFiles, takeFolder, withoutDuplicates } from "@/lib/files/intake";
import { isNamedLikeSong } from "@/lib/files/kinds";
import { looksLikeSong } from "@/lib/formats/sniff";
import { numbered, PathClaims, safePath, withExtension } from "@/lib/files/names";
import { byPath, walkFolder } from "@/lib/files/walk";
import { picked } from "../batch/fixtures";
import { FakeDisk } from "./fake-disk";

const noProblem = (problem: unknown) => {
  throw new Error(JSON.stringify(problem));
};

describe("walking a folder", () => {
  it("finds every file in it, and leaves out our output and what systems leave behind", async () => {
    const disk = new FakeDisk({
      "10.mp3": "",
      "2.mp3": "",
      "a/b/c/deep.flac": "",
      "a/Leveled/theirs.mp3": "",
      "Leveled/2.mp3": "",
      "Leveled/a/x.mp3": "",
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
    const { songs, notAudio } = await takeFolder(disk.picked());
    expect(songs.map(({ path }) => path)).toEqual(["broken.mp3", "no extension"]);
    expect(notAudio.toSorted()).toEqual(["cover.jpg", "notes.txt", "photo.heic"]);
  });

  it("leaves the same things out where the browser gives plain files", async () => {
    const file = (path: string) =>
      Object.defineProperty(new File(["x"], path.split("/").at(-1)!), "webkitRelativePath", {
        value: path,
      });
    const { songs } = await takeFiles(
      ["Music/a/1.mp3", "Music/Leveled/a/1.mp3", "Music/a/._1.mp3", "Music/__MACOSX/1.mp3"].map(
        file,
      ),
    );
    expect(songs.map(({ path }) => path)).toEqual(["a/1.mp3"]);
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
