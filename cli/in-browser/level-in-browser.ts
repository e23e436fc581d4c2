import { whatLiesBeside } from "@/app/report/where";
import { makeFolder } from "@/lib/node/disk/make-folder";
import { ensureExport, exportFolder } from "../../scripts/build/export";
import { serve, type Serving } from "../../scripts/serve";
import { Failure } from "../failure";
import type { Interruption } from "../interruption";
import type { LevelOptions } from "../options";
import { ProgressBar } from "../progress-bar";
import { withoutRecord, writeLog, writeReport } from "../reports";
import { leftOutNotes, songNotes, targetNotes, wayNotes } from "../song-notes";
import { songsOnDisk, unseenOf } from "../unseen-songs";
import { launchBrowser } from "./browser";
import { controlsOf } from "./controls";
import { LevelUpPage } from "./page";
import type { Report } from "./report";

/**
 * Levels songs by the exported page in a headless Chromium, so that the engine, the settings and
 * the report are those of the page. False when a song failed or could not be seen.
 */
export async function levelInBrowser(
  options: LevelOptions,
  interruption: Interruption,
): Promise<boolean> {
  const { context, close } = await launchBrowser();
  let serving: Serving | null = null;
  let ended = false;
  context.once("close", () => (ended = true));
  try {
    if (!(await ensureExport())) throw new Failure("The page could not be built.");
    serving = await serve(exportFolder, 0);
    const levelUp = new LevelUpPage(context.pages()[0] ?? (await context.newPage()));
    levelUp.page.once("crash", () => (ended = true));
    await levelUp.prepare();
    await levelUp.open(serving.url);
    return await runBatch(levelUp, options, interruption);
  } catch (error) {
    if (!ended) throw error;
    throw new Failure("The browser ended before the batch. Finished songs stay.");
  } finally {
    await close();
    await serving?.close();
  }
}

const UNDO = "Undo";

async function runBatch(
  levelUp: LevelUpPage,
  options: LevelOptions,
  interruption: Interruption,
): Promise<boolean> {
  if (options.out !== null) {
    makeFolder(options.out);
    await levelUp.pickFolder(options.out);
  }
  await levelUp.set(controlsOf({ onlyNew: false, ...options.settings }));
  const onDisk = await songsOnDisk(options.inputs);
  await levelUp.add(options.inputs);
  // What could not be read is named at the end.
  await levelUp.dismissNotice();
  const isUndo = options.task === "undo";
  const start = isUndo ? UNDO : options.task === "measure" ? "Measure" : "Start";
  if (!(await levelUp.button("Start").isEnabled())) {
    for (const note of leftOutNotes(unseenOf(onDisk, []))) console.log(note);
    throw new Failure("There is no song in there that could be leveled.");
  }
  if (isUndo) {
    await levelUp.page.locator("[data-looking]").waitFor({ state: "detached", timeout: 0 });
    // It may be drawn a moment later.
    const found = levelUp.button(UNDO).waitFor({ timeout: 3000 });
    await found.catch(() => {
      throw new Failure("No song in there holds a record of a lossless change.");
    });
  }
  interruption.stopWith(() => levelUp.press("Stop"));
  await levelUp.press(start);
  await showProgress(levelUp);
  const shown = withUnseen(await levelUp.report(), onDisk);
  const report = isUndo ? withoutRecord(shown) : shown;
  if (options.report !== null) {
    writeReport(options.report, report);
  }
  if (options.log !== null) {
    writeLog(options.log, await levelUp.logLines());
  }
  const missed = leftOutNotes(report.leftOut);
  const beside = whatLiesBeside(report.beside);
  const notes = [...songNotes(report), ...wayNotes(report), ...targetNotes(report)];
  for (const line of [...notes, ...missed, ...beside]) {
    console.log(line);
  }
  console.log(await levelUp.statusText());
  return missed.length === 0 && report.files.every(({ status }) => status !== "failed");
}

/** The report with the songs that the page did not see, by their names on disk. */
function withUnseen(report: Report, onDisk: Awaited<ReturnType<typeof songsOnDisk>>): Report {
  const { files } = report;
  // Of a name that it cannot read, the page knows the folder alone.
  const leftOut = report.leftOut.filter(({ reason }) => reason !== "name-unreadable");
  const seen = [...files.map((file) => file.path), ...leftOut.map(({ name }) => name)];
  return { ...report, leftOut: [...leftOut, ...unseenOf(onDisk, seen)] };
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
    if (await question.isVisible()) {
      bar.clear();
      // What it will change on disk, as the page says it.
      for (const line of await page.getByRole("dialog").getByRole("listitem").allInnerTexts()) {
        console.log(line);
      }
      await question.click();
    }
    bar.draw(state.percent, state.status);
    await page.waitForTimeout(250);
  }
}
