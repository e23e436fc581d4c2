import { valuesOf, type Description } from "@/lib/settings/kinds";
import { presets } from "@/lib/settings/presets";
import { descriptionOf, needsOf, settingNames, type SettingName } from "@/lib/settings/settings";

/** What the command takes: options of its own, and one for each setting that has a flag. */

interface SettingFlag {
  readonly setting: SettingName;
  readonly description: Description;
  readonly flag: NonNullable<Description["flag"]>;
}

export const settingFlags: readonly SettingFlag[] = settingNames.flatMap((setting) => {
  const description = descriptionOf(setting);
  const { flag } = description;
  return flag ? [{ setting, description, flag }] : [];
});

const out = { name: "out", placeholder: "FOLDER", help: "write there instead of FOLDER/Leveled" };
const otherFlags = [
  { name: "preset", placeholder: "NAME", help: `target and ceiling of ${presetNames()}` },
  { name: "lossless", help: "the same as --reencoding never" },
  { name: "keep-times", help: "results have the modification times of their songs" },
  { name: "samples", help: "level the sample songs, in a folder made for them" },
  { name: "shard", placeholder: "K/N", help: "only the K-th of N parts (docs/archive.md)" },
  {
    name: "measured",
    placeholder: "FILE",
    help: "with --shard and --by album: the joined report of --measure, for albums in several folders",
  },
  {
    name: "report",
    placeholder: "FILE",
    help: "save the report: CSV or JSON lines (.jsonl) where FILE ends so, or JSON",
  },
  { name: "log", placeholder: "FILE", help: "save the batch log" },
  { name: "json", help: "tell everything as lines of JSON" },
  { name: "in-browser", help: "by the page, in a headless Chromium" },
  { name: "help", help: "this text" },
];

/** What is done instead of leveling; one of them at most. */
export const taskFlags = [
  { name: "measure", help: "measure only, write no song" },
  { name: "dry-run", help: "the same, and tell what would become of each song" },
  { name: "undo", help: "take lossless changes back, in place" },
  { name: "restore", help: "put back the originals that were kept" },
  { name: "delete-originals", help: "delete the originals that were kept" },
  { name: "resume", help: "go on with what was cut off" },
] as const;

/** Names are taken in any case. */
function presetNames(): string {
  return presets.map(({ id }) => id).join(", ");
}

/** As `parseArgs` takes them. */
export const parsedOptions = Object.fromEntries(
  [out, ...taskFlags, ...otherFlags, ...settingFlags.map(({ flag }) => flag)].map((flag) => [
    flag.name,
    { type: "placeholder" in flag ? ("string" as const) : ("boolean" as const) },
  ]),
);

/** The values of a choice that the command takes. */
export function offeredBy(description: Description): readonly string[] {
  if (description.kind !== "choice") return [];
  return description.flag?.offers ?? valuesOf(description);
}

export const helpText = (command: string): string => `Makes the songs of a folder equally loud.

${command} FOLDER [more folders or files] [options]
${command} merge-reports FOLDER --report FILE   joins the reports of shards

${[out, ...settingFlags.map(withValues), ...taskFlags, ...otherFlags].map(helpLine).join("\n")}

A file that is replaced keeps its mode and owner, but no access control list and
no extended attributes.

Exit code: 0 all well, 1 a song failed or nothing could be done, 2 wrong usage,
130 stopped (129 and 143: by the signals HUP and TERM).`;

interface HelpLine {
  readonly name: string;
  readonly placeholder?: string;
  readonly help: string;
}

function helpLine({ name, placeholder = "", help }: HelpLine): string {
  return `  ${`--${name} ${placeholder}`.padEnd(20)} ${help}`;
}

function withValues({ setting, description, flag }: SettingFlag): HelpLine {
  const idle = idleBeside(setting);
  const exclusion = idle.length > 0 ? `; no effect with ${idle.join(" or ")}` : "";
  return { ...flag, help: `${flag.help}${valuesText(description)}${exclusion}` };
}

/** The flags beside which a setting has no effect. */
function idleBeside(setting: SettingName): readonly string[] {
  return needsOf(setting).flatMap(([other, values]) =>
    settingFlags
      .filter((flagged) => flagged.setting === other)
      .flatMap(({ description, flag }) =>
        description.kind === "choice"
          ? offeredBy(description)
              .filter((value) => !values.includes(value))
              .map((value) => `--${flag.name} ${value}`)
          : [`--${flag.name}`],
      ),
  );
}

/** What an option takes, and its default. */
function valuesText(description: Description): string {
  switch (description.kind) {
    case "number":
      return `, ${description.min} to ${description.max} (${description.initial})`;
    case "count": {
      const { min, max, initial, automatic } = description;
      return `, ${min} to ${max} (${initial ?? automatic})`;
    }
    case "choice":
      return `: ${offeredBy(description).join(" | ")} (${description.initial})`;
    case "switch":
    case "preset":
      return "";
  }
}
