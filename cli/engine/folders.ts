import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

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

/** A folder for the samples of long songs, which goes with the process. */
export function makeScratchFolder(): string {
  const folder = mkdtempSync(path.join(temporaryFolder(), "levelup-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
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
