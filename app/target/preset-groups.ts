import { presetGroups as groups, presets } from "@/lib/settings/presets";
import { strings } from "../strings";
import type { OptionGroup } from "../ui/field";

/** The presets as the select shows them: by destination, each with its loudness. */
export const presetGroups: readonly OptionGroup<string>[] = groups.map((group) => ({
  name: strings.target.groups[group],
  options: presets
    .filter((preset) => preset.group === group)
    .map((preset) => ({ value: preset.id, text: preset.name })),
}));
