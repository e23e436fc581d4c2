// `npm run test:e2e`: the built page in headless Chromium. Arguments go to Playwright, such as a
// file's name. The page is built first where it is out of date.
import { ensureBrowser } from "../../cli/in-browser/browser";
import { runTool } from "../support/steps";

process.env["LEVELUP_CHROMIUM"] = await ensureBrowser();
process.exitCode = await runTool("playwright", ["test", ...process.argv.slice(2)]);
