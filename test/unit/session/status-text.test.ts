import { expect, it } from "vitest";
import { totalsOf } from "@/lib/batch/totals";
import { statusText } from "@/lib/session/status-text";
import { defaultSettings } from "@/lib/settings/settings";
import type { Song } from "@/lib/song/song";
import { songRow } from "../batch/fixtures";

const totals = (rows: readonly Song[], left: number | null = null) =>
  totalsOf(new Map(rows.map((row) => [row.id, row])), {
    ids: rows.map(({ id }) => id),
    elapsed: 10,
    measuring: false,
    swaps: { age: 55, left },
  });

it("a batch that writes tags alone speaks of tags", () => {
  const settings = { ...defaultSettings, loudnessTags: "only" } as const;
  const run = { mode: "level", ids: [], settings, target: null, beside: [] } as const;
  const rows = [1, 2, 3].map((id) => songRow(id, { status: id === 3 ? "skipped" : "tagged" }));
  const phase = "finished";
  expect(statusText({ phase, totals: totals(rows), run })).toBe(
    "Finished: 2 of 3 tagged, 1 skipped, 0 failed",
  );
  expect(statusText({ phase: "leveling", totals: totals(rows), run })).toBe("Tagging 3 songs");
  const measured = totals([songRow(1, { status: "measured" })]);
  expect(statusText({ phase, totals: measured, run: { ...run, mode: "measure" } })).toBe(
    "Finished: 1 of 1 measured, 0 skipped, 0 failed",
  );
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
