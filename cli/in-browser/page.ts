import { ALIVE } from "@/app/offline/repair-script";
import { readFile } from "node:fs/promises";
import type { Download, Locator, Page } from "@playwright/test";
import { drop, preparePicker, setPickedFolder } from "./drop";
import type { Report } from "./report";

/** By the name of a control: the text chosen from a list, what is typed, or on and off. */
export type ControlValues = Readonly<Record<string, string | number | boolean>>;

export interface Finish {
  /** Leveled, or measured where nothing else was asked for. */
  readonly done: number;
  readonly songs: number;
  readonly skipped: number;
  readonly failed: number;
  readonly stopped: number;
}

const finishedText =
  /Finished: (\d+) of (\d+) (?:leveled|tagged|measured), (\d+) skipped, (\d+) failed(?:, (\d+) stopped)?/;

/** The page as a person finds it: by roles and the names that the project promises. */
export class LevelUpPage {
  readonly page: Page;
  readonly status: Locator;
  readonly log: Locator;
  readonly songs: Locator;
  /** Batches that ended, by the log on the console, and how many of them `finished` has told of. */
  #ended = 0;
  #told = 0;

  constructor(page: Page) {
    this.page = page;
    page.on("console", (line) => {
      if (line.text() === "=== BATCH PROCESSING COMPLETE ===") this.#ended += 1;
    });
    this.status = page.getByRole("status").first();
    this.log = page.getByRole("log", { name: "Batch log" });
    this.songs = page.getByRole("table").first();
  }

  /** Before `open`: without it `pickFolder` cannot work. */
  prepare(): Promise<void> {
    return preparePicker(this.page);
  }

  /** The folder on disk that the next folder picker gives. */
  pickFolder(folder: string): Promise<void> {
    return setPickedFolder(this.page, folder);
  }

  /** Opens the page and waits until it answers. */
  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page
      .getByLabel("Workers", { exact: true })
      .and(this.page.locator(":enabled"))
      .waitFor({ state: "attached" });
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  async press(name: string): Promise<void> {
    await this.button(name).click();
  }

  async set(values: ControlValues): Promise<void> {
    await this.#alive();
    for (const [name, value] of Object.entries(values)) {
      const control = this.page.getByLabel(name, { exact: true });
      await this.#reach(control);
      const tag = await control.evaluate((element) => element.tagName);
      if (typeof value === "boolean") await control.setChecked(value);
      else if (tag === "SELECT") await control.selectOption({ label: String(value) });
      else {
        await control.fill(String(value));
        await control.blur();
      }
    }
  }

  /** The rarer settings, and all of them once there are songs, stand behind a disclosure. */
  async #reach(control: Locator): Promise<void> {
    await control.waitFor({ state: "attached" });
    if (await control.isVisible()) return;
    await this.page.getByText("More settings", { exact: true }).click();
    await control.waitFor();
  }

  /** Before its scripts run, the page forgets what is set, and the browser opens what is dropped. */
  async #alive(): Promise<void> {
    await this.page.locator(`html[data-${ALIVE}]`).waitFor({ state: "attached" });
  }

  /** Drops files and folders and waits until the page has looked through them. */
  async add(paths: readonly string[]): Promise<void> {
    await this.#alive();
    await drop(this.page, paths);
    await this.lookedThrough();
  }

  /** Waits until the page says what it found in what was added. */
  async lookedThrough(): Promise<void> {
    await this.page
      .getByText(/^([\d,]+ (added|already in the list|not audio|left out)|Nothing found in there)/)
      .first()
      .waitFor();
  }

  /** Takes away what the page says about the whole session, if it says anything. */
  async dismissNotice(): Promise<void> {
    const dismiss = this.button("Dismiss");
    if (await dismiss.isVisible()) await dismiss.click();
  }

  /** The row of a song, by its name and, where it lies in a folder, that too. */
  row(path: string): Locator {
    const rows = this.songs.getByRole("row");
    const name = path.slice(path.lastIndexOf("/") + 1);
    const folder = path.slice(0, path.length - name.length);
    const named = rows.filter({ has: this.page.getByText(name, { exact: true }) });
    return folder === ""
      ? named
      : named.filter({ has: this.page.getByText(folder, { exact: true }) });
  }

  statusOf(path: string): Locator {
    return this.row(path).getByRole("cell").last();
  }

  async statusText(): Promise<string> {
    return (await this.status.textContent())?.trim() ?? "";
  }

  /**
   * Waits for the end of the batch and gives its counts. `timeout` in milliseconds. Each batch is
   * told of once: what the page still says of an earlier one does not count.
   */
  async finished(timeout: number): Promise<Finish> {
    const until = Date.now() + timeout;
    for (;;) {
      const counts = this.#ended > this.#told ? finishedText.exec(await this.statusText()) : null;
      if (counts !== null) {
        this.#told += 1;
        const [done = 0, songs = 0, skipped = 0, failed = 0, stopped = 0] = counts
          .slice(1)
          .map((count) => Number(count ?? 0));
        return { done, songs, skipped, failed, stopped };
      }
      if (Date.now() > until) {
        throw new Error(`After ${timeout} ms the page says: ${await this.statusText()}`);
      }
      await this.page.waitForTimeout(50);
    }
  }

  async logLines(): Promise<string[]> {
    const text = await this.log.innerText();
    return text.split("\n").filter((line) => line.trim() !== "");
  }

  async report(): Promise<Report> {
    const download = await this.download(() => this.press("Save report"));
    return JSON.parse(await readFile(await download.path(), "utf8")) as Report;
  }

  async download(start: () => Promise<void>): Promise<Download> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), start()]);
    return download;
  }
}
