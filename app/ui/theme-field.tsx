"use client";

import { useEffect, useId } from "react";
import { prefer, showTheme, THEMES, usePreferences, type Theme } from "../preferences";
import { strings } from "../strings";

const t = strings.theme;

/** Light, dark, or as the computer has it. */
export function ThemeField() {
  const id = useId();
  const { theme } = usePreferences();
  // In development no script of the export has done it.
  useEffect(() => showTheme(theme), [theme]);
  return (
    <div className="text-muted flex items-center gap-1.5 text-[0.8125rem]">
      <label htmlFor={id}>{t.label}</label>
      <select
        id={id}
        className="border-line bg-surface text-ink h-7 rounded-[3px] border px-1"
        value={theme}
        onChange={(event) => prefer({ theme: event.target.value as Theme })}
      >
        {THEMES.map((value) => (
          <option key={value} value={value}>
            {t.themes[value]}
          </option>
        ))}
      </select>
    </div>
  );
}
