"use client";

import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { automaticWorkers } from "@/lib/batch/worker-count";
import { PRESETS_CHECKED, presetOf } from "@/lib/settings/presets";
import { isOwnId } from "@/lib/settings/own-presets";
import { hasEffect, type SettingName } from "@/lib/settings/settings";
import { isRunning, useSession } from "../session";
import { strings } from "../strings";
import { Button } from "../ui/button";
import { OwnPresets } from "./own-presets";
import { SettingField, type SettingFieldProps } from "./setting-field";
import { SettingsLine } from "./settings-line";

const t = strings.target;

type Place = "front" | keyof typeof t.parts;

/** Where each setting stands; within its place in the order of this table. */
const places: Readonly<Record<SettingName, Place>> = {
  preset: "front",
  saveTo: "front",
  keepOriginals: "front",
  targetLoudness: "loudness",
  accuracyThreshold: "loudness",
  levelBy: "loudness",
  albumsBy: "loudness",
  onlyTurnDown: "loudness",
  dualMono: "loudness",
  truePeakCeiling: "peaks",
  whenPeaksTooHigh: "peaks",
  mostLimiting: "peaks",
  outputFormat: "files",
  reencoding: "files",
  whenEncodedAgain: "files",
  loudnessTags: "files",
  copyBeside: "files",
  maxPasses: "work",
  coreUse: "work",
  maxConcurrentJobs: "work",
  twoPassNormalization: "work",
  enableParallelProcessing: "work",
  keepResponsive: "work",
  onlyNew: "work",
};
const inOrder = Object.keys(places) as SettingName[];
const parts = Object.keys(t.parts) as (keyof typeof t.parts)[];

/** Not shown while they have no effect; every other setting stays where it is. */
const hideable: readonly SettingName[] = ["keepOriginals"];

/**
 * Where the songs shall arrive, and how. Before there are songs: what for and where to, the rest
 * behind *More settings*. Then a line says all in words, and both stand behind it.
 */
export function TargetPanel() {
  const empty = useSession((state) => state.order.length === 0);
  const settings = useSession((state) => state.settings);
  const { folders, cores } = useSession((state) => state.capabilities);
  const running = useSession(isRunning);
  const [hint, setHint] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const more = useRef<HTMLDetailsElement>(null);
  const id = useId();

  useEffect(() => {
    // The songs get the room.
    if (running && more.current !== null) more.current.open = false;
  }, [running]);

  /** What a control has besides its description. */
  const special: Partial<Record<SettingName, Omit<SettingFieldProps, "name" | "onHint">>> = {
    copyBeside: { className: "col-span-full" },
    saveTo: folders ? {} : { offers: ["download"], hint: strings.intake.noFolders },
    maxConcurrentJobs: { placeholder: String(automaticWorkers(settings.coreUse, cores)) },
  };
  const fieldsAt = (place: Place) =>
    inOrder
      .filter((name) => places[name] === place)
      .filter((name) => !hideable.includes(name) || hasEffect(name, settings))
      .map((name) => <SettingField key={name} name={name} onHint={setHint} {...special[name]} />);
  const front = (
    <div className="grid gap-x-3.5 gap-y-2.5 sm:grid-cols-[repeat(3,minmax(0,18rem))]">
      {fieldsAt("front")}
    </div>
  );

  return (
    <section
      aria-label={t.heading}
      className={`border-line bg-surface [&_.control]:bg-panel rounded border px-3 ${
        empty
          ? "grid gap-2.5 py-3"
          : "flex min-w-0 flex-1 basis-152 flex-wrap items-center gap-x-3 py-1 has-[details[open]]:basis-full max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto]"
      }`}
    >
      {empty ? (
        front
      ) : (
        <div className="flex min-h-8 flex-1 basis-72 items-center gap-3 max-sm:contents">
          <SettingsLine />
          <Button
            className="max-sm:min-h-7"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => (more.current!.open = !more.current!.open)}
          >
            {t.change}
          </Button>
        </div>
      )}
      <details
        id={id}
        ref={more}
        className={empty ? "" : "open:col-span-2 open:basis-full"}
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary className="text-muted min-h-6 w-fit py-0.5 text-[0.8125rem]">{t.more}</summary>
        <div className="grid gap-3 py-2 max-xl:in-[details:not([open])]:hidden">
          {!empty && front}
          {parts.map((part) => (
            <Part key={part} name={t.parts[part].name} about={t.parts[part].about}>
              {fieldsAt(part)}
            </Part>
          ))}
          <OwnPresets />
        </div>
        {!empty && <HintLine hint={hint} />}
      </details>
      {empty && <HintLine hint={hint} />}
    </section>
  );
}

/** Settings that belong together, and what they are about. */
function Part({ name, about, children }: { name: string; about: string; children: ReactNode }) {
  const id = useId();
  return (
    <div
      role="group"
      aria-labelledby={id}
      className="border-line-soft grid gap-x-8 gap-y-2 border-t pt-2.5 lg:grid-cols-[17rem_1fr]"
    >
      <p className="text-muted text-xs">
        <strong id={id} className="text-ink block text-sm font-semibold">
          {name}
        </strong>
        {about}
      </p>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] content-start items-start gap-x-3.5 gap-y-2 [&>.check]:self-end">
        {children}
      </div>
    </div>
  );
}

/** What the control under the pointer or the focus does; else where the preset's numbers are from. */
function HintLine({ hint }: { hint: string | null }) {
  const id = useSession((state) => state.settings.preset);
  const { folders } = useSession((state) => state.capabilities);
  const running = useSession(isRunning);
  const preset = presetOf(id);
  return (
    <div className="border-line-soft text-muted grid min-h-5 border-t pt-1.5 text-[0.8125rem]/5 *:[grid-area:1/1]">
      {/* Stays in place under a hint, so that its link can be reached with the keyboard. */}
      <p className={hint === null ? "" : "pointer-events-none opacity-0"}>
        {running ? t.running : (preset?.about ?? (isOwnId(id) ? t.own.about : t.customAbout))}
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
  );
}
