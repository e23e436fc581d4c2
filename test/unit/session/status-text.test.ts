import { expect, it } from "vitest";
import { totalsOf } from "@/lib/batch/totals";
import { statusText } from "@/lib/session/status-text";
import type { Song } from "@/lib/song/song";
import { songRow } from "../batch/fixtures";

const totals = (rows: readonly Song[], left: number | null = null) =>
  totalsOf(new Map(rows.map((row) => [row.id, row])), {
    ids: rows.map(({ id }) => id),
    elapsed: 10,
    measuring: false,
    swaps: { age: 55, left },
  });

it("the status region says what the totals count", () => {
  const rows = (["leveled", "skipped", "failed"] as const).map((status, index) =>
    songRow(index + 1, { status }),
  );
  expect(statusText({ phase: "finished", totals: totals(rows) })).toBe(
    "Finished: 1 of 3 leveled, 1 skipped, 1 failed",
  );
  expect(statusText({ phase: "leveling", totals: totals([songRow(1)]) })).toBe("Leveling 1 song");
  const written = totals([songRow(1, { status: "written" })], 41.2);
  expect(statusText({ phase: "leveling", totals: written })).toBe(
    "Waiting for the system to write everything: 0:42",
  );
  expect(statusText({ phase: "ready", totals: totals([]) })).toBe("Ready");
});
