import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isAlive } from "@/lib/node/file-locks";

/** Where what outlives a run lies; `LEVELUP_STATE` names another folder. */
export function stateFolder(): string {
  const { env, platform } = process;
  const asked = env["LEVELUP_STATE"];
  if (asked) return path.resolve(asked);
  const home = os.homedir();
  if (platform === "win32") {
    return path.join(env["LOCALAPPDATA"] ?? path.join(home, "AppData/Local"), "LevelUp");
  }
  if (platform === "darwin") return path.join(home, "Library/Application Support/LevelUp");
  // XDG Base Directory Specification 0.8
  return path.join(env["XDG_STATE_HOME"] || path.join(home, ".local/state"), "levelup");
}

const SCRATCH = /^levelup-scratch-(\d+)-/;

/** A folder for what does not fit into memory, which goes with the process. */
export function makeScratchFolder(): string {
  const folder = mkdtempSync(path.join(temporaryFolder(), `levelup-scratch-${process.pid}-`));
  process.on("exit", () => remove(folder));
  return folder;
}

/** Removes those of processes that were ended before they could. */
export function removeOldScratch(): void {
  const parent = temporaryFolder();
  for (const name of readdirSync(parent)) {
    const [, pid] = SCRATCH.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) remove(path.join(parent, name));
  }
}

/** Another person's stays, and one that a program has open on Windows. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // It is looked at again by the next run.
  }
}

/** On a disk: what is temporary may lie in memory elsewhere (FHS 3.0, section 5.15). */
export function temporaryFolder(): string {
  const onDisk = "/var/tmp";
  try {
    if (process.env["TMPDIR"] !== undefined) return os.tmpdir();
    accessSync(onDisk, constants.W_OK);
    return onDisk;
  } catch {
    return os.tmpdir();
  }
}
