import { existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { systemPath } from "./names";

/**
 * Makes a folder and those above it; one that is there stays. Throws what the system says. Node's own
 * `recursive` never comes back where a system says that a new folder's parent is missing although it
 * is there, as Linux does below /proc.
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const above = path.dirname(folder);
  if (!existsSync(systemPath(above)) && above !== folder) makeFolder(above);
  try {
    mkdirSync(systemPath(folder));
  } catch (error) {
    // Another process has made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

const isFolder = (folder: string): boolean =>
  statSync(systemPath(folder), { throwIfNoEntry: false })?.isDirectory() === true;
