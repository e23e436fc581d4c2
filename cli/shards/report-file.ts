import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { differingSetting, mergeReports } from "./merge-reports";
import {
  linesOf,
  readReport,
  type ReportedRun,
  type ReportFile,
  type ReportHead,
  reportLine,
} from "./report-lines";

/**
 * The report of a run in lines, which is on disk while the run is on: after a kill at any moment it
 * tells of every song that ended, and the next run of the same shard goes on with it.
 */
export class RunningReport {
  readonly #file: string;
  /** What earlier runs of the same shard have done. */
  readonly #earlier: ReportedRun | null;

  /** `head` is what is known at the start; its `finishedAt` is null. Throws what the system says. */
  constructor(file: string, head: ReportHead) {
    this.#file = file;
    this.#earlier = earlierRun(file, head);
    const { head: { albums, startedAt } = head, files = [] } = this.#earlier ?? {};
    // The earliest start: a song that was changed after it may be another than that was leveled.
    writeLines(file, linesOf({ ...head, startedAt, albums, files }));
  }

  /** A song has ended. Where its album stands in the head is told at the end of the run. */
  add(song: ReportFile, album: object | null = null): void {
    const line = { ...song, album: null, ...(album && { ofAlbum: album }) };
    appendFileSync(this.#file, reportLine(line));
  }

  /** The run is over, and `run` is all that there is to say of it. */
  end(run: ReportedRun): void {
    const both = [this.#earlier ?? [], run].flat().map((each) => ({ name: "", run: each }));
    const merged = mergeReports(both);
    // Of one shard with one choice of settings nothing is refused.
    if (merged.kind === "refused") throw new Error(merged.reason);
    const { shard, workers } = run.head;
    writeLines(this.#file, linesOf({ ...merged.report, shard, workers }));
  }
}

/** What a report tells of the same shard and settings; null where there is none. */
export function earlierRun(
  file: string,
  head: Pick<ReportHead, "shard" | "settings">,
): ReportedRun | null {
  if (head.shard === null || !existsSync(file)) return null;
  const read = readReport(readFileSync(file, "utf8"));
  if (read.kind === "wrong") return null;
  const { shard, settings } = read.run.head;
  const same =
    JSON.stringify(shard) === JSON.stringify(head.shard) &&
    differingSetting(settings, head.settings) === undefined;
  return same ? read.run : null;
}

const PIECE = 1 << 20;

/** Writes a file whole, in pieces: a report may be longer than a string can be. */
export function writeLines(file: string, lines: Iterable<string>): void {
  const partial = `${file}.part`;
  const handle = openSync(partial, "w");
  try {
    let piece = "";
    for (const line of lines) {
      piece += line;
      if (piece.length < PIECE) continue;
      writeSync(handle, piece);
      piece = "";
    }
    writeSync(handle, piece);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(partial, file);
}
