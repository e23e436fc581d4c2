import { mkdirSync, writeFileSync } from "node:fs";
import { ensureExport, exportFolder } from "../../scripts/build/export";
import { serve, type Serving } from "../../scripts/serve";
import { Failure } from "../failure";
import type { Interruption } from "../interruption";
import type { LevelOptions } from "../options";
import { ProgressBar } from "../progress-bar";
import { songNotes, targetNotes } from "../song-notes";
import { launchBrowser } from "./browser";
import { controlsOf } from "./controls";
import { LevelUpPage } from "./page";

/**
 * Levels songs by the exported page in a headless Chromium, so that the engine, the settings and
 * the report are those of the page. False when a song failed or none was found.
 */
export async function levelInBrowser(
  options: LevelOptions,
  interruption: Interruption,
): Promise<boolean> {
  const browser = await launchBrowser({
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  let serving: Serving | null = null;
  let crashed = false;
  try {
    if (!(await ensureExport())) throw new Failure("The page could not be built.");
    serving = await serve(exportFolder, 0);
    const levelUp = new LevelUpPage(await browser.newPage());
    levelUp.page.once("crash", () => (crashed = true));
    await levelUp.prepare();
    await levelUp.open(serving.url);
    return await runBatch(levelUp, options, interruption);
  } catch (error) {
    if (browser.isConnected() && !crashed) throw error;
    throw new Failure("The browser ended before the batch. Finished songs stay.");
  } finally {
    await browser.close();
    await serving?.close();
  }
}

async function runBatch(
  levelUp: LevelUpPage,
  options: LevelOptions,
  interruption: Interruption,
): Promise<boolean> {
  if (options.out !== null) {
    mkdirSync(options.out, { recursive: true });
    await levelUp.pickFolder(options.out);
  }
  await levelUp.set(controlsOf(options.settings));
  await levelUp.add(options.inputs);
  const start = options.measure ? "Measure" : "Start";
  if (!(await levelUp.button(start).isEnabled())) throw new Failure("There is no song in there.");
  interruption.stopWith(() => levelUp.press("Stop"));
  await levelUp.press(start);
  await showProgress(levelUp);
  const report = await levelUp.report();
  if (options.report !== null) {
    writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (options.log !== null) {
    writeFileSync(options.log, `${(await levelUp.logLines()).join("\n")}\n`);
  }
  for (const note of [...songNotes(report), ...targetNotes(report)]) console.log(note);
  console.log(await levelUp.statusText());
  return report.files.every(({ status }) => status !== "failed");
}

/** Draws the progress until the batch ends. */
async function showProgress({ page }: LevelUpPage): Promise<void> {
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
    const couldNotBegin = state.status === "Ready" && state.notice !== "";
    if (ended || couldNotBegin) bar.clear();
    if (ended) return;
    if (couldNotBegin) throw new Failure(state.notice);
    if (await question.isVisible()) await question.click();
    bar.draw(state.percent, state.status);
    await page.waitForTimeout(250);
  }
}
