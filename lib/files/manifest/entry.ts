import * as z from "zod/mini";

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));

const print = z.object({
  sha256,
  size: z.int().check(z.gte(0)),
  /** Milliseconds since 1970; null while the file was not there yet. */
  lastModified: z.nullable(z.number()),
  /** Of the sound without tags (`audioPrint`); absent where that is not told apart, or is not noted. */
  audio: z.optional(sha256),
});

const entry = z.object({
  path: z.string(),
  song: z.string(),
  source: print,
  written: print,
  at: z.iso.datetime(),
  made: z.optional(z.string()),
  retagged: z.optional(z.boolean()),
});

/** What a file's bytes were. */
export type FilePrint = Readonly<z.infer<typeof print>>;

/**
 * One file of a folder of ours. In `Leveled` that is a result, in `Originals` an original that was
 * kept. An entry is written before the file that it speaks of is swapped in, so that `written` may
 * be there or not; a later one of the same file tells its date.
 */
export interface ManifestEntry {
  /** The file, as a path inside the folder. */
  readonly path: string;
  /** The song that it was made from or kept of, as a path inside the folder's parent. */
  readonly song: string;
  /** The bytes that it was made from: those of the true original where it was kept. */
  readonly source: FilePrint;
  /** In `Leveled` the result; in `Originals` what was put in the song's place. */
  readonly written: FilePrint;
  /** When it was written, ISO 8601. */
  readonly at: string;
  /** `madeWith` of the settings; earlier versions did not note it. */
  readonly made?: string | undefined;
  /** The sound is of `source`, and the tags are those that the person has given the song since. */
  readonly retagged?: boolean | undefined;
}

/** The first line of a file of entries. Files that begin otherwise are left out. */
const MANIFEST_HEAD = '{"manifest":"levelup/1"}';

/** Entries as the text of one file, a line each. */
export const textOf = (entries: readonly ManifestEntry[]): string =>
  [MANIFEST_HEAD, ...entries.map((each) => JSON.stringify(each)), ""].join("\n");

/** The entries of a file's text; lines that are damaged or cut off are left out. */
export function entriesIn(text: string): ManifestEntry[] {
  const [head, ...lines] = text.split("\n");
  if (head !== MANIFEST_HEAD) return [];
  return lines.flatMap((line) => {
    const parsed = entry.safeParse(parsedJson(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
