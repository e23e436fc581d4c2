import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { albumOf } from "@/lib/batch/albums/grouping";
import { planAlbums, type MeasuredMember } from "@/lib/batch/albums/planned-albums";
import { albumGoalOf } from "@/lib/batch/planned";
import { integratedLoudness, powerOfLoudness } from "@/lib/loudness/gating";
import { decibels } from "@/lib/loudness/units";
import { defaultSettings, type Settings } from "@/lib/settings/settings";
import type { SongTags } from "@/lib/song/outcome";
import { measured } from "./fixtures";

const NO_TAGS: SongTags = { album: null, albumArtist: null, disc: null };

describe("an album is", () => {
  const identity = (path: string, tags: Partial<SongTags> = {}, root = "Music") =>
    albumOf({ path, root, tags: { ...NO_TAGS, ...tags } });
  const key = (...args: Parameters<typeof identity>) => identity(...args).key;

  it("what has one title and album artist, wherever it lies and however it is spelled", () => {
    const tags = { album: "Blue", albumArtist: "Joni" };
    expect(key("x/1.mp3", tags)).toBe(key("y/2.mp3", { album: " BLUE", albumArtist: "joni" }));
    expect(key("x/1.mp3", tags)).not.toBe(key("x/1.mp3", { ...tags, albumArtist: "Other" }));
    expect(identity("x/1.mp3", tags)).toMatchObject({ name: "Joni: Blue", formedBy: "tags" });
  });

  it("without an album artist, what has one title in one folder", () => {
    const tags = { album: "Greatest Hits" };
    expect(key("Abba/1.mp3", tags)).toBe(key("Abba/2.mp3", tags));
    expect(key("Abba/1.mp3", tags)).not.toBe(key("Queen/1.mp3", tags));
    expect(key("Abba/1.mp3", tags)).not.toBe(key("Abba/1.mp3", { album: "Gold" }));
    expect(key("1.mp3", tags, "Abba")).not.toBe(key("1.mp3", tags, "Queen"));
    expect(identity("Abba/1.mp3", tags)).toMatchObject({
      name: "Greatest Hits",
      formedBy: "title-in-folder",
    });
  });

  it("without a title, a folder", () => {
    expect(key("x/1.mp3")).toBe(key("x/2.mp3"));
    expect(key("x/1.mp3")).not.toBe(key("x/y/1.mp3"));
    expect(key("x/1.mp3", {}, "Other")).not.toBe(key("x/1.mp3"));
    expect(identity("x/1.mp3")).toMatchObject({ name: "Music/x", formedBy: "folder" });
  });

  it.each([
    ...["", "Unknown", "unknown album", "[Unknown]", "<Unknown Album>", "Untitled", "N/A", "---"],
    ...["Unknown Album (12/3/2004 3:22:11 PM)", "[non-album tracks]", "Unbekanntes Album"],
  ])("a folder where the title is no title: %j", (album) => {
    const tags = { album, albumArtist: "Someone" };
    expect(key("x/1.mp3", tags)).toBe(key("x/2.mp3"));
    expect(key("x/1.mp3", tags)).not.toBe(key("y/1.mp3", tags));
  });

  it("told by its folder too where the artist is no artist", () => {
    const tags = { album: "Hits", albumArtist: "Unknown Artist" };
    expect(key("x/1.mp3", tags)).not.toBe(key("y/1.mp3", tags));
  });

  it("one for all discs of a set", () => {
    const tags = { album: "The Wall", albumArtist: "Floyd" };
    expect(key("a.mp3", { ...tags, disc: "1" })).toBe(key("b.mp3", { ...tags, disc: "2" }));
    for (const title of [
      "The Wall (Disc 2)",
      "The Wall [CD 1]",
      "The Wall, CD2",
      "The Wall - Disc 1 of 2",
    ])
      expect(key("b.mp3", { ...tags, album: title }), title).toBe(key("a.mp3", tags));
    for (const folder of ["CD1", "cd 2", "Disc 1", "disk-2", "CD2 (live)"])
      expect(key(`Wall/${folder}/1.mp3`), folder).toBe(key("Wall/1.mp3"));
    for (const folder of ["CDs", "Discovery", "Disco 2", "CD100"])
      expect(key(`Wall/${folder}/1.mp3`), folder).not.toBe(key("Wall/1.mp3"));
    expect(identity("1.mp3", { album: "Discovery" }).name).toBe("Discovery");
  });
});

