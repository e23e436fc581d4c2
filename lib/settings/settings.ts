import * as z from "zod/mini";

/**
 * One schema with its defaults. Stored settings, command-line settings and the page's controls
 * all pass through `parseSettings`; a field that does not fit falls back to its default, so an
 * old or damaged store never keeps the page from opening.
 */

/** ffmpeg's loudnorm accepts -70…-5 LUFS; louder than -5 is no target that music survives. */
export const targetLoudnessRange = { min: -70, max: -5 } as const;
export const ceilingRange = { min: -9, max: 0 } as const;
export const passesRange = { min: 1, max: 5 } as const;
export const accuracyRange = { min: 0.05, max: 3 } as const;
export const workersRange = { min: 1, max: 64 } as const;
export const limitingRange = { min: 0, max: 20 } as const;

export const outputFormats = ["same", "mp3", "flac", "wav", "m4a", "ogg", "opus"] as const;
export const destinations = ["leveled", "folder", "replace", "download"] as const;
export const peakPolicies = ["limit", "quieter", "dynamic"] as const;
export const levelByChoices = ["track", "album"] as const;
export const coreUses = ["automatic", "conservative", "aggressive"] as const;

export type OutputFormat = (typeof outputFormats)[number];
export type SaveTo = (typeof destinations)[number];
export type PeakPolicy = (typeof peakPolicies)[number];
export type LevelBy = (typeof levelByChoices)[number];
export type CoreUse = (typeof coreUses)[number];

const within = (range: { min: number; max: number }) =>
  z.number().check(z.gte(range.min), z.lte(range.max));
const wholeWithin = (range: { min: number; max: number }) =>
  z.int().check(z.gte(range.min), z.lte(range.max));

const shape = {
  /** Id of the destination preset that filled the target fields; "custom" once one was edited. */
  preset: z._default(z.string().check(z.maxLength(40)), "streaming"),
  /** LUFS. */
  targetLoudness: z._default(within(targetLoudnessRange), -14),
  /** dBTP. */
  truePeakCeiling: z._default(within(ceilingRange), -1),
  /** When the gain would push peaks over the ceiling: limit, stay quieter, or ffmpeg's loudnorm. */
  whenPeaksTooHigh: z._default(z.enum(peakPolicies), "limit"),
  /** The most gain reduction the limiter may apply, in dB; beyond it a song stays quieter. */
  mostLimiting: z._default(within(limitingRange), 6),
  levelBy: z._default(z.enum(levelByChoices), "track"),
  /** Never make a song louder. */
  onlyTurnDown: z._default(z.boolean(), false),
  /** Count a mono file as two equal channels, as most players render it. */
  dualMono: z._default(z.boolean(), false),
  outputFormat: z._default(z.enum(outputFormats), "same"),
  saveTo: z._default(z.enum(destinations), "leveled"),
  /** Keep a copy of each original in the folder Originals when originals are replaced. */
  keepOriginals: z._default(z.boolean(), true),
  /** Change MP3 and Opus loudness without re-encoding, in the steps their format allows. */
  losslessWherePossible: z._default(z.boolean(), false),
  /** Write ReplayGain (Opus: R128) tags that fit the delivered song. */
  writeLoudnessTags: z._default(z.boolean(), false),
  enableParallelProcessing: z._default(z.boolean(), true),
  /** How many cores the automatic worker count uses. */
  coreUse: z._default(z.enum(coreUses), "automatic"),
  /** An exact number of workers; null = automatic. */
  maxConcurrentJobs: z._default(z.nullable(wholeWithin(workersRange)), null),
  /** Let workers rest while the processor is under pressure. */
  keepResponsive: z._default(z.boolean(), false),
  /** Measure the encoded file and correct it. Off: measure and apply once. */
  twoPassNormalization: z._default(z.boolean(), true),
  /** The most encodes of one song. */
  maxPasses: z._default(wholeWithin(passesRange), 2),
  /** LU. A result further than this from the target is corrected; a source nearer is skipped. */
  accuracyThreshold: z._default(within(accuracyRange), 0.2),
};

export const settingsSchema = z.object(shape);
export type Settings = z.infer<typeof settingsSchema>;

export const defaultSettings: Settings = settingsSchema.parse({});

/** Reads foreign settings: every field that fits is taken, every other one has its default. */
export function parseSettings(stored: unknown): Settings {
  if (typeof stored !== "object" || stored === null) return defaultSettings;
  const fields = stored as Record<string, unknown>;
  const taken = Object.entries(shape)
    .map(([name, field]) => [name, field.safeParse(fields[name])] as const)
    .filter(([, result]) => result.success)
    .map(([name, result]) => [name, result.data] as const);
  return { ...defaultSettings, ...(Object.fromEntries(taken) as Partial<Settings>) };
}
