// `npm run test:watch`: runs the tests that need no engine, and again what a saved file concerns.
import { runTool } from "../support/steps";

process.exitCode = await runTool("vitest", [
  ...["watch", "--project", "unit"],
  ...process.argv.slice(2),
]);
