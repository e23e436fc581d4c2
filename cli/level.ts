// `npm run level -- FOLDER …`: levels a folder from the terminal. It drives the exported page in a
// headless Chromium, so the engine, the settings and the report are those of the page.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium } from "@playwright/test";
import { ensureBrowser, launchArguments } from "./in-browser/browser";
import { LevelUpPage } from "./in-browser/page";
import { readOptions, type LevelOptions } from "./options";
import { ProgressBar } from "./progress-bar";
import { notes } from "./notes";
import { serve } from "../scripts/serve";
import { ensureExport, exportFolder } from "../scripts/build/export";

/** npm runs us in the project's folder; paths are meant from where the person stands. */
const standing = process.env["INIT_CWD"] ?? process.cwd();
const options = readOptions(process.argv.slice(2), standing);
if (options.kind === "help") {
  console.log(options.text);
} else if (options.kind === "wrong") {
  console.error(`${options.message}\nnpm run level -- --help lists what can be given.`);
  process.exitCode = 2;
} else if (await ensureExport()) {
  process.exitCode = await level(options);
} else {
  process.exitCode = 1;
}

async function level(options: LevelOptions): Promise<number> {
  const serving = await serve(exportFolder, 0);
  const browser = await chromium.launch({
    executablePath: await ensureBrowser(),
    args: launchArguments,
    handleSIGINT: false,
  });
  let stopped = false;
  try {
    const levelUp = new LevelUpPage(await browser.newPage());
    await levelUp.prepare();
    await levelUp.open(serving.url);
    process.once("SIGINT", () => {
      stopped = true;
      process.once("SIGINT", () => process.exit(130));
      console.error("\nStopping. Finished songs stay; the others are left as they were.");
      levelUp.press("Stop").catch(() => process.exit(130));
    });
    const allWell = await batch(levelUp, options);
    return stopped ? 130 : allWell ? 0 : 1;
  } finally {
    await browser.close();
    await serving.close();
  }
}

/** Runs the batch to its end and tells of it; false when a song failed or none was found. */
async function batch(levelUp: LevelUpPage, options: LevelOptions): Promise<boolean> {
  if (options.out !== null) {
    mkdirSync(options.out, { recursive: true });
    await levelUp.pickFolder(options.out);
  }
  await levelUp.set(options.settings);
  await levelUp.add(options.inputs);
  const start = options.measure ? "Measure" : "Start";
  if (!(await levelUp.button(start).isEnabled())) {
    console.error("There is no song in there.");
    return false;
  }
  await levelUp.press(start);
  const notice = await watch(levelUp);
  if (notice !== null) {
    console.error(notice);
    return false;
  }
  const report = await levelUp.report();
  if (options.report !== null) save(options.report, JSON.stringify(report, null, 2));
  if (options.log !== null) save(options.log, (await levelUp.logLines()).join("\n"));
  for (const line of notes(report)) console.log(line);
  console.log(await levelUp.statusText());
  return report.files.every(({ status }) => status !== "failed");
}

/** Draws the progress until the batch ends. Gives what the page says where it could not begin. */
async function watch(levelUp: LevelUpPage): Promise<string | null> {
  const { page } = levelUp;
  // Asked for on the command line; the page asks once more.
  const question = page.getByRole("dialog").getByRole("button", { name: "Replace originals" });
  const bar = new ProgressBar(process.stderr);
  for (;;) {
    const state = await page.evaluate(() => ({
      status: document.querySelector("[role=status]")?.textContent ?? "",
      notice: document.querySelector("[role=alert]")?.textContent ?? "",
      percent: Number(
        document
          .querySelector("[role=progressbar][aria-label='Batch progress']")
          ?.getAttribute("aria-valuenow") ?? 0,
      ),
    }));
    const ended = state.status.startsWith("Finished");
    const failed = state.status === "Ready" && state.notice !== "";
    if (ended || failed) {
      bar.clear();
      return failed ? state.notice : null;
    }
    if (await question.isVisible()) await question.click();
    bar.draw(state.percent, state.status);
    await page.waitForTimeout(250);
  }
}

function save(file: string, text: string) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${text}\n`);
}
