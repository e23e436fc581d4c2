import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shardOfRun } from "../../../../cli/shards/array-jobs";
import { readShard, shardOf, songsOfShard } from "../../../../cli/shards/shard";
import { refuseSplitAlbums } from "../../../../cli/shards/split-albums";

const name = fc.stringMatching(/^[A-Za-zäé0-9 ._-]{1,12}$/);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const count = fc.integer({ min: 1, max: 50 });
const numbers = (length: number) => Array.from({ length }, (_, index) => index + 1);

describe("the shards of an archive", () => {
  it("hold every song once, whatever their number", () => {
    fc.assert(
      fc.property(fc.uniqueArray(path), count, (paths, count) => {
        const songs = paths.map((each) => ({ path: each }));
        const parts = numbers(count).flatMap((number) => songsOfShard(songs, { number, count }));
        expect(parts.map((song) => song.path).sort()).toEqual([...paths].sort());
      }),
    );
  });

  it("keep an album's folder whole, with all its discs", () => {
    fc.assert(
      fc.property(path, name, name, count, (album, one, other, count) => {
        // A name of a disc would make the folder above it the album's.
        fc.pre(!/^(?:cd|dis[ck])/i.test(album.split("/").at(-1) ?? ""));
        const shards = ["", "CD1/", "cd 2/", "Disc 3/"].flatMap((disc) =>
          [one, other].map((song) => shardOf(`${album}/${disc}${song}`, count)),
        );
        expect(new Set(shards).size).toBe(1);
      }),
    );
  });

  it("are the same on systems that give names in other Unicode forms", () => {
    const song = "Björk/Début/01.flac";
    expect(shardOf(song.normalize("NFD"), 1000)).toBe(shardOf(song.normalize("NFC"), 1000));
  });

  it("are the same for ever: a shard that is done again finds its own songs", () => {
    const songs = ["a.mp3", "Miles Davis/Kind of Blue/01.flac", "Björk/Début/CD2/01.flac"];
    expect(songs.map((song) => shardOf(song, 40))).toEqual([5, 3, 4]);
  });

  it("are near one size where there are many albums", () => {
    const sizes = new Array<number>(41).fill(0);
    for (let album = 0; album < 20_000; album++) sizes[shardOf(`Artist/${album}/1.mp3`, 40)]! += 1;
    // 500 each: five standard deviations of 22.
    for (const size of sizes.slice(1)) expect(Math.abs(size - 500)).toBeLessThan(110);
  });
});

describe("--shard", () => {
  it("counts from 1", () => {
    expect(readShard("3/40")).toEqual({ kind: "shard", shard: { number: 3, count: 40 } });
    for (const text of ["0/4", "5/4", "1/0"]) {
      expect(readShard(text)).toMatchObject({ kind: "refused", reason: "out-of-range" });
    }
    for (const text of ["", "3", "3/", "/4", "1/2/3", "-1/4", "1.5/4", "one/two", " 1/4"]) {
      expect(readShard(text)).toMatchObject({ kind: "refused", reason: "not-a-shard" });
    }
  });
});

const kubernetes = { JOB_COMPLETION_INDEX: "4", LEVELUP_SHARDS: "8" };
const batch = { AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "40" };
const slurm = {
  SLURM_ARRAY_TASK_ID: "13",
  SLURM_ARRAY_TASK_MIN: "10",
  SLURM_ARRAY_TASK_MAX: "19",
  SLURM_ARRAY_TASK_COUNT: "10",
};

