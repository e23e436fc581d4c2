// `npm run test:long [-- NAME …]`: the trials of test/long, which take minutes and gigabytes and
// write their figures into docs/long-runs.md. They need Linux and what `npm run test:native` needs.
import path from "node:path";
import { readdirSync } from "node:fs";
import { ensureBrowser } from "../../cli/in-browser/browser";
import { root, runScript } from "../support/steps";
import { Tally } from "../support/tally";

const trials = readdirSync(path.join(root, "test/long/trials")).map(
  (name) => path.parse(name).name,
);
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !trials.includes(name));
if (unknown.length > 0) {
  console.error(`There is no trial ${unknown.join(", ")}; there are ${trials.join(", ")}.`);
  process.exit(1);
}
process.env["LEVELUP_CHROMIUM"] = await ensureBrowser();
const tally = new Tally();
for (const trial of asked.length > 0 ? asked : trials) {
  await tally.check(trial, () => runScript(`test/long/trials/${trial}.ts`));
}
process.exitCode = tally.close();
