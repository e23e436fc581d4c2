import { labelOf } from "@/lib/settings/kinds";
import { descriptionOf, type Settings, type SettingName } from "@/lib/settings/settings";
import type { ControlValues } from "./page";

/** Settings as they are given to the page's controls. The preset follows from the others there. */
export function controlsOf(settings: Partial<Settings>): ControlValues {
  const names = (Object.keys(settings) as SettingName[]).filter((name) => name !== "preset");
  return Object.fromEntries(
    names.map((name) => {
      const description = descriptionOf(name);
      const value = settings[name] ?? "";
      return [
        labelOf(description),
        description.kind === "choice" ? (description.texts[String(value)] ?? "") : value,
      ];
    }),
  );
}
