import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { albumKey, albumsOf } from "@/lib/batch/album";
import { JobQueue } from "@/lib/pool/job-queue";
import { batchLines } from "@/lib/batch/log";
import type { Song, SongId, SongStatus } from "@/lib/song/song";
import { notBegun } from "@/lib/batch/song-table";
import { statusText } from "@/lib/session/status-text";
import { totalsOf } from "@/lib/batch/totals";
import { integratedLoudness, powerOfLoudness } from "@/lib/loudness/gating";
import { seconds } from "@/lib/loudness/units";
import { measured } from "./fixtures";
import { settled } from "./deferred";

const row = (id: number, change: Partial<Song> = {}): Song => ({
  id: id as SongId,
  path: `${id}.mp3`,
  folder: null,
  name: `${id}.mp3`,
  size: 4_000_000,
  format: null,
  duration: null,
  source: null,
  curve: null,
  plannedGain: null,
  planned: null,
  ...notBegun,
  ...change,
});
const totals = (rows: readonly Song[], elapsed = 10, measuring = false) =>
  totalsOf(new Map(rows.map((each) => [each.id, each])), {
    ids: rows.map(({ id }) => id),
    elapsed,
    measuring,
  });
const ended = (id: number, status: SongStatus = "leveled") =>
  row(id, { status, duration: seconds(200) });

describe("a batch's totals", () => {
  it("count every song where it ended", () => {
    expect(
      totals([ended(1), ended(2, "skipped"), ended(3, "failed"), ended(4, "cancelled"), row(5)]),
    ).toMatchObject({ inBatch: 5, completed: 4, leveled: 1, skipped: 1, failed: 1, cancelled: 1 });
    expect(totals([ended(1, "measured"), row(2)], 10, true)).toMatchObject({ completed: 1 });
    // In a batch that levels, a measured song is only on its way.
    expect(totals([ended(1, "measured"), row(2)])).toMatchObject({ completed: 0 });
  });

  it("know the time left from the third song on, by seconds of audio", () => {
    expect(totals([ended(1), ended(2), row(3), row(4)]).secondsLeft).toBeNull();
    const known = totals([ended(1), ended(2), ended(3), row(4, { duration: seconds(400) })], 30);
    expect(known).toMatchObject({ speed: 20, secondsLeft: 20, audioSeconds: 1000 });
  });

  it("estimate unknown lengths from the known ones' bytes", () => {
    const rows = [ended(1), ended(2), ended(3), row(4, { size: 2_000_000 })];
    expect(totals(rows).audioSeconds).toBeCloseTo(700, 6);
  });

  it("never go back as a song goes its way, and never beyond the whole", () => {
    const way = ["measuring", "rendering", "verifying", "saving", "leveled"] as const;
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 9 }),
        (some) => {
          const fractions = some.toSorted((a, b) => a - b);
          let before = 0;
          for (const status of way) {
            for (const progress of fractions) {
              const song = row(1, { status, progress, duration: seconds(100) });
              const { audioSecondsDone, audioSeconds } = totals([song]);
              expect(audioSecondsDone).toBeGreaterThanOrEqual(before - 1e-9);
              expect(audioSecondsDone).toBeLessThanOrEqual(audioSeconds + 1e-9);
              before = audioSecondsDone;
            }
          }
        },
      ),
    );
  });

  it("become the status region's words", () => {
    const rows = [ended(1), ended(2, "skipped"), ended(3, "failed")];
    expect(statusText({ phase: "finished", totals: totals(rows) })).toBe(
      "Finished: 1 of 3 leveled, 1 skipped, 1 failed",
    );
    expect(statusText({ phase: "leveling", totals: totals([row(1)]) })).toBe("Leveling 1 song");
    expect(statusText({ phase: "ready", totals: totals([]) })).toBe("Ready");
  });
});

it("an empty batch has no success rate to boast of", () => {
  const counts = { total: 0, completed: 0, failed: 0, cancelled: 0 };
  expect(batchLines.summary(counts)).toContain("Success rate: 0.0%");
});

describe("the queue of jobs", () => {
  it("hands each job once, in order, to whoever asked first", async () => {
    const queue = new JobQueue<number>();
    const first = queue.take();
    const second = queue.take();
    queue.push(1, 2, 3);
    expect(await Promise.all([second, first, queue.take()])).toEqual([2, 1, 3]);
  });

  it("lets takers wait until it is closed", async () => {
    const queue = new JobQueue<number>();
    let got: number | null | undefined;
    void queue.take().then((job) => (got = job));
    await settled();
    expect(got).toBeUndefined();
    queue.close();
    await settled();
    expect(got).toBeNull();
    expect(await queue.take()).toBeNull();
  });
});

describe("albums", () => {
  const member = (path: string, tags = {}, blocks: readonly number[] = [-14], truePeak = -1) => ({
    path,
    root: "Music",
    measured: measured(-14, truePeak, tags, blocks),
  });

  it("are told by tags, else by the folder", () => {
    const tags = { album: "Blue", albumArtist: "Joni", disc: "1" };
    const key = (path: string, with_ = {}) => albumKey(member(path, with_));
    expect(key("x/1.mp3", tags)).toBe(key("y/2.mp3", tags));
    expect(key("x/1.mp3", tags)).not.toBe(key("x/1.mp3", { ...tags, disc: "2" }));
    expect(key("x/1.mp3", tags)).not.toBe(key("x/1.mp3", { ...tags, albumArtist: "Other" }));
    expect(key("x/1.mp3")).toBe(key("x/2.mp3"));
    expect(key("x/1.mp3")).not.toBe(key("x/y/1.mp3"));
    expect(albumKey({ ...member("x/1.mp3"), root: "Other" })).not.toBe(key("x/1.mp3"));
  });

  it("are as loud as all their blocks heard as one programme, and as high as their highest peak", () => {
    const block = fc.double({ min: -90, max: 0, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.array(block, { maxLength: 20 }), { minLength: 1, maxLength: 4 }),
        (songs) => {
          const members = songs.map((blocks, i) => member(`a/${i}.mp3`, {}, blocks, -i));
          const union = integratedLoudness(Float64Array.from(songs.flat(), powerOfLoudness));
          for (const each of members) {
            const { integrated, truePeak } = albumsOf(members).get(each)!;
            if (Number.isFinite(union)) expect(integrated).toBeCloseTo(union, 9);
            else expect(integrated).toBe(union);
            expect(truePeak).toBeCloseTo(0, 9);
          }
        },
      ),
    );
  });
});
