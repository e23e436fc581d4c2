/** Lines kept for the page; older ones fall out (they stay on the console). */
const LOG_LIMIT = 5000;
/** So many at once: with every line that falls out all others change their place on the page. */
const FALL_OUT = 500;

interface BatchCounts {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** The batch log's lines. Their wording is relied upon: change none without need. */
export const batchLines = {
  start: (files: number, workers: number, parallel: boolean): string[] => [
    "=== BATCH PROCESSING START ===",
    `Files to process: ${files}`,
    `Parallel processing: ${parallel ? "ENABLED" : "DISABLED"}`,
    `Max concurrent jobs: ${workers}`,
    parallel
      ? `Using parallel processing with ${workers} workers...`
      : "Using sequential processing with 1 worker...",
  ],
  resumed: (ended: number, total: number) =>
    `Resuming after ${ended} of ${total} files, which were finished before`,
  workerStarted: (worker: number) => `Worker ${worker} started`,
  processing: (worker: number, job: number, total: number, name: string) =>
    `Worker ${worker} processing job ${job}/${total}: ${name}`,
  /** By album, all songs are measured before the first is leveled. */
  measuring: (worker: number, job: number, total: number, name: string) =>
    `Worker ${worker} measuring job ${job}/${total}: ${name}`,
  completed: (worker: number, job: number, total: number, done: number) =>
    `Worker ${worker} completed job ${job}/${total} (${done}/${total} total completed)`,
  failed: (worker: number, job: number, total: number, message: string) =>
    `Worker ${worker} failed job ${job}/${total}: ${message}`,
  retrying: (worker: number, job: number, total: number, what: string) =>
    `Worker ${worker} ${what}, retrying job ${job}/${total} on a fresh worker`,
  summary: ({ total, completed, failed, cancelled }: BatchCounts): string[] => [
    "=== PARALLEL PROCESSING SUMMARY ===",
    `Total files: ${total}`,
    `Completed: ${completed}`,
    `Failed: ${failed}`,
    ...(cancelled > 0 ? [`Cancelled: ${cancelled}`] : []),
    `Success rate: ${total === 0 ? "0.0" : ((completed / total) * 100).toFixed(1)}%`,
    "=== BATCH PROCESSING COMPLETE ===",
  ],
};

/** A file name on one line, whatever it holds. */
export const oneLine = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, "\ufffd");

/** The log of the present batch: every line written at once, on the console; bounded for the page. */
export class BatchLog {
  readonly #onLine: () => void;
  readonly #write: (line: string) => void;
  #lines: string[] = [];
  #published: readonly string[] = [];
  #changed = false;

  constructor(onLine: () => void, write: (line: string) => void = (line) => console.log(line)) {
    this.#onLine = onLine;
    this.#write = write;
  }

  /** A new batch; one that is resumed brings its earlier lines along. */
  begin(lines: readonly string[]): void {
    this.#lines = lines.slice(-LOG_LIMIT);
    this.#changed = true;
  }

  add(line: string): void {
    this.#write(line);
    this.#lines.push(line);
    if (this.#lines.length > LOG_LIMIT) this.#lines.splice(0, FALL_OUT);
    this.#changed = true;
    this.#onLine();
  }

  /** The lines so far; the same array as long as there is no new one. */
  snapshot(): readonly string[] {
    if (this.#changed) this.#published = [...this.#lines];
    this.#changed = false;
    return this.#published;
  }
}