describe("the plan of albums", () => {
  const member = (
    path: string,
    integrated: number,
    truePeak: number,
    blocks: readonly number[] = Array.from({ length: 20 }, () => integrated),
  ): MeasuredMember => ({
    path,
    root: "Music",
    measured: measured(integrated, truePeak, {}, blocks),
  });
  const plan = <Member extends MeasuredMember>(
    members: readonly Member[],
    change: Partial<Settings> = {},
    gains?: ReadonlyMap<string, ReturnType<typeof decibels>>,
  ) => {
    const goal = albumGoalOf({ ...defaultSettings, ...change });
    const given = new Map([...(gains ?? [])].map(([key, gain]) => [key, { gain }]));
    const planned = planAlbums(members, { ...goal, given });
    return members.map((each) => planned.get(each)!);
  };

  it("hears an album as one programme", () => {
    const block = fc.double({ min: -60, max: -20, noNaN: true });
    const songs = fc.array(fc.array(block, { maxLength: 20 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(songs, (each) => {
        const union = integratedLoudness(Float64Array.from(each.flat(), powerOfLoudness));
        const members = each.map((blocks, i) => member(`a/${i}.mp3`, -30, -20 - i, blocks));
        for (const { album } of plan(members)) {
          if (Number.isFinite(union)) expect(album.source).toBeCloseTo(union, 9);
          else expect(album.source).toBe(union);
        }
      }),
    );
  });

  it("gives all its songs one gain, and other albums theirs", () => {
    const [a, b, c] = plan([
      member("A/1.mp3", -20, -12),
      member("A/2.mp3", -26, -12),
      member("B/1.mp3", -10, -2),
    ]);
    expect(a!.album).toBe(b!.album);
    expect(a!.album).toMatchObject({ name: "Music/A", songs: 2, heldBack: false });
    expect(a!.share.plan).toMatchObject({ kind: "gain", gain: a!.album.gain });
    expect(b!.share.plan).toMatchObject({ kind: "gain", gain: a!.album.gain });
    expect(c!.album.gain).toBeCloseTo(-4, 3);
  });

  it("aligns by the loudest song where asked to", () => {
    const [a] = plan([member("A/1.mp3", -20, -12), member("A/2.mp3", -26, -12)], {
      albumsBy: "loudest",
    });
    expect(a!.album.gain).toBeCloseTo(6, 3);
    expect(a!.album.source).toBeCloseTo(-20, 6);
  });

  it("tells a song that holds the album from those that are held by it", () => {
    const songs = [member("A/1.mp3", -20, -2), member("A/2.mp3", -20, -12)];
    const [holds, held] = plan(songs, { whenPeaksTooHigh: "quieter" });
    expect(holds!.share.plan).toMatchObject({ heldBack: true, heldBy: "peaks" });
    expect(held!.share.plan).toMatchObject({ heldBack: false, heldBy: null });
    const [at, other] = plan([member("A/1.mp3", -20, -1), songs[1]!], {
      whenPeaksTooHigh: "quieter",
    });
    expect(at!.share.plan).toMatchObject({ kind: "skip", reason: "held-back-by-peaks" });
    expect(other!.share.plan).toMatchObject({ kind: "skip", reason: "album-held-back-by-peaks" });
  });

  it("leaves silence alone within an album", () => {
    const [, silent] = plan([
      member("A/1.mp3", -20, -12),
      member("A/2.mp3", -Infinity, -90, [-90]),
    ]);
    expect(silent!.share.plan).toMatchObject({ kind: "skip", reason: "silent" });
  });

  it("goes on with the gain that a part of the album was leveled with", () => {
    const songs = [member("A/2.mp3", -26, -12), member("A/3.mp3", -27, -12)];
    const { key } = albumOf({ path: "A/1.mp3", root: "Music", tags: NO_TAGS });
    const [rest] = plan(songs, {}, new Map([[key, decibels(6)]]));
    expect(rest!.share.plan).toMatchObject({ kind: "gain", gain: 6 });
    const [left] = plan(songs, {}, new Map([[key, decibels(0)]]));
    expect(left!.share.plan).toMatchObject({ kind: "skip", reason: "album-already-at-target" });
  });

  it("knows what plays beside each song, by the numbers in their names", () => {
    const edges = (n: number) => ({ head: Uint16Array.of(n), tail: Uint16Array.of(n + 1) });
    const tracks = [10, 9, 1].map((n) => {
      const song = member(`a/${n}.mp3`, -20, -12);
      return { ...song, measured: { ...song.measured, edges: edges(n) } };
    });
    expect(plan(tracks).map(({ share }) => share.neighbours)).toEqual([
      { before: edges(9).tail, after: null },
      { before: edges(1).tail, after: edges(10).head },
      { before: null, after: edges(9).head },
    ]);
  });
});
