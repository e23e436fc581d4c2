import { z } from "zod";

/*
 * The report (`levelup-report/1`) as JSON lines: the head on the first line, then a file a line. What
 * is not looked at here is carried as it is, so that a merged report holds all that its parts held.
 */

const decibels = z.number().nullable();
const list = z.array(z.looseObject({})).default([]);

const headSchema = z.looseObject({
  schema: z.literal("levelup-report/1"),
  app: z.string(),
  startedAt: z.string().nullable(),
  /** Null while the run is on, and for one that was killed. */
  finishedAt: z.string().nullable(),
  workers: z.number(),
  settings: z.record(z.string(), z.unknown()),
  /** Null for a run over everything. */
  shard: z.object({ number: z.number(), count: z.number() }).nullable().default(null),
  target: z.looseObject({ reachable: decibels, heldBack: z.number() }).nullable().default(null),
  albums: list,
  leftOut: z.array(z.looseObject({ name: z.string(), reason: z.string() })).default([]),
  beside: z.array(z.looseObject({ path: z.string() })).default([]),
});

const fileSchema = z.looseObject({
  path: z.string(),
  status: z.string(),
  reason: z.string().nullable().optional(),
  source: z.looseObject({ integratedLufs: decibels }).nullable(),
  planned: z
    .looseObject({
      integratedLufs: decibels,
      heldBack: z.boolean(),
      /** The loudness that this song can be brought to, rounded down to tenths; null for any. */
      reachableLufs: decibels.optional(),
    })
    .nullable(),
  /** Index in the head's `albums`. */
  album: z.number().nullable().default(null),
  /** The album itself, as long as the run is on and the head does not list it. */
  ofAlbum: z.looseObject({}).optional(),
});

export type ReportHead = z.infer<typeof headSchema>;
export type ReportFile = z.infer<typeof fileSchema>;

export interface ReportedRun {
  readonly head: ReportHead;
  /** One entry a song. */
  readonly files: readonly ReportFile[];
}

export type ReadReport =
  | { readonly kind: "report"; readonly run: ReportedRun }
  | { readonly kind: "wrong"; readonly message: string };

/**
 * The entry that counts of two of one song: the later one, unless it says no more than that the song
 * was not done again.
 */
export const entryThatCounts = (known: ReportFile | undefined, later: ReportFile): ReportFile => {
  const untouched = ["waiting", "cancelled"].includes(later.status);
  return known && (untouched || later.reason === "done-before") ? known : later;
};

/** A line of the report, with its end. JSON has no line breaks of its own. */
export const reportLine = (part: object): string => `${JSON.stringify(part)}\n`;

interface WholeReport {
  readonly files: readonly object[];
}

/** A whole report, as `{ …head, files }`, in lines. */
export function* linesOf<Report extends WholeReport>({
  files,
  ...head
}: Report): Generator<string> {
  yield reportLine(head);
  for (const file of files) yield reportLine(file);
}

/** The same as one JSON object, a file a line. */
export function* jsonOfReport<Report extends WholeReport>({
  files,
  ...head
}: Report): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"files":[`;
  for (const [index, file] of files.entries()) {
    yield `${index === 0 ? "" : ","}\n${JSON.stringify(file)}`;
  }
  yield "\n]}\n";
}

/**
 * Reads a report in lines, or a whole one. Of a file that is there twice the later line counts: a run
 * that goes on after another adds lines. A last line without an end was being written when the run
 * was killed, and its song is done again; every other line has to be right.
 */
export function readReport(text: string): ReadReport {
  const lines = text.split("\n");
  const torn = lines.pop() ?? "";
  const parsed: unknown[] = [];
  for (const [index, line] of lines.entries()) {
    const value = jsonOf(line);
    // A report that is not in lines spans them all.
    if (value === undefined) return index === 0 ? wholeReport(text) : wrong(index, "no JSON");
    parsed.push(value);
  }
  const [first = jsonOf(torn), ...others] = parsed;
  if (typeof first === "object" && first !== null && "files" in first) return wholeReport(text);
  return runOf(first, others);
}

function wholeReport(text: string): ReadReport {
  const value = jsonOf(text) as { readonly files?: unknown } | null | undefined;
  if (typeof value !== "object" || value === null || !Array.isArray(value.files)) {
    return wrong(0, "no JSON");
  }
  const { files, ...head } = value;
  return runOf(head, files);
}

function runOf(head: unknown, files: readonly unknown[]): ReadReport {
  const readHead = headSchema.safeParse(head);
  if (!readHead.success) return wrong(0, z.prettifyError(readHead.error));
  const albums = [...readHead.data.albums];
  const known = new Map(albums.map((album, index) => [JSON.stringify(album), index]));
  const listed = ({ ofAlbum, ...file }: ReportFile): ReportFile => {
    if (ofAlbum === undefined) return file;
    const key = JSON.stringify(ofAlbum);
    const album = known.get(key) ?? albums.push(ofAlbum) - 1;
    known.set(key, album);
    return { ...file, album };
  };
  const byPath = new Map<string, ReportFile>();
  for (const [index, file] of files.entries()) {
    const read = fileSchema.safeParse(file);
    if (!read.success) return wrong(index + 1, z.prettifyError(read.error));
    const { path } = read.data;
    byPath.set(path, entryThatCounts(byPath.get(path), listed(read.data)));
  }
  return {
    kind: "report",
    run: { head: { ...readHead.data, albums }, files: [...byPath.values()] },
  };
}

const wrong = (index: number, why: string): ReadReport => ({
  kind: "wrong",
  message: `line ${index + 1} is no part of a report: ${why}`,
});

/** Undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
