import { spawn, type ChildProcess } from "node:child_process";
import { chromium, type Page } from "@playwright/test";
import { ensureBrowser, launchArguments } from "../../cli/in-browser/browser";

/** A browser with a profile on disk that can be ended like by a power cut: all of it, at once. */
export class KillableBrowser {
  readonly #child: ChildProcess;
  readonly page: Page;

  private constructor(child: ChildProcess, page: Page) {
    this.#child = child;
    this.page = page;
  }

  static async start(profile: string): Promise<KillableBrowser> {
    const given = [...launchArguments, "--remote-debugging-port=0", `--user-data-dir=${profile}`];
    // A process group of its own: its children are in it too.
    const child = spawn(
      await ensureBrowser(),
      [...given, "--window-size=1280,900", "about:blank"],
      {
        stdio: ["ignore", "ignore", "pipe"],
        detached: true,
      },
    );
    const browser = await chromium.connectOverCDP(await addressOf(child));
    const context = browser.contexts()[0]!;
    return new KillableBrowser(child, context.pages()[0] ?? (await context.newPage()));
  }

  /** `kill -9` of every process of it; comes back when they are gone. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      process.kill(-this.#child.pid!, "SIGKILL");
      await gone;
    }
  }
}

/** The browser prints where it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr!.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const [, address] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once("exit", () => reject(new Error(`The browser did not start: ${said}`)));
  });
}
