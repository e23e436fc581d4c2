import { valuesOf, type Description } from "@/lib/settings/kinds";
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
  { name: "measure", help: "measure only, write no song" },
  { name: "lossless", help: "the same as --reencoding never" },
  { name: "undo", help: "take lossless changes back, in place" },
  { name: "report", placeholder: "FILE", help: "save the report as JSON" },
  { name: "log", placeholder: "FILE", help: "save the batch log" },
  { name: "help", help: "this text" },
];

/** As `parseArgs` takes them. */
export const parsedOptions = Object.fromEntries(
  [out, ...otherFlags, ...settingFlags.map(({ flag }) => flag)].map((flag) => [
    flag.name,
    { type: "placeholder" in flag ? ("string" as const) : ("boolean" as const) },
  ]),
);

/** The values of a choice that the command takes. */
export function offeredBy(description: Description): readonly string[] {
  if (description.kind !== "choice") return [];
  return description.flag?.offers ?? valuesOf(description);
}

export const helpText = `Makes the songs of a folder equally loud.

npm run level -- FOLDER [more folders or files] [options]

${[out, ...settingFlags.map(withValues), ...otherFlags].map(helpLine).join("\n")}

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
