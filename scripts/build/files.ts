import { readdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Every file below a folder, by its path there with "/", sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join("/"))
    .sort();
}

/** Somebody may be serving the folder: a file is the old one or the new one, never half of one. */
export function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}
