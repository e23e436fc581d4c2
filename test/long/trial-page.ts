import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium, type CDPSession } from "@playwright/test";
import { ensureBrowser, launchArguments } from "../../cli/in-browser/browser";
import { LevelUpPage } from "../../cli/in-browser/page";
import { serve } from "../../scripts/serve";
import { exportFolder } from "../../scripts/build/export";

/** The exported page in a browser of its own, with a profile on disk. */
export interface TrialPage {
  readonly levelUp: LevelUpPage;
  /** The browser's own process. */
  readonly pid: number;
  readonly session: CDPSession;
  close(): Promise<void>;
}

/**
 * A profile on disk, as a person has it: in Playwright's usual contexts, which are private windows,
 * the origin-private file system would lie in the browser's memory.
 */
export async function openTrialPage(): Promise<TrialPage> {
  const serving = await serve(exportFolder, 0);
  const profile = mkdtempSync(path.join(os.tmpdir(), "levelup-profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await ensureBrowser(),
    args: launchArguments,
  });
  const page = await context.newPage();
  const levelUp = new LevelUpPage(page);
  await levelUp.open(serving.url);
  const session = await context.newCDPSession(page);
  const pid = browserOf(profile);
  return {
    ...{ levelUp, pid, session },
    async close() {
      await context.close();
      await serving.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** The process that was started with this profile and is no child of such a one. */
function browserOf(profile: string): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (line.includes(`--user-data-dir=${profile}`) && !line.includes("--type=")) {
        return Number(pid);
      }
    } catch {
      // It ended while it was looked at.
    }
  }
  throw new Error("The browser's process was not found.");
}
