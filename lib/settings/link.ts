import { schemaOf } from "./kinds";
import { CUSTOM_PRESET, presets } from "./presets";
import {
  descriptionOf,
  holdsAtOnce,
  settingNames,
  type SettingName,
  type Settings,
} from "./settings";

/**
 * Settings in the fragment of a link, which no server sees: `#settings&targetLoudness=-16&…`. Where
 * results go, what becomes of originals and how a machine is used are no part of it: a link cannot
 * choose them.
 */
const MARK = "settings";

const ownMatter: ReadonlySet<SettingName> = new Set([
  "preset",
  "saveTo",
  "keepOriginals",
  "onlyNew",
]);

const linkable = settingNames.filter((name) => !ownMatter.has(name) && !holdsAtOnce(name));

/** Longer ones are not ours. */
const LONGEST = 4000;

export const linkOf = (page: string, settings: Settings): string =>
  `${page.split("#")[0]}#${MARK}&${linkable.map((name) => `${name}=${String(settings[name])}`).join("&")}`;

/** The settings that a fragment names and that are allowed; null where it is none of settings. */
export function linkedSettings(fragment: string): Partial<Settings> | null {
  const [mark, ...fields] = fragment.slice(0, LONGEST).replace(/^#/, "").split("&");
  if (mark !== MARK) return null;
  const given = new Map(
    fields.map((field) => {
      const [name = "", ...value] = field.split("=");
      return [name, valueOf(value.join("="))] as const;
    }),
  );
  return Object.fromEntries(
    linkable
      .filter((name) => schemaOf(descriptionOf(name)).safeParse(given.get(name)).success)
      .map((name) => [name, given.get(name)]),
  );
}

/** As JSON would have it, with or without quotes around text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What of them is another value than now. */
export const differing = (linked: Partial<Settings>, now: Settings): readonly SettingName[] =>
  linkable.filter((name) => linked[name] !== undefined && linked[name] !== now[name]);

/** What taking them changes: the preset is the one that they come to. */
export function takenFrom(linked: Partial<Settings>, now: Settings): Partial<Settings> {
  const after = { ...now, ...linked };
  const isThis = (wanted: Partial<Settings>) =>
    Object.entries(wanted).every(([name, value]) => after[name as SettingName] === value);
  const preset = presets.find(({ targetLoudness, truePeakCeiling, also }) =>
    isThis({ targetLoudness, truePeakCeiling, ...also }),
  );
  return { ...linked, preset: preset?.id ?? CUSTOM_PRESET };
}
