import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { songsToDo } from "@/lib/session/songs-to-do";
import { decibels } from "@/lib/loudness/units";
import { doneWith } from "@/lib/settings/made-with";
import { defaultSettings, type Settings } from "@/lib/settings/settings";
import { asTheBatch } from "@/lib/song/choice";
import type { Song, SongStatus } from "@/lib/song/song";
import { songRow } from "../batch/fixtures";

const list = (...statuses: readonly SongStatus[]) =>
  statuses.map((status, index) => songRow(index + 1, { status }));
const toDo = (mode: "measure" | "level", ...statuses: readonly SongStatus[]) =>
  songsToDo(list(...statuses), mode, defaultSettings).map(({ status }) => status);

const done = doneWith(defaultSettings);
const before: Partial<Song> = { status: "skipped", reason: "done-before", doneBy: done };

describe("the songs that a button works on", () => {
  it("are those not done yet: a measured song is still to be leveled", () => {
    const all = ["waiting", "measured", "leveled", "skipped", "cancelled"] as const;
    expect(toDo("level", ...all)).toEqual(["waiting", "measured", "cancelled"]);
    expect(toDo("measure", ...all)).toEqual(["waiting", "cancelled"]);
  });

  it("take in what failed when leveling, which alone keeps none from being done", () => {
    expect(toDo("level", "failed", "waiting", "leveled")).toEqual(["failed", "waiting"]);
    expect(toDo("measure", "failed", "waiting")).toEqual(["waiting"]);
    expect(toDo("level", "failed", "leveled")).toEqual(["failed"]);
  });

  it("are none that is left out, whatever is asked for", () => {
    const excluded = { ...asTheBatch, excluded: true };
    const songs = [
      songRow(1, { status: "waiting", choice: excluded }),
      songRow(2, { status: "failed", choice: excluded }),
      songRow(3),
    ];
    expect(songsToDo(songs, "level", defaultSettings)).toEqual([songs[2]]);
    expect(songsToDo(songs, "measure", defaultSettings)).toEqual([songs[2]]);
  });

  it("take in what was leveled before something else was wanted of it", () => {
    const applied = { ...asTheBatch, nudge: decibels(0.5) };
    const songs = [
      songRow(1, { status: "leveled", doneBy: done, applied: asTheBatch }),
      songRow(2, { status: "leveled", doneBy: done, applied }),
    ];
    expect(songsToDo(songs, "level", defaultSettings)).toEqual([songs[1]]);
  });

  it("are none once all are done, and all once something is asked for that changes results", () => {
    const songs = (["leveled", "tagged", "skipped"] as const).map((status, index) =>
      songRow(index + 1, { status, doneBy: done }),
    );
    const left = (change: Partial<Settings>) =>
      songsToDo(songs, "level", { ...defaultSettings, ...change }).length;
    expect(left({})).toBe(0);
    expect(left({ maxConcurrentJobs: 2, keepOriginals: false })).toBe(0);
    expect(left({ targetLoudness: -17 })).toBe(3);
    expect(left({ saveTo: "download" })).toBe(3);
    // Nothing is limited there, so that it does not matter how far.
    expect(left({ mostLimiting: 3 })).toBe(3);
    expect(left({ whenPeaksTooHigh: "quieter", mostLimiting: 3 })).toBe(3);
  });

  it("leave out what an earlier visit did, measured or not, unless all is asked for", () => {
    const songs = [
      songRow(1, before),
      songRow(2, { status: "measured", doneBy: done }),
      songRow(3),
    ];
    const ids = (mode: "measure" | "level", onlyNew: boolean) =>
      songsToDo(songs, mode, { ...defaultSettings, onlyNew }).map(({ id }) => Number(id));
    expect(ids("level", true)).toEqual([3]);
    expect(ids("level", false)).toEqual([1, 2, 3]);
    expect(ids("measure", true)).toEqual([1, 3]);
  });

  it("hold every song that was stopped or failed, whatever was done of it before", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<SongStatus>("cancelled", "failed"),
        fc.constantFrom(done, "another", null, undefined),
        (status, doneBy) =>
          songsToDo(
            [songRow(1, { status, ...(doneBy !== undefined && { doneBy }) })],
            "level",
            defaultSettings,
          ).length === 1,
      ),
    );
  });
});
