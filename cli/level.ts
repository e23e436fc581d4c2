// `npm run level -- FOLDER …`: levels a folder from the terminal, by the project as it lies here.
import { readFileSync } from "node:fs";
import path from "node:path";
import { engineFiles } from "../scripts/build/command";
import { prepareSamples } from "../scripts/build/export";
import { root } from "../scripts/support/steps";
import { Failure } from "./failure";

const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  readonly version: string;
};
// As the page's build puts it in; what reads it is loaded afterwards.
process.env["NEXT_PUBLIC_APP_VERSION"] = version;
const { runCommand } = await import("./command");

/** npm runs us in the project's folder; paths are meant from where the person stands. */
const standing = process.env["INIT_CWD"] ?? process.cwd();
process.exitCode = await runCommand(process.argv.slice(2), standing, {
  command: "npm run level --",
  engine: engineFiles,
  async samples() {
    if (!(await prepareSamples())) throw new Failure("The sample songs could not be made.");
    return path.join(root, "public/samples");
  },
  inBrowser: async (options, interruption) => {
    const { levelInBrowser } = await import("./in-browser/level-in-browser");
    return levelInBrowser(options, interruption);
  },
});
