import { descriptions } from "./descriptions";
import { schemaOf, type Description } from "./kinds";

/**
 * Stored settings, the terminal's and the page's controls all pass through `parseSettings`; a
 * field that does not fit falls back to its default, so an old or damaged store never keeps the
 * page from opening.
 */

export type SettingName = keyof typeof descriptions;
export type Settings = { [K in SettingName]: (typeof descriptions)[K]["initial"] };
export type SettingValue = Settings[SettingName];

export type OutputFormat = Settings["outputFormat"];
/** What an encoding is chosen by. */
export type EncodingWay = Pick<Settings, "outputFormat" | "whenEncodedAgain">;
export type SaveTo = Settings["saveTo"];

export const settingNames = Object.keys(descriptions) as SettingName[];

export const descriptionOf = (name: SettingName): Description => descriptions[name];

export const defaultSettings = Object.fromEntries(
  settingNames.map((name) => [name, descriptions[name].initial]),
) as Settings;

type Needs = { readonly [Other in SettingName]?: readonly Settings[Other][] };

/** Of what changes the sound: it stays as it is where only tags are written. */
const changesSound = { loudnessTags: ["leave", "write"] } as const;

/** The values of other settings beside which a setting has an effect, where it is not all. */
const needs: { readonly [Name in SettingName]?: Needs } = {
  targetLoudness: changesSound,
  truePeakCeiling: changesSound,
  whenPeaksTooHigh: changesSound,
  // Dynamic ends with a limiter too.
  mostLimiting: { whenPeaksTooHigh: ["limit", "dynamic"], ...changesSound },
  albumsBy: { levelBy: ["album"], ...changesSound },
  onlyTurnDown: changesSound,
  outputFormat: changesSound,
  reencoding: changesSound,
  whenEncodedAgain: changesSound,
  twoPassNormalization: changesSound,
  accuracyThreshold: changesSound,
  onlyNew: { saveTo: ["leveled", "replace"] },
  keepOriginals: { saveTo: ["replace"] },
  copyBeside: { saveTo: ["leveled", "folder", "download"] },
  coreUse: { enableParallelProcessing: [true], maxConcurrentJobs: [null] },
  maxConcurrentJobs: { enableParallelProcessing: [true] },
  maxPasses: { twoPassNormalization: [true], ...changesSound },
};

export const needsOf = (name: SettingName) =>
  Object.entries(needs[name] ?? {}) as [SettingName, readonly SettingValue[]][];

export const hasEffect = (name: SettingName, settings: Settings): boolean =>
  needsOf(name).every(([other, values]) => values.includes(settings[other]));

/** Settings that hold at once under a running batch; all others hold from the next one on. */
const heldAtOnce: ReadonlySet<SettingName> = new Set([
  ...(["enableParallelProcessing", "coreUse", "maxConcurrentJobs", "keepResponsive"] as const),
]);

export const holdsAtOnce = (name: SettingName): boolean => heldAtOnce.has(name);

/** The settings of a running batch after some were changed. */
export const changedUnderRun = (running: Settings, changed: Settings): Settings => ({
  ...running,
  ...Object.fromEntries([...heldAtOnce].map((name) => [name, changed[name]])),
});

const schemas = settingNames.map((name) => [name, schemaOf(descriptions[name])] as const);

/** What settings of earlier versions, which are no more, come to. */
const fromEarlier = (fields: Record<string, unknown>): Partial<Settings> => ({
  ...(fields["losslessWherePossible"] === true && { reencoding: "never" }),
  ...(fields["writeLoudnessTags"] === true && { loudnessTags: "write" }),
});

/** Reads foreign settings: every field that fits is taken, every other one has its default. */
export function parseSettings(stored: unknown): Settings {
  if (typeof stored !== "object" || stored === null) return defaultSettings;
  const fields = stored as Record<string, unknown>;
  const fitting = schemas
    .filter(([name, schema]) => schema.safeParse(fields[name]).success)
    .map(([name]) => [name, fields[name]]);
  return {
    ...defaultSettings,
    ...fromEarlier(fields),
    ...(Object.fromEntries(fitting) as Partial<Settings>),
  };
}
