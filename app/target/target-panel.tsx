"use client";

import { useEffect, useRef, useState } from "react";
import { automaticWorkers } from "@/lib/batch/worker-count";
import { PRESETS_CHECKED, presetOf } from "@/lib/settings/presets";
import { isOwnId } from "@/lib/settings/own-presets";
import { hasEffect, type SettingName } from "@/lib/settings/settings";
import { isRunning, useSession } from "../session";
import { strings } from "../strings";
import { OwnPresets } from "./own-presets";
import { SettingField, type SettingFieldProps } from "./setting-field";

const t = strings.target;

type Place = "front" | "fine" | "checks";

/** Where each setting stands, in the order shown. */
const places: Readonly<Record<SettingName, Place>> = {
  preset: "front",
  targetLoudness: "front",
  truePeakCeiling: "front",
  whenPeaksTooHigh: "front",
  levelBy: "front",
  outputFormat: "front",
  saveTo: "front",
  coreUse: "fine",
  maxConcurrentJobs: "fine",
  maxPasses: "fine",
  accuracyThreshold: "fine",
  mostLimiting: "fine",
  albumsBy: "fine",
  reencoding: "fine",
  whenEncodedAgain: "fine",
  loudnessTags: "fine",
  twoPassNormalization: "checks",
  enableParallelProcessing: "checks",
  keepResponsive: "checks",
  onlyTurnDown: "checks",
  dualMono: "checks",
  onlyNew: "checks",
  keepOriginals: "checks",
  copyBeside: "checks",
};

/** Not shown while they have no effect; every other setting stays where it is. */
const hideable: readonly SettingName[] = ["keepOriginals"];

/** Where the songs shall arrive, and how: the front panel of the instrument. */
export function TargetPanel() {
  const settings = useSession((state) => state.settings);
  const { folders, cores } = useSession((state) => state.capabilities);
  const [hint, setHint] = useState<string | null>(null);
  const preset = presetOf(settings.preset);
  const running = useSession(isRunning);

  /** What a control has besides its description. */
  const special: Partial<Record<SettingName, Omit<SettingFieldProps, "name" | "onHint">>> = {
    preset: { className: "field-wide" },
    targetLoudness: { className: "field-readout" },
    truePeakCeiling: { className: "field-readout" },
    copyBeside: { className: "check-wide" },
    saveTo: folders ? {} : { offers: ["download"], hint: strings.intake.noFolders },
    maxConcurrentJobs: { placeholder: String(automaticWorkers(settings.coreUse, cores)) },
  };
  const fieldsAt = (place: Place) =>
    (Object.keys(places) as SettingName[])
      .filter((name) => places[name] === place)
      .filter((name) => !hideable.includes(name) || hasEffect(name, settings))
      .map((name) => <SettingField key={name} name={name} onHint={setHint} {...special[name]} />);

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
      <div className="panel-row">{fieldsAt("front")}</div>
      <details ref={advanced} open className="advanced">
        <summary>{t.advanced}</summary>
        <div className="panel-row panel-row-fine">
          {fieldsAt("fine")}
          <div className="checks">{fieldsAt("checks")}</div>
        </div>
        <OwnPresets />
      </details>
      <div className="hint-line">
        {/* Stays in place under a hint, so that its link can be reached with the keyboard. */}
        <p data-under={hint !== null || undefined}>
          {running
            ? t.running
            : (preset?.about ?? (isOwnId(settings.preset) ? t.own.about : t.customAbout))}
          {!running && preset?.source && (
            <>
              {" "}
              {t.source}:{" "}
              <a href={preset.source.url} target="_blank" rel="noreferrer">
                {preset.source.name}
              </a>
              , {t.confidence[preset.confidence]}, {t.checked(PRESETS_CHECKED)}.
            </>
          )}
          {!running && preset && !preset.source && <> {t.ownChoice}</>}
          {!folders && <> {strings.intake.noFolders}</>}
        </p>
        {hint !== null && <p aria-hidden>{hint}</p>}
      </div>
    </section>
  );
}
