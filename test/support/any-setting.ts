import fc from "fast-check";
import { valuesOf } from "@/lib/settings/kinds";
import { presets } from "@/lib/settings/presets";
import {
  descriptionOf,
  settingNames,
  type Settings,
  type SettingName,
  type SettingValue,
} from "@/lib/settings/settings";

/** Any value that a person can give to a setting. */
export function anyValueOf(name: SettingName): fc.Arbitrary<SettingValue> {
  const description = descriptionOf(name);
  switch (description.kind) {
    case "number": {
      const { min, max } = description;
      // Text and JSON know no negative zero.
      return fc.double({ min, max, noNaN: true }).map((value) => value + 0);
    }
    case "count": {
      const { min, max, automatic } = description;
      const counts = fc.integer({ min, max });
      return automatic === undefined ? counts : fc.option(counts);
    }
    case "choice":
      return fc.constantFrom(...valuesOf(description));
    case "switch":
      return fc.boolean();
    case "preset":
      return fc.constantFrom(...presets.map(({ id }) => id), "custom");
  }
}

export const anySettings = fc.record(
  Object.fromEntries(settingNames.map((name) => [name, anyValueOf(name)])),
) as fc.Arbitrary<Settings>;
