"use client";

import { Fragment } from "react";
import { labelOf } from "@/lib/settings/kinds";
import { presetOf } from "@/lib/settings/presets";
import {
  defaultSettings,
  descriptionOf,
  hasEffect,
  settingNames,
  type SettingName,
  type Settings,
} from "@/lib/settings/settings";
import type { SessionState } from "@/lib/session/session-state";
import { isRunning, useSession } from "../session";
import { strings } from "../strings";
import { level } from "../ui/numbers";

const t = strings.target;

/** What the line says in words; of all others it says how many are not as at first. */
const said: ReadonlySet<SettingName> = new Set([
  ...(["preset", "targetLoudness", "truePeakCeiling", "whenPeaksTooHigh", "levelBy"] as const),
  ...(["outputFormat", "saveTo", "keepOriginals", "loudnessTags"] as const),
]);

/** Characters of a part that may be broken: a path, or a list of them. */
const LONG = 24;

/** A batch runs with its own settings, whatever is set for the next one. */
const settingsOf = (state: SessionState): Settings =>
  isRunning(state) && state.run ? state.run.settings : state.settings;

/** The settings that *Start* works with, or the running batch does, in one line. */
export function SettingsLine() {
  const settings = useSession(settingsOf);
  const folders = useSession((state) => state.folders);
  const target = useSession((state) => (isRunning(state) ? (state.run?.target ?? null) : null));
  const writes = useSession((state) => state.capabilities.folders);
  const saveTo = writes ? settings.saveTo : "download";
  const others = settingNames.filter(
    (name) =>
      !said.has(name) && hasEffect(name, settings) && settings[name] !== defaultSettings[name],
  );
  const parts = [
    ...soundOf(settings),
    whereOf({ ...settings, saveTo }, folders, target),
    ...(others.length > 0 ? [t.words.others(others.length)] : []),
  ];
  return (
    <p
      className="min-w-0 flex-1 basis-72 text-[0.8125rem] max-sm:row-span-2"
      title={others.map((name) => labelOf(descriptionOf(name))).join(", ") || undefined}
    >
      {parts.map((part, index) => (
        <Fragment key={part}>
          {index > 0 && "\u00a0· "}
          <span className={part.length > LONG ? "" : "whitespace-nowrap"}>{part}</span>
        </Fragment>
      ))}
    </p>
  );
}

const text = (name: "whenPeaksTooHigh" | "levelBy" | "outputFormat", settings: Settings) => {
  const description = descriptionOf(name);
  return description.kind === "choice" ? (description.texts[settings[name]] ?? "") : "";
};
const short = (value: number) => level(value).replace(".0", "");

function soundOf(settings: Settings): string[] {
  if (settings.loudnessTags === "only") return [t.words.tagsOnly, text("levelBy", settings)];
  return [
    presetOf(settings.preset)?.name ?? t.custom,
    t.words.target(short(settings.targetLoudness)),
    t.words.ceiling(short(settings.truePeakCeiling)),
    text("whenPeaksTooHigh", settings),
    text("levelBy", settings),
    ...(settings.outputFormat === "same" ? [] : [text("outputFormat", settings)]),
  ];
}

function whereOf(
  { saveTo, keepOriginals }: Pick<Settings, "saveTo" | "keepOriginals">,
  folders: SessionState["folders"],
  target: string | null,
): string {
  switch (saveTo) {
    case "leveled":
      return t.words.into(strings.run.where.leveled(folders));
    case "folder":
      return t.words.into(target ?? t.words.another);
    case "replace":
      return keepOriginals ? t.words.replace.kept : t.words.replace.notKept;
    case "download":
      return t.words.download;
  }
}
