// `npm run level -- FOLDER …`: levels a folder from the terminal.
import { Failure, isSystemError } from "./failure";
import { levelInBrowser } from "./in-browser/level-in-browser";
import { Interruption } from "./interruption";
import { readOptions, type LevelOptions } from "./options";

/** npm runs us in the project's folder; paths are meant from where the person stands. */
const standing = process.env["INIT_CWD"] ?? process.cwd();
const options = readOptions(process.argv.slice(2), standing);
switch (options.kind) {
  case "help":
    console.log(options.text);
    break;
  case "wrong":
    console.error(`${options.message}\nnpm run level -- --help lists what can be given.`);
    process.exitCode = 2;
    break;
  case "level":
    process.exitCode = await level(options);
}

async function level(options: LevelOptions): Promise<number> {
  const interruption = new Interruption();
  try {
    const allWell = await levelInBrowser(options, interruption);
    return interruption.exitCode ?? (allWell ? 0 : 1);
  } catch (error) {
    if (!(error instanceof Failure || isSystemError(error))) throw error;
    console.error(error.message);
    return interruption.exitCode ?? 1;
  }
}
