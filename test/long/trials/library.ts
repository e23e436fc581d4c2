// `npm run test:long -- library`: 1,000 random sequences of what can be done to a library, on a disk
// in memory, against a model of what must be where. LEVELUP_SEQUENCES and LEVELUP_SEED give others.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { writeInto } from "../../../scripts/support/document";
import { runTool } from "../../../scripts/support/steps";

const scratch = mkdtempSync(path.join(os.tmpdir(), "levelup-library-"));
const figures = path.join(scratch, "figures.json");
try {
  const sequences = process.env["LEVELUP_SEQUENCES"] ?? "1000";
  const seed = process.env["LEVELUP_SEED"] ?? "1";
  const began = Date.now();
  process.exitCode = await runTool(
    "vitest",
    ["run", "--project", "unit", "test/unit/session/library.test.ts"],
    { LEVELUP_SEQUENCES: sequences, LEVELUP_SEED: seed, LEVELUP_FIGURES: figures },
  );
  if (process.exitCode === 0) {
    const counts = JSON.parse(readFileSync(figures, "utf8")) as Record<string, number>;
    const rows = Object.entries(counts).map(([what, count]) => `| ${what} | ${count} |`);
    const took = Math.round((Date.now() - began) / 1000);
    const table = [
      ...["| done | times |", "| --- | --- |", ...rows, ""],
      `${sequences} sequences from seed ${seed} in ${took} s: no original gone, no file half, no result unexplained.`,
    ];
    writeInto("docs/long-runs.md", "library", table.join("\n"));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
