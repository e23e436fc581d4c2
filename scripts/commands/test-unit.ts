// `npm run test:unit`: the tests that need no engine. Arguments go to Vitest, such as a file's name.
import { runTool } from "../support/steps";

process.exitCode = await runTool("vitest", [
  ...["run", "--project", "unit"],
  ...process.argv.slice(2),
]);
