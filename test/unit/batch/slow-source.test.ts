import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fewerWorkers,
  slowSourceAdviser,
  SLOW_BYTES_PER_SECOND,
  SONGS_LOOKED_AT,
  type SongReading,
} from "@/lib/batch/slow-source";

/** A 10 MB song that takes 4 s, so many of them waiting. */
const song = (reading: number): SongReading => ({ bytes: 10e6, reading, total: 4 });
const times = (count: number, each: SongReading) => Array.from({ length: count }, () => each);

describe("fewer workers are advised", () => {
  it("when reading takes a large part of several songs' time, and only half as many", () => {
    expect(fewerWorkers(times(4, song(3)), 8)).toBe(4);
    expect(fewerWorkers(times(4, song(3)), 3)).toBe(1);
  });

  it("not by a few songs, nor by one slow one among quick ones", () => {
    expect(fewerWorkers(times(3, song(3)), 8)).toBeNull();
    expect(fewerWorkers([song(0.05), song(0.05), song(3.5), song(0.05)], 8)).toBeNull();
  });

  it("not on account of what was slow once and is not any more", () => {
    expect(fewerWorkers([...times(3, song(3)), ...times(4, song(0.1))], 8)).toBeNull();
  });

  it("not where the songs are quick work: then even a quick disk is a large part", () => {
    const measured: SongReading = { bytes: 40e6, reading: 0.4, total: 0.6 };
    expect(fewerWorkers(times(8, measured), 8)).toBeNull();
  });

  it("not where reading is slow but the work slower still", () => {
    const encoded: SongReading = { bytes: 10e6, reading: 2, total: 20 };
    expect(fewerWorkers(times(8, encoded), 8)).toBeNull();
  });

  const seconds = fc.double({ min: 0, max: 100, noNaN: true });
  const songs = fc.array(
    fc
      .record({ bytes: fc.nat(1e9), reading: seconds, rest: seconds })
      .map(({ bytes, reading, rest }) => ({ bytes, reading, total: reading + rest })),
    { maxLength: 12 },
  );

  it("by at least one and never none, and never where one works alone", () => {
    fc.assert(
      fc.property(songs, fc.integer({ min: 1, max: 64 }), (each, workers) => {
        const advised = fewerWorkers(each, workers);
        if (advised === null) return;
        expect(workers).toBeGreaterThan(1);
        expect(advised).toBeGreaterThanOrEqual(1);
        expect(advised).toBeLessThan(workers);
      }),
    );
  });

  it("only by the last songs, and never where they came quickly", () => {
    fc.assert(
      fc.property(songs, songs, (earlier, each) => {
        if (each.length < SONGS_LOOKED_AT) return;
        expect(fewerWorkers([...earlier, ...each], 8)).toBe(fewerWorkers(each, 8));
        const quick = each.map((one) => ({
          ...one,
          reading: one.bytes / (2 * SLOW_BYTES_PER_SECOND),
        }));
        expect(fewerWorkers(quick, 8)).toBeNull();
      }),
    );
  });
});

it("the advice is given once in a batch, later where something else was being said", () => {
  const advised: number[] = [];
  let free = false;
  const adviser = slowSourceAdviser(
    () => 8,
    (fewer) => free && advised.push(fewer) > 0,
  );
  times(5, song(3)).forEach(adviser);
  expect(advised).toEqual([]);
  free = true;
  times(5, song(3)).forEach(adviser);
  expect(advised).toEqual([4]);
});
