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
import { differingSetting } from "./merge-reports";
import {
  entryThatCounts,
  linesOf,
  readReport,
  reportLine,
  type ReportFile,
  type ReportHead,
} from "./report-lines";

/**
 * The report of a run in lines, which is on disk while the run is on: after a kill at any moment it
 * tells of every song that ended, and the next run of the same shard goes on with it.
 */
export class RunningReport {
  readonly #file: string;
  /** By path; those of earlier runs of the same shard too. */
  readonly #entries: Map<string, ReportFile>;

  /** `head` is what is known at the start; its `finishedAt` is null. Throws what the system says. */
  constructor(file: string, head: ReportHead) {
    this.#file = file;
    this.#entries = new Map(earlierEntries(file, head).map((entry) => [entry.path, entry]));
    this.#write(head);
  }

  /** A song has ended. */
  add(entry: ReportFile): void {
    this.#entries.set(entry.path, entryThatCounts(this.#entries.get(entry.path), entry));
    appendFileSync(this.#file, reportLine(entry));
  }

  /** The run is over: `head` with all that is known now, and each song once. */
  end(head: ReportHead): void {
    this.#write(head);
  }

  #write(head: ReportHead): void {
    writeLines(this.#file, linesOf({ ...head, files: [...this.#entries.values()] }));
  }
}

/** What an earlier run of the same shard, with the same settings, has done. */
function earlierEntries(file: string, head: ReportHead): readonly ReportFile[] {
  if (!existsSync(file)) return [];
  const read = readReport(readFileSync(file, "utf8"));
  if (read.kind === "wrong") return [];
  const { head: earlier, files } = read.run;
  const same =
    JSON.stringify(earlier.shard) === JSON.stringify(head.shard) &&
    differingSetting(earlier.settings, head.settings) === undefined;
  return same ? files : [];
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
