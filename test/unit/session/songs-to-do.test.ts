import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { songsToDo } from "@/lib/session/songs-to-do";
import { decibels } from "@/lib/loudness/units";
import { asTheBatch } from "@/lib/song/choice";
import type { SongStatus } from "@/lib/song/song";
import { songRow } from "../batch/fixtures";

const list = (...statuses: readonly SongStatus[]) =>
  statuses.map((status, index) => songRow(index + 1, { status }));
const toDo = (mode: "measure" | "level", ...statuses: readonly SongStatus[]) =>
  songsToDo(list(...statuses), mode).map(({ status }) => status);

describe("the songs that a button works on", () => {
  it("are those not done yet: a measured song is still to be leveled", () => {
    const all = ["waiting", "measured", "leveled", "skipped", "cancelled"] as const;
    expect(toDo("level", ...all)).toEqual(["waiting", "measured", "cancelled"]);
    expect(toDo("measure", ...all)).toEqual(["waiting", "cancelled"]);
  });

  it("take in what failed when leveling, which alone keeps none from being leveled anew", () => {
    expect(toDo("level", "failed", "waiting", "leveled")).toEqual(["failed", "waiting"]);
    expect(toDo("measure", "failed", "waiting")).toEqual(["waiting"]);
    expect(toDo("level", "failed", "leveled")).toEqual(["failed", "leveled"]);
  });

  it("are none that is left out, even where all others are done", () => {
    const songs = [
      songRow(1, { status: "waiting", choice: { ...asTheBatch, excluded: true } }),
      songRow(2, { status: "leveled" }),
    ];
    expect(songsToDo(songs, "level")).toEqual([songs[1]]);
  });

  it("take in what was leveled before something else was wanted of it", () => {
    const applied = { ...asTheBatch, nudge: decibels(0.5) };
    const songs = [
      songRow(1, { status: "leveled", applied: asTheBatch }),
      songRow(2, { status: "leveled", applied }),
    ];
    expect(songsToDo(songs, "level")).toEqual([songs[1]]);
    expect(songsToDo(songs.slice(0, 1), "level")).toEqual(songs.slice(0, 1));
  });

  it("are never none, as long as there are songs", () => {
    const statuses = fc.constantFrom<SongStatus>(
      ...(["waiting", "measured", "leveled", "skipped", "failed", "cancelled"] as const),
    );
    fc.assert(
      fc.property(
        fc.array(statuses, { minLength: 1 }),
        fc.constantFrom("measure" as const, "level" as const),
        (each, mode) => toDo(mode, ...each).length > 0,
      ),
    );
  });
});
