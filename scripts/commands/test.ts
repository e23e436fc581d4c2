// `npm test`: everything that needs nothing but npm and a headless Chromium. Every step runs,
// whatever happened to the one before, and the last line is `N passed, N failed`.
import { ensureBrowser } from "../../cli/in-browser/browser";
import { ensureExport } from "../build/export";
import { runTool } from "../support/steps";
import { Tally } from "../support/tally";

const tally = new Tally();
const browser = await ensureBrowser().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return null;
});
if (browser !== null) process.env["LEVELUP_CHROMIUM"] = browser;

await tally.check("build", async () => ((await ensureExport()) ? 0 : 1));
await tally.check("types", types);
await tally.check("lint", () => runTool("eslint", [".", "--max-warnings=0"]));
await tally.check("format", () => runTool("prettier", ["--check", "."]));
await tally.check("dead code", () => runTool("knip", []));
await tally.vitest("unit");
await tally.vitest("engine");
await tally.playwright();
process.exitCode = tally.close();

async function types(): Promise<number> {
  // Types of routes and next-env.d.ts are generated and not committed.
  let worst = await runTool("next", ["typegen"]);
  for (const project of ["", ".worker", ".pool", ".node"]) {
    worst = Math.max(worst, await runTool("tsc", ["-p", `tsconfig${project}.json`]));
  }
  return worst;
}
