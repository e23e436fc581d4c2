"use client";

import { useEffect, useRef, useState } from "react";
import {
  ceilingRange,
  levelByChoices,
  outputFormats,
  peakPolicies,
  destinations,
  targetLoudnessRange,
  type SaveTo,
} from "@/lib/settings/settings";
import { CUSTOM_PRESET, PRESETS_CHECKED, presetOf } from "@/lib/settings/presets";
import { useActions, useSession } from "../session";
import { strings } from "../strings";
import { NumberField, SelectField, type Option } from "../ui/field";
import { level } from "../ui/numbers";
import { Advanced } from "./advanced";
import { presetGroups } from "./preset-groups";

const t = strings.target;

const options = <V extends string>(values: readonly V[], texts: Record<V, string>): Option<V>[] =>
  values.map((value) => ({ value, text: texts[value] }));

const rangeText = ({ min, max }: { min: number; max: number }) => t.range(level(min), level(max));

/** Where the songs shall arrive, and how: the front panel of the instrument. */
export function TargetPanel() {
  const settings = useSession((state) => state.settings);
  const folders = useSession((state) => state.capabilities.folders);
  const actions = useActions();
  const [hint, setHint] = useState<string | null>(null);
  const preset = presetOf(settings.preset);

  const advanced = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    // Open by default, so that every control can be reached at once; on a phone it would push the
    // songs far down, so there it starts closed.
    if (window.matchMedia("(max-width: 40rem)").matches && advanced.current !== null) {
      advanced.current.open = false;
    }
  }, []);

  return (
    <section className="panel" aria-label={t.heading}>
      <div className="panel-row">
        <SelectField
          label={t.preset}
          hint={t.hints.preset}
          onHint={setHint}
          className="field-wide"
          value={preset?.id ?? CUSTOM_PRESET}
          options={[{ value: CUSTOM_PRESET, text: t.custom }]}
          groups={presetGroups}
          onChange={(id) => {
            const chosen = presetOf(id);
            actions.update(
              chosen === undefined
                ? { preset: CUSTOM_PRESET }
                : {
                    preset: chosen.id,
                    targetLoudness: chosen.targetLoudness,
                    truePeakCeiling: chosen.truePeakCeiling,
                  },
            );
          }}
        />
        <NumberField
          label={t.loudness}
          hint={t.hints.loudness}
          onHint={setHint}
          className="field-readout"
          value={settings.targetLoudness}
          range={targetLoudnessRange}
          rangeText={rangeText(targetLoudnessRange)}
          step={0.5}
          onChange={(targetLoudness) => {
            if (targetLoudness !== null) actions.update({ targetLoudness, preset: CUSTOM_PRESET });
          }}
        />
        <NumberField
          label={t.ceiling}
          hint={t.hints.ceiling}
          onHint={setHint}
          className="field-readout"
          value={settings.truePeakCeiling}
          range={ceilingRange}
          rangeText={rangeText(ceilingRange)}
          step={0.1}
          onChange={(truePeakCeiling) => {
            if (truePeakCeiling !== null) {
              actions.update({ truePeakCeiling, preset: CUSTOM_PRESET });
            }
          }}
        />
        <SelectField
          label={t.peaks}
          hint={t.hints.peaks}
          onHint={setHint}
          value={settings.whenPeaksTooHigh}
          options={options(peakPolicies, t.peakPolicies)}
          onChange={(whenPeaksTooHigh) => actions.update({ whenPeaksTooHigh })}
        />
        <SelectField
          label={t.levelBy}
          hint={t.hints.levelBy}
          onHint={setHint}
          value={settings.levelBy}
          options={options(levelByChoices, t.levels)}
          onChange={(levelBy) => actions.update({ levelBy })}
        />
        <SelectField
          label={t.format}
          hint={t.hints.format}
          onHint={setHint}
          value={settings.outputFormat}
          options={options(outputFormats, t.formats)}
          onChange={(outputFormat) => actions.update({ outputFormat })}
        />
        <SelectField
          label={t.saveTo}
          hint={folders ? t.hints.saveTo : strings.intake.noFolders}
          onHint={setHint}
          value={folders ? settings.saveTo : "download"}
          options={options<SaveTo>(folders ? destinations : ["download"], t.destinations)}
          onChange={(saveTo) => actions.update({ saveTo })}
        />
      </div>
      <details ref={advanced} open className="advanced">
        <summary>{t.advanced}</summary>
        <Advanced onHint={setHint} />
      </details>
      <div className="hint-line">
        {/* Stays in place under a hint, so that its link can be reached with the keyboard. */}
        <p data-under={hint !== null || undefined}>
          {preset?.about ?? t.customAbout}
          {preset && (
            <>
              {" "}
              {t.source}:{" "}
              <a href={preset.source.url} target="_blank" rel="noreferrer">
                {preset.source.name}
              </a>
              , {t.confidence[preset.confidence]}, {t.checked(PRESETS_CHECKED)}.
            </>
          )}
          {!folders && <> {strings.intake.noFolders}</>}
        </p>
        {hint !== null && <p aria-hidden>{hint}</p>}
      </div>
    </section>
  );
}
