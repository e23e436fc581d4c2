import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium, type Browser, type CDPSession } from "@playwright/test";
import { ensureBrowser, launchArguments } from "../../cli/in-browser/browser";
import { LevelUpPage, type ControlValues } from "../../cli/in-browser/page";
import type { Report } from "../../cli/in-browser/report";
import { cpuOfTree } from "../../scripts/support/processes";
import type { Times } from "../speed/pinned-run";

/** A browser of its own and the cores that all its processes may use. */
export interface PinnedBrowser {
  readonly browser: Browser;
  /** The browser's own process. */
  readonly pid: number;
  close(): Promise<void>;
}

/** `cores` as taskset takes them; null is all. `folder` holds what the launch needs. */
export async function launch(cores: string | null, folder: string): Promise<PinnedBrowser> {
  const browser = await chromium.launch({
    executablePath: cores === null ? await ensureBrowser() : await commandOn(cores, folder),
    args: launchArguments,
  });
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const pid = processInfo.find(({ type }) => type === "browser")?.id;
  if (pid === undefined) throw new Error("The browser did not tell its process.");
  return { browser, pid, close: () => browser.close() };
}

/** A command that starts the browser on these cores; its children stay there. */
async function commandOn(cores: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const command = path.join(folder, `browser-on-${cores}`);
  writeFileSync(command, `#!/bin/sh\nexec taskset -c ${cores} "${await ensureBrowser()}" "$@"\n`);
  chmodSync(command, 0o755);
  return command;
}

export interface BatchRun extends Times {
  readonly report: Report;
  /** Seconds that the page's own thread was busy. */
  readonly pageThread: number;
}

/** The page in such a browser, loaded once and used for one batch after another. */
export class BenchPage {
  readonly levelUp: LevelUpPage;
  readonly #pinned: PinnedBrowser;
  readonly #session: CDPSession;

  private constructor(levelUp: LevelUpPage, pinned: PinnedBrowser, session: CDPSession) {
    this.levelUp = levelUp;
    this.#pinned = pinned;
    this.#session = session;
  }

  static async open(
    pinned: PinnedBrowser,
    url: string,
    settings: ControlValues,
  ): Promise<BenchPage> {
    const levelUp = new LevelUpPage(await pinned.browser.newPage());
    await levelUp.open(url);
    // What is measured is encoding, where nothing else is said.
    await levelUp.set({ "Re-encoding": "Always encode", ...settings });
    const session = await levelUp.page.context().newCDPSession(levelUp.page);
    // Processor time, not time by the clock: other work on the core must not count as the page's.
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    return new BenchPage(levelUp, pinned, session);
  }

  /**
   * One batch over the songs of a folder, from the click on the button until the page says that it
   * has finished: workers are started, songs read, worked on and written. Results of a run before
   * are removed first. Rejects where a song ends in another way than these.
   */
  async run(
    button: "Start" | "Measure",
    folder: string,
    ends: readonly string[] = ["leveled", "measured"],
  ): Promise<BatchRun> {
    const { levelUp } = this;
    rmSync(path.join(folder, "Leveled"), { recursive: true, force: true });
    const clear = levelUp.button("Clear list");
    if (await clear.isVisible()) await clear.click();
    await levelUp.add([folder]);
    await levelUp.button(button).and(levelUp.page.locator(":enabled")).waitFor();
    const [cpu, thread] = [cpuOfTree(this.#pinned.pid), await this.#threadSeconds()];
    const wall = await levelUp.page.evaluate(clickAndWait, button);
    const run = {
      wall,
      cpu: cpuOfTree(this.#pinned.pid) - cpu,
      pageThread: (await this.#threadSeconds()) - thread,
    };
    const report = await levelUp.report();
    const bad = report.files.find(({ status }) => !ends.includes(status));
    if (bad)
      throw new Error(`${bad.path}: ${bad.status}, ${bad.reason ?? ""} ${bad.message ?? ""}`);
    return { ...run, report };
  }

  async #threadSeconds(): Promise<number> {
    const { metrics } = await this.#session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN;
  }
}

/** Runs in the page. No function in it may have a name: the compiler would call a helper there. */
async function clickAndWait(name: string): Promise<number> {
  const status = document.querySelector("[role=status]");
  const button = [...document.querySelectorAll("button")].find(
    ({ textContent }) => textContent.trim() === name,
  );
  if (!status || !button) throw new Error(`There is no ${name}.`);
  const begun = performance.now();
  const ended = new Promise<number>((resolve) => {
    new MutationObserver((_, observer) => {
      if (!status.textContent.startsWith("Finished")) return;
      observer.disconnect();
      resolve(performance.now());
    }).observe(status, { characterData: true, childList: true, subtree: true });
  });
  button.click();
  return ((await ended) - begun) / 1000;
}
