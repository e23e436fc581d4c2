import * as z from "zod/mini";
import {
  holdsAtOnce,
  parseSettings,
  settingNames,
  type SettingName,
  type Settings,
} from "./settings";

/** What begins the id of a preset that the person made, as it stands in `Settings.preset`. */
const OWN = "own:";

export const MOST_OWN_NAME = 30;
/** More than anyone needs, and few enough to be listed. */
const MOST_OWN = 50;

/** Settings that the person keeps under a name. */
export interface OwnPreset {
  readonly name: string;
  readonly settings: Partial<Settings>;
}

export const ownId = (name: string): string => OWN + name;
export const isOwnId = (id: string): boolean => id.startsWith(OWN);
/** The name in an id of `ownId`. */
export const nameInId = (id: string): string => id.slice(OWN.length);

/** A name as it is kept; null where there is nothing in it. */
export const ownName = (typed: string): string | null =>
  typed.trim().replaceAll(/\s+/g, " ").slice(0, MOST_OWN_NAME).trim() || null;

/** A preset holds what is made and where it goes, not how many songs are worked on at once. */
const held = (name: SettingName): boolean => name !== "preset" && !holdsAtOnce(name);

const only = (settings: Partial<Settings>): Partial<Settings> =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => held(name as SettingName)));

export const ownPresetOf = (name: string, settings: Settings): OwnPreset => ({
  name,
  settings: only(settings),
});

/** The presets with one more, which takes the place of another of its name. */
export function withOwn(presets: readonly OwnPreset[], added: OwnPreset): readonly OwnPreset[] {
  const others = presets.filter(({ name }) => name !== added.name);
  const all = [...others, added].toSorted((a, b) => a.name.localeCompare(b.name, "en"));
  return all.slice(0, MOST_OWN);
}

/** What choosing it changes. */
export const chosenOwn = ({ name, settings }: OwnPreset): Partial<Settings> => ({
  ...settings,
  preset: ownId(name),
});

const stored = z.array(z.object({ name: z.string(), settings: z.record(z.string(), z.unknown()) }));

/** Reads foreign presets: what does not fit of one has its default, as with stored settings. */
export function parseOwnPresets(foreign: unknown): readonly OwnPreset[] {
  const parsed = stored.safeParse(foreign);
  if (!parsed.success) return [];
  let presets: readonly OwnPreset[] = [];
  for (const { name, settings } of parsed.data) {
    const kept = ownName(name);
    if (kept === null) continue;
    const known = parseSettings(settings);
    const names = settingNames.filter((each) => Object.hasOwn(settings, each));
    const given = Object.fromEntries(names.map((each) => [each, known[each]]));
    presets = withOwn(presets, { name: kept, settings: only(given) });
  }
  return presets;
}
