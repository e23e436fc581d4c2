import { readFileSync } from "node:fs";
import { Failure } from "../failure";
import { readReport } from "./report-lines";
import { type Shard, shardOf } from "./shard";

/**
 * What a first pass over an archive (`--measure --by album`, its reports joined) tells of albums. With
 * it a shard has whole albums, wherever their songs lie: all songs of one belong to the shard that its
 * first song's folder belongs to. Where albums lie in one folder each, that changes no song's shard.
 */
export class MeasuredAlbums {
  readonly #file: string;
  /** By path; null for a song without an album, such as one that failed. */
  readonly #keys = new Map<string, string | null>();
  readonly #firsts = new Map<string, string>();

  /** Throws a `Failure` for what is no such report. */
  constructor(file: string) {
    this.#file = file;
    const read = readReport(readFileSync(file, "utf8"));
    if (read.kind === "wrong") throw wrong(`${file}: ${read.message}`);
    const { head, files } = read.run;
    if (head.settings["levelBy"] !== "album") {
      throw wrong(`${file} is no report of --measure --by album.`);
    }
    if (head.shard !== null) {
      throw wrong(`${file} is the report of one shard; merge-reports joins them.`);
    }
    for (const { path, album } of files) {
      const key = album === null ? undefined : head.albums[album]?.["key"];
      this.#keys.set(inFormC(path), typeof key === "string" ? key : null);
      if (typeof key !== "string") continue;
      const first = this.#firsts.get(key);
      if (first === undefined || inFormC(path) < first) this.#firsts.set(key, inFormC(path));
    }
  }

  albumOf(path: string): string | null {
    return this.#keys.get(inFormC(path)) ?? null;
  }

  isIn(path: string, { number, count }: Shard): boolean {
    const album = this.albumOf(path);
    return shardOf((album !== null && this.#firsts.get(album)) || path, count) === number;
  }

  /** Throws where songs came after that pass: nobody knows which album, and so which shard, is theirs. */
  requireAll(paths: Iterable<string>): void {
    const unknown = [...paths].filter((path) => !this.#keys.has(inFormC(path)));
    if (unknown.length === 0) return;
    const others = unknown.length > 1 ? ` and ${unknown.length - 1} more` : "";
    throw wrong(
      `${unknown[0]}${others}: not in ${this.#file}. Measure again, and join the reports.`,
    );
  }
}

/** Systems differ in the form in which they give names. */
const inFormC = (path: string): string => path.normalize("NFC");

const wrong = (message: string) => new Failure(message, { exitCode: 2 });
