import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium, type BrowserContext } from "@playwright/test";
import { aptInstall, runTool } from "../../scripts/support/steps";
import { temporaryFolder } from "../engine/folders";
import { Failure } from "../failure";

/**
 * The headless Chromium that drives the page. It has to be the headless shell: only there does a
 * dropped folder come with the permission to write, and only with the flag below. A full Chrome
 * asks a person, whom nobody can be.
 */
export const launchArguments = [
  "--enable-experimental-web-platform-features",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const names = ["chromium-headless-shell", "chrome-headless-shell", "headless_shell"];
const usualFolders = ["/usr/bin", "/usr/lib/chromium", "/usr/local/bin", "/opt/chromium"];

/** Path of an installed headless shell that starts, or null. `LEVELUP_CHROMIUM` comes first. */
export function findBrowser(): string | null {
  const asked = process.env["LEVELUP_CHROMIUM"];
  if (asked !== undefined && asked !== "") return asked;
  const folders = [...(process.env["PATH"] ?? "").split(path.delimiter), ...usualFolders];
  const installed = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  return [...installed, ...downloadedByPlaywright()].find(starts) ?? null;
}

/** As `findBrowser`, but installs one first where there is none; a `Failure` says that none could. */
export async function ensureBrowser(): Promise<string> {
  const found = findBrowser();
  if (found !== null) return found;
  console.log("No headless Chromium found; fetching Playwright's…");
  await runTool("playwright", ["install", "--only-shell", "chromium"], {
    // Where its servers cannot be reached, say so soon: there is one more way.
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "10000",
  });
  const downloaded = findBrowser();
  if (downloaded !== null) return downloaded;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("Trying Debian's package chromium-headless-shell…");
    await aptInstall(["chromium-headless-shell"]);
    const packaged = findBrowser();
    if (packaged !== null) return packaged;
  }
  throw new Failure(
    "There is no headless Chromium and none could be installed. Install one " +
      "(`npx playwright install --with-deps --only-shell chromium`, or Debian's package " +
      "chromium-headless-shell), or name its path in LEVELUP_CHROMIUM.",
  );
}

/**
 * A browser of its own with a profile on disk: what a page keeps in a private one lies in memory,
 * which has no room for an hour of music. `close` ends it and removes the profile, as the end of
 * the process does. A `Failure` says why it does not start. Signals are left to the caller.
 */
export async function launchBrowser(): Promise<{
  readonly context: BrowserContext;
  readonly close: () => Promise<void>;
}> {
  const executablePath = await ensureBrowser();
  const profile = mkdtempSync(path.join(temporaryFolder(), "levelup-profile-"));
  // The browser may be ending still, and writing.
  const remove = () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  process.on("exit", remove);
  const signals = { handleSIGHUP: false, handleSIGINT: false, handleSIGTERM: false };
  let context: BrowserContext;
  try {
    context = await chromium.launchPersistentContext(profile, {
      ...{ executablePath, args: launchArguments, ...signals },
    });
  } catch (error) {
    remove();
    throw new Failure(`The browser ${executablePath} does not start.`, { cause: error });
  }
  // At the end of the process Playwright ends the browser first.
  process.off("exit", remove).on("exit", remove);
  const close = async () => {
    await context.close();
    remove();
    process.off("exit", remove);
  };
  return { context, close };
}

function starts(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    return false;
  }
  // A download without the system libraries it needs is there and still does not start.
  return spawnSync(file, ["--version"], { timeout: 20_000, stdio: "ignore" }).status === 0;
}

function downloadedByPlaywright(): string[] {
  const home = os.homedir();
  const folder =
    process.env["PLAYWRIGHT_BROWSERS_PATH"] ??
    {
      darwin: path.join(home, "Library/Caches/ms-playwright"),
      win32: path.join(process.env["LOCALAPPDATA"] ?? home, "ms-playwright"),
    }[process.platform as string] ??
    path.join(process.env["XDG_CACHE_HOME"] ?? path.join(home, ".cache"), "ms-playwright");
  if (!existsSync(folder)) return [];
  // chromium_headless_shell-1234/chrome-headless-shell-linux64/chrome-headless-shell
  return readdirSync(folder)
    .filter((name) => name.startsWith("chromium_headless_shell-"))
    .sort()
    .reverse()
    .flatMap((version) =>
      readdirSync(path.join(folder, version)).flatMap((build) =>
        names.flatMap((name) => [
          path.join(folder, version, build, name),
          path.join(folder, version, build, `${name}.exe`),
        ]),
      ),
    );
}