describe("a task of an array", () => {
  it.each([
    ["Kubernetes", kubernetes, { number: 5, count: 8 }],
    ["AWS Batch", batch, { number: 1, count: 40 }],
    ["Slurm", slurm, { number: 4, count: 10 }],
  ])("of %s is a shard", (by, environment, shard) => {
    expect(shardOfRun(null, environment)).toEqual({ kind: "shard", shard, by });
  });

  it.each([
    ["Kubernetes without a count", { JOB_COMPLETION_INDEX: "4" }, "count-missing"],
    ["Kubernetes without an index", { LEVELUP_SHARDS: "8" }, "index-missing"],
    ["Kubernetes with too few", { ...kubernetes, LEVELUP_SHARDS: "4" }, "out-of-range"],
    [
      "Kubernetes with a count that is none",
      { ...kubernetes, LEVELUP_SHARDS: "x" },
      "count-missing",
    ],
    ["AWS Batch without a size", { AWS_BATCH_JOB_ARRAY_INDEX: "0" }, "count-missing"],
    ["Slurm with a step", { ...slurm, SLURM_ARRAY_TASK_COUNT: "5" }, "not-contiguous"],
    ["Slurm with an id outside", { ...slurm, SLURM_ARRAY_TASK_ID: "9" }, "out-of-range"],
    ["Slurm without a count", { SLURM_ARRAY_TASK_ID: "1" }, "count-missing"],
    ["two schedulers", { ...slurm, ...batch }, "two-schedulers"],
  ])("of %s is refused", (_, environment, reason) => {
    expect(shardOfRun(null, environment)).toMatchObject({ kind: "refused", reason });
  });

  it("covers an array of any length and beginning exactly once", () => {
    fc.assert(
      fc.property(fc.nat(1000), count, (least, count) => {
        const shards = numbers(count).map((each) =>
          shardOfRun(null, {
            SLURM_ARRAY_TASK_ID: String(least + each - 1),
            SLURM_ARRAY_TASK_MIN: String(least),
            SLURM_ARRAY_TASK_MAX: String(least + count - 1),
            SLURM_ARRAY_TASK_COUNT: String(count),
          }),
        );
        expect(shards).toEqual(
          numbers(count).map((number) => ({
            ...({ kind: "shard", by: "Slurm" } as const),
            shard: { number, count },
          })),
        );
      }),
    );
  });

  it("does what --shard says, whatever its scheduler says", () => {
    const shard = { number: 1, count: 1 };
    expect(shardOfRun("1/1", slurm)).toEqual({ kind: "shard", shard, by: "--shard" });
    expect(shardOfRun("9/8", kubernetes)).toMatchObject({ kind: "refused" });
  });

  it("is none where there is no array", () => {
    expect(shardOfRun(null, { PATH: "/bin" })).toEqual({ kind: "whole" });
  });
});

describe("--by album --shard", () => {
  const song = (path: string, album: string | null, albumArtist: string | null) => ({
    ...{ path, root: "archive" },
    tags: { album, albumArtist, disc: null },
  });
  // Folders that lie in different shards of two.
  const [one, other] = ["a", "b"].map((start) =>
    numbers(50)
      .map((each) => `${start}${each}`)
      .find((folder) => shardOf(`${folder}/1.mp3`, 2) === (start === "a" ? 1 : 2))!,
  ) as [string, string];
  const halves = [song(`${one}/1.mp3`, "Blue", "Joni"), song(`${other}/2.mp3`, "Blue", "Joni")];

  it("is refused where an album's songs lie in folders of several shards", () => {
    expect(refuseSplitAlbums(halves, { number: 1, count: 2 })).toMatchObject({
      ...{ kind: "refused", reason: "albums-across-shards", albums: ["Joni: Blue"] },
      message: expect.stringContaining("Joni: Blue") as string,
    });
  });

  it("goes where albums are whole: in one shard, in folders of their own, or without tags", () => {
    expect(refuseSplitAlbums(halves, { number: 1, count: 1 })).toBeNull();
    const apart = [song(`${one}/1.mp3`, "Blue", null), song(`${other}/2.mp3`, "Blue", null)];
    expect(refuseSplitAlbums(apart, { number: 1, count: 2 })).toBeNull();
    const bare = [song(`${one}/1.mp3`, null, null), song(`${other}/2.mp3`, null, null)];
    expect(refuseSplitAlbums(bare, { number: 1, count: 2 })).toBeNull();
  });
});
