"use client";

import { labelOf, readNumber, valuesOf, type NumberDescription } from "@/lib/settings/kinds";
import { isOwnId, nameInId, ownId } from "@/lib/settings/own-presets";
import { changeOf, CUSTOM_PRESET, presetGroups, presetOf, presets } from "@/lib/settings/presets";
import {
  descriptionOf,
  holdsAtOnce,
  type SettingName,
  type SettingValue,
} from "@/lib/settings/settings";
import { isRunning, useActions, useSession, useSessionStore } from "../session";
import { strings } from "../strings";
import { CheckField, NumberField, SelectField, type OptionGroup } from "../ui/field";
import { level } from "../ui/numbers";

const t = strings.target;

/** The presets as the list shows them, by destination. */
const groups: readonly OptionGroup<string>[] = presetGroups.map((group) => ({
  name: t.groups[group],
  options: presets
    .filter((preset) => preset.group === group)
    .map(({ id, name }) => ({ value: id, text: name })),
}));

/** Levels are written as in the table of songs, differences as they are. */
const written = ({ unit }: NumberDescription, value: number) =>
  unit === "LUFS" || unit === "dBTP" ? level(value) : String(value);

export interface SettingFieldProps {
  readonly name: SettingName;
  readonly onHint: (hint: string | null) => void;
  readonly className?: string;
  /** In place of the setting's own hint. */
  readonly hint?: string;
  /** The values that can be chosen here and now, where not all. */
  readonly offers?: readonly string[];
  /** What an empty field stands for. */
  readonly placeholder?: string;
}

/** The control of a setting, by its kind. */
export function SettingField({ name, offers, placeholder, ...props }: SettingFieldProps) {
  const description = descriptionOf(name);
  const value = useSession((state) => state.settings[name]);
  const actions = useActions();
  const store = useSessionStore();
  const own = useSession((state) => state.ownPresets);
  const set = (value: SettingValue) =>
    actions.update(changeOf(name, value, store.getState().settings));
  const waits = useSession(isRunning) && !holdsAtOnce(name);
  const hint = props.hint ?? description.hint;
  const common = {
    ...props,
    hint: waits ? t.forNext(hint) : hint,
    label: labelOf(description),
  };
  switch (description.kind) {
    case "number":
    case "count": {
      const { kind, min, max } = description;
      return (
        <NumberField
          {...common}
          value={typeof value === "number" ? value : null}
          range={{ min, max, step: kind === "number" ? description.step : 1 }}
          rangeText={
            kind === "number"
              ? t.range(
                  written(description, min),
                  written(description, max),
                  written(description, Number(value)),
                )
              : t.wholeRange(String(min), String(max), value === null ? t.automatic : String(value))
          }
          read={(text) => readNumber(description, text)}
          placeholder={placeholder}
          onChange={set}
        />
      );
    }
    case "choice": {
      const values = offers ?? valuesOf(description);
      return (
        <SelectField
          {...common}
          value={values.find((each) => each === value) ?? values[0] ?? ""}
          options={values.map((each) => ({ value: each, text: description.texts[each] ?? each }))}
          onChange={set}
        />
      );
    }
    case "preset": {
      const id = String(value);
      const ownOptions = own.map(({ name: text }) => ({ value: ownId(text), text }));
      const isOwn = ownOptions.some((option) => option.value === id);
      return (
        <SelectField
          {...common}
          value={isOwn ? id : (presetOf(id)?.id ?? CUSTOM_PRESET)}
          options={[{ value: CUSTOM_PRESET, text: t.custom }]}
          groups={own.length > 0 ? [...groups, { name: t.own.group, options: ownOptions }] : groups}
          onChange={(chosen) => (isOwnId(chosen) ? actions.useKept(nameInId(chosen)) : set(chosen))}
        />
      );
    }
    case "switch":
      return <CheckField {...common} checked={value === true} onChange={set} />;
  }
}
