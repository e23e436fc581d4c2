// `npm run dev`: the page with reloading, for work on it. Arguments go to `next dev`.
import { prepare } from "../build/export";
import { runTool } from "../support/steps";

const ready = await prepare();
process.exitCode = ready ? await runTool("next", ["dev", ...process.argv.slice(2)]) : 1;
