import { readFileSync } from "node:fs";

interface WholeReport {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly workers: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly files: readonly Record<string, unknown>[];
  readonly albums: readonly unknown[];
  readonly leftOut: readonly unknown[];
  readonly beside: readonly { readonly path: string }[];
}

/**
 * A report of JSON, or of JSON lines, without what differs from run to run: times, workers, and the
 * numbers of albums, in whose place the albums stand.
 */
export function comparable(file: string) {
  const text = readFileSync(file, "utf8");
  const { files, albums, leftOut, beside, ...head } = wholeOf(file, text);
  const songs = files.map(({ seconds: _, worker: __, album, ...song }) => ({
    ...song,
    album: typeof album === "number" ? albums[album] : null,
  }));
  const { startedAt: _, finishedAt: __, workers: ___, settings, ...said } = head;
  const { maxConcurrentJobs: ____, ...asked } = settings;
  const path = (each: object) => String("path" in each ? each.path : "");
  return {
    ...said,
    settings: asked,
    leftOut: leftOut.map((each) => JSON.stringify(each)).sort(),
    beside: beside.toSorted((a, b) => (path(a) < path(b) ? -1 : 1)),
    files: songs.toSorted((a, b) => (path(a) < path(b) ? -1 : 1)),
  };
}

function wholeOf(file: string, text: string): WholeReport {
  if (!file.endsWith(".jsonl")) return JSON.parse(text) as WholeReport;
  const [head, ...files] = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { ...head, files } as unknown as WholeReport;
}
