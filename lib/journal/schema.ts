import * as z from "zod/mini";
import type { FileState, SongEntry } from "@/lib/batch/run-record";
import { asTheBatch, type SongChoice } from "@/lib/song/choice";
import { parseSettings, type Settings } from "@/lib/settings/settings";

const modes = ["level", "undo", "restore", "delete-originals"] as const;
/** What is done to songs: a run over them, or what becomes of their kept originals. */
export type JournalMode = (typeof modes)[number];

/**
 * What is known of a batch outside this page: enough to finish it after the tab was closed or the
 * machine lost power. The head is written once; each song has an entry of its own, so that a step
 * costs one small write.
 */
export interface JournalHead {
  readonly batch: string;
  readonly mode: JournalMode;
  /** ISO date and time. */
  readonly startedAt: string;
  readonly settings: Settings;
  /** The picked folders. */
  readonly roots: readonly FileSystemDirectoryHandle[];
  /** Where *Another folder* writes to. */
  readonly target: FileSystemDirectoryHandle | null;
  /** In the order of the batch. `root`: index in `roots`. */
  readonly songs: readonly JournalSong[];
  /** Songs of the list that were left out: they are there again, and still left out. */
  readonly excluded?: readonly JournalPlace[];
}

export interface JournalPlace {
  readonly root: number;
  readonly path: string;
}

export interface JournalSong extends JournalPlace {
  /** On disk when the batch began; null where it was not there, or 0.1.0 wrote this. */
  readonly state: FileState | null;
  /** What is wanted of it apart from the rest, where that is something. */
  readonly choice?: SongChoice;
}

const isFolder = z.custom<FileSystemDirectoryHandle>(
  (value) => (value as Partial<FileSystemHandle> | null | undefined)?.kind === "directory",
);
const fileState = z.object({ size: z.number(), lastModified: z.number() });
const place = { root: z.int().check(z.gte(0)), path: z.string() };
const choice = z.object({
  excluded: z.boolean(),
  nudge: z.custom<SongChoice["nudge"]>(Number.isFinite),
  peaks: z.nullable(z.enum(["limit", "quieter", "dynamic"])),
});
const headSchema = z.object({
  batch: z.string().check(z.regex(/^\S+$/)),
  mode: z.enum(modes),
  startedAt: z.string(),
  settings: z.unknown(),
  roots: z.array(isFolder),
  target: z.nullable(isFolder),
  songs: z.array(
    z.object({
      ...place,
      state: z._default(z.nullable(fileState), null),
      choice: z._default(choice, asTheBatch),
    }),
  ),
  excluded: z._default(z.array(z.object(place)), []),
});

/** What is stored may be of an older version, or damaged: null then. */
export function readHead(value: unknown): JournalHead | null {
  const parsed = headSchema.safeParse(value);
  if (!parsed.success) return null;
  const { settings, ...head } = parsed.data;
  const fits = [...head.songs, ...head.excluded].every(({ root }) => root < head.roots.length);
  return fits ? { ...head, settings: parseSettings(settings) } : null;
}

const number = z.nullable(z.number());
const text = z.nullable(z.string());
/** Silence has a loudness and a peak of -Infinity, which is no `z.number()`. */
const level = z.custom<number>((value) => typeof value === "number");
const measurement = z.nullable(z.looseObject({ integrated: level, range: level, truePeak: level }));
const rowSchema = z.looseObject({
  path: z.string(),
  name: z.string(),
  size: z.number(),
  status: z.enum(["leveled", "tagged", "skipped"]),
  duration: number,
  gain: number,
  limited: number,
  source: measurement,
  result: measurement,
  output: text,
  reason: text,
  message: text,
});
const entrySchema = z.object({
  state: z.enum(["saving", "ended"]),
  written: z.optional(
    z.nullable(z.object({ fingerprint: z.string(), size: z.optional(z.number()) })),
  ),
  source: z.optional(fileState),
  row: rowSchema,
  lines: z.array(z.string()),
});
/** 0.1.0 noted the fingerprint alone, and only before the step. */
const earlierSchema = z.looseObject({ state: z.literal("saving"), fingerprint: z.string() });

export function readEntry(value: unknown): SongEntry | null {
  const earlier = earlierSchema.safeParse(value);
  const parsed = entrySchema.safeParse(
    earlier.success
      ? { ...earlier.data, written: { fingerprint: earlier.data.fingerprint } }
      : value,
  );
  // The fields that are shown were checked; the rest of a row is only passed on to the report.
  return parsed.success ? (parsed.data as unknown as SongEntry) : null;
}
