import * as z from "zod/mini";
import { parseSettings } from "@/lib/settings/settings";
import type { JournalEntry, JournalHead } from "./journal";

const isFolder = z.custom<FileSystemDirectoryHandle>(
  (value) => value instanceof FileSystemDirectoryHandle,
);
const headSchema = z.object({
  batch: z.string().check(z.regex(/^\S+$/)),
  mode: z.enum(["level", "undo"]),
  startedAt: z.string(),
  settings: z.unknown(),
  roots: z.array(isFolder),
  target: z.nullable(isFolder),
  songs: z.array(z.object({ root: z.int().check(z.gte(0)), path: z.string() })),
});

/** What is stored may be of an older version, or damaged: null then. */
export function readHead(value: unknown): JournalHead | null {
  const parsed = headSchema.safeParse(value);
  if (!parsed.success) return null;
  const { settings, ...head } = parsed.data;
  const fits = head.songs.every(({ root }) => root < head.roots.length);
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
  status: z.enum(["leveled", "skipped"]),
  duration: number,
  gain: number,
  limited: number,
  source: measurement,
  result: measurement,
  output: text,
  reason: text,
  message: text,
});
const entrySchema = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("saving"),
    fingerprint: z.string(),
    row: rowSchema,
    lines: z.array(z.string()),
  }),
  z.object({ state: z.literal("ended"), row: rowSchema, lines: z.array(z.string()) }),
]);

export function readEntry(value: unknown): JournalEntry | null {
  const parsed = entrySchema.safeParse(value);
  // The fields that are shown were checked; the rest of a row is only passed on to the report.
  return parsed.success ? (parsed.data as unknown as JournalEntry) : null;
}
