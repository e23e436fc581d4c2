/** Names and paths of what is written. */

/** Marks files that are only there while a song is being written. */
export const TEMPORARY_PREFIX = ".levelup-";

/** A temporary file of ours, or the browser's own while it writes. */
export const isUnfinishedWrite = (name: string): boolean =>
  name.startsWith(TEMPORARY_PREFIX) || name.endsWith(".crswap");

/** The same path with the delivered kind's extension; unchanged when it already has it. */
export function withExtension(path: string, extension: string): string {
  const slash = path.lastIndexOf("/");
  const dot = path.lastIndexOf(".");
  const stem = dot > slash + 1 ? path.slice(0, dot) : path;
  return path.slice(stem.length + 1).toLowerCase() === extension ? path : `${stem}.${extension}`;
}

/** "a/b.mp3", 2 → "a/b (2).mp3" */
export function numbered(path: string, number: number): string {
  const slash = path.lastIndexOf("/");
  const dot = path.lastIndexOf(".");
  return dot > slash + 1
    ? `${path.slice(0, dot)} (${number})${path.slice(dot)}`
    : `${path} (${number})`;
}

/** "a/b/c.mp3" → ["a/b", "c.mp3"] */
export function splitPath(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf("/");
  return [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
}

/**
 * Path parts that could lead out of a folder or an archive never do. Where "\\" is no separator it
 * may be part of a name; whoever unpacks on Windows would take it for one, and "C:" for a drive.
 */
export const safePath = (path: string): string =>
  path
    .replaceAll("\\", "_")
    .split("/")
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .join("/")
    .replace(/^([a-z]):/i, "$1_");

/** Case does not tell paths apart, because it does not on Windows and macOS. */
export const pathKey = (path: string): string => path.normalize().toLowerCase();

/** Hands out each path once. */
export class PathClaims {
  readonly #claimed = new Set<string>();

  /** `isTaken` tells of what is there already, besides what was claimed. */
  async claim(path: string, isTaken: (path: string) => Promise<boolean>): Promise<string> {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? path : numbered(path, number);
      const key = pathKey(candidate);
      if (this.#claimed.has(key)) continue;
      // Claimed before the question is asked: two songs may ask at the same time.
      this.#claimed.add(key);
      if (!(await isTaken(candidate))) return candidate;
      this.#claimed.delete(key);
    }
  }

  release(path: string): void {
    this.#claimed.delete(pathKey(path));
  }
}
