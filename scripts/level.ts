// `npm run level -- FOLDER …`: levels a folder from the terminal. It drives the exported page in a
// headless Chromium, so the engine, the settings and the report are those of the page.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium, type Page } from "@playwright/test";
import { ensureBrowser, launchArguments } from "./drive/browser";
import { LevelUpPage } from "./drive/page";
import { readOptions, type LevelOptions } from "./level/options";
import { ProgressBar } from "./level/progress-bar";
import { summary } from "./level/summary";
import { serve } from "./serve";
import { ensureExport, exportFolder } from "./support/export";

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
  try {
    const page = await browser.newPage();
    const levelUp = new LevelUpPage(page);
    await levelUp.prepare();
    await levelUp.open(serving.url);
    const stop = () => {
      process.once("SIGINT", () => process.exit(130));
      console.error("\nStopping. Songs that are finished stay; the others are left as they were.");
      void levelUp.press("Stop").catch(() => process.exit(130));
    };
    process.once("SIGINT", stop);
    return await batch(page, levelUp, options);
  } finally {
    await browser.close();
    await serving.close();
  }
}

async function batch(page: Page, levelUp: LevelUpPage, options: LevelOptions): Promise<number> {
  if (options.out !== null) {
    mkdirSync(options.out, { recursive: true });
    await levelUp.pickFolder(options.out);
  }
  await levelUp.set(options.settings);
  await levelUp.add(options.inputs);
  if (!(await levelUp.button(options.measure ? "Measure" : "Start").isEnabled())) {
    console.error("There is no song in there.");
    return 1;
  }
  await levelUp.press(options.measure ? "Measure" : "Start");
  // Asked for on the command line; the page asks once more.
  const question = page.getByRole("dialog").getByRole("button", { name: "Replace originals" });
  const bar = new ProgressBar(process.stderr);
  for (;;) {
    const state = await page.evaluate(() => ({
      status: document.querySelector("[role=status]")?.textContent ?? "",
      share: Number(
        document
          .querySelector("[role=progressbar][aria-label='Batch progress']")
          ?.getAttribute("aria-valuenow") ?? 0,
      ),
    }));
    if (/^(Finished|Stopped)/.test(state.status)) break;
    if (await question.isVisible()) await question.click();
    bar.draw(state.share, state.status);
    await page.waitForTimeout(250);
  }
  bar.clear();
  const report = await levelUp.report();
  if (options.report !== null) {
    mkdirSync(path.dirname(options.report), { recursive: true });
    writeFileSync(options.report, JSON.stringify(report, null, 2) + "\n");
  }
  const { text, failed } = summary(report);
  console.log(`${text}\n${await levelUp.statusText()}`);
  return failed ? 1 : 0;
}
