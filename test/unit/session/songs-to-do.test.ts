import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { songsToDo } from "@/lib/session/songs-to-do";
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
