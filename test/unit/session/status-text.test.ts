import { expect, it } from "vitest";
import { totalsOf } from "@/lib/batch/totals";
import { statusText } from "@/lib/session/status-text";
import type { Song } from "@/lib/song/song";
import { songRow } from "../batch/fixtures";

const totals = (rows: readonly Song[]) =>
  totalsOf(new Map(rows.map((row) => [row.id, row])), {
    ids: rows.map(({ id }) => id),
    elapsed: 10,
    measuring: false,
  });

it("the status region says what the totals count", () => {
  const rows = (["leveled", "skipped", "failed"] as const).map((status, index) =>
    songRow(index + 1, { status }),
  );
  expect(statusText({ phase: "finished", totals: totals(rows) })).toBe(
    "Finished: 1 of 3 leveled, 1 skipped, 1 failed",
  );
  expect(statusText({ phase: "leveling", totals: totals([songRow(1)]) })).toBe("Leveling 1 song");
  expect(statusText({ phase: "ready", totals: totals([]) })).toBe("Ready");
});
