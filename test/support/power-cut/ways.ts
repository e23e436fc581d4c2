import { readFileSync } from "node:fs";
import path from "node:path";
import { LevelUpPage } from "../../../cli/in-browser/page";
import type { Report } from "../../../cli/in-browser/report";
import { KillableBrowser } from "../killable-browser";
import { levelInNode } from "../node-command";
import { setSwapAge } from "../swap-age";

/** At most so long a batch, in milliseconds, with the wait of its swaps. */
const MOST = 10 * 60_000;

interface Counts {
  readonly done: number;
  readonly failed: number;
}

/** By what songs are replaced. What it remembers lies in the folder that it works in. */
export interface Way {
  /** Begins to replace the songs of `Music` in a folder. */
  begin(folder: string): Promise<{ readonly ended: Promise<Counts>; kill(): Promise<unknown> }>;
  /** Resumes what was cut off: whether there was something, and what is wrong, or null. */
  goOn(folder: string): Promise<{ readonly resumed: boolean; readonly problem: string | null }>;
}

interface PageWay {
  readonly keepOriginals: boolean;
  readonly workers: number;
  /** Milliseconds that swaps wait; null: as long as in the product. */
  readonly swapAge: number | null;
}

/** The page at `url`, with the browser's profile in the folder. */
export const byPage = (url: string, { keepOriginals, workers, swapAge }: PageWay): Way => ({
  async begin(folder) {
    const browser = await KillableBrowser.start(path.join(folder, "profile"));
    try {
      const levelUp = new LevelUpPage(browser.page);
      if (swapAge !== null) await setSwapAge(browser.page, swapAge);
      await levelUp.open(url);
      await levelUp.set({
        ...{ "Save to": "Replace originals", "Keep originals": keepOriginals, Workers: workers },
      });
      await levelUp.add([path.join(folder, "Music")]);
      await levelUp.press("Start");
      const question = levelUp.page.getByRole("dialog");
      await question.getByRole("button", { name: "Replace originals" }).click();
      return { ended: levelUp.finished(MOST), kill: () => browser.kill() };
    } catch (error) {
      await browser.kill();
      throw error;
    }
  },
  async goOn(folder) {
    const browser = await KillableBrowser.start(path.join(folder, "profile"));
    try {
      const levelUp = new LevelUpPage(browser.page);
      // What is looked at now is not cut off.
      await setSwapAge(browser.page, 0);
      await levelUp.open(url);
      const unfinished = levelUp.page.getByRole("region", { name: "Unfinished batch" });
      const offered = await unfinished.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
      if (offered) {
        await levelUp.press("Resume");
        const { failed, stopped } = await levelUp.finished(MOST);
        if (failed + stopped > 0) {
          const { files } = await levelUp.report();
          const why = files.flatMap(({ path: name, status, message }) =>
            status === "leveled" || status === "skipped" ? [] : [`${name}: ${message}`],
          );
          const problem = `${failed} failed, ${stopped} stopped (${why.join("; ")})`;
          return { resumed: true, problem };
        }
      }
      return { resumed: offered, problem: null };
    } catch (error) {
      return { resumed: false, problem: String(error) };
    } finally {
      await browser.kill();
    }
  },
});

/** The command in Node, which waits for nothing, with its journal in the folder. */
export function byCommand(workers: number): Way {
  const level = (folder: string, ...args: readonly string[]) =>
    levelInNode(
      [...args, "--workers", String(workers), "--report", path.join(folder, "report.json")],
      {
        LEVELUP_STATE: path.join(folder, "state"),
      },
    );
  const filesOf = (folder: string) =>
    (JSON.parse(readFileSync(path.join(folder, "report.json"), "utf8")) as Report).files;
  return {
    begin(folder) {
      const run = level(folder, path.join(folder, "Music"), "--save-to", "replace");
      const ended = run.code.then(() => {
        const files = filesOf(folder);
        const count = (status: string) => files.filter((file) => file.status === status).length;
        return { done: count("leveled"), failed: count("failed") };
      });
      return Promise.resolve({
        ended,
        kill: () => {
          run.kill("SIGKILL");
          return run.code;
        },
      });
    },
    async goOn(folder) {
      const run = level(folder, "--resume");
      const code = await run.code;
      if (run.text().includes("Nothing was cut off.")) return { resumed: false, problem: null };
      return { resumed: true, problem: code === 0 ? null : run.text() };
    },
  };
}
