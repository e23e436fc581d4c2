// `npm run test:long -- kills`: `kill -9` at 20 moments of *Replace originals*, *Restore originals*
// and each *Resume*, on a slow disk, so that a write is open at most of them. LEVELUP_KILLS and
// LEVELUP_SEED give others. Takes about 7 minutes.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureExport } from "../../../scripts/build/export";
import { writeInto } from "../../../scripts/support/document";
import { runTool } from "../../../scripts/support/steps";

if (!(await ensureExport())) process.exit(1);
const scratch = mkdtempSync(path.join(os.tmpdir(), "levelup-kills-"));
const figures = path.join(scratch, "figures.json");
try {
  process.exitCode = await runTool(
    "vitest",
    ["run", "--project", "native", "test/native/open-writes.test.ts"],
    { LEVELUP_KILLS: process.env["LEVELUP_KILLS"] ?? "20", LEVELUP_FIGURES: figures },
  );
  if (process.exitCode === 0) {
    const moments = JSON.parse(readFileSync(figures, "utf8")) as { during: string; open: number }[];
    const rows = [...new Set(moments.map(({ during }) => during))].map((during) => {
      const all = moments.filter((moment) => moment.during === during);
      const open = all.filter((moment) => moment.open > 0).length;
      return `| ${during} | ${all.length} | ${open} |`;
    });
    const open = moments.filter((moment) => moment.open > 0).length;
    const table = [
      ...["| killed during | times | while a write was open |", "| --- | --- | --- |", ...rows, ""],
      `${moments.length} times, ${open} of them while a write was open: every song whole at each, nothing done twice, nothing left behind.`,
    ];
    writeInto("docs/long-runs.md", "kills", table.join("\n"));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
