"use client";

import { useSyncExternalStore } from "react";
import { THEME_KEY } from "./theme-script";

/**
 * Small choices about the page itself, kept in this browser. They are no settings of a batch: no
 * report holds them, and no command line sets them.
 */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  readonly theme: Theme;
  /** Whether single characters work as shortcuts (WCAG 2.1.4). */
  readonly shortcuts: boolean;
  /** Whether a notification tells of the end of a batch while the tab is hidden. */
  readonly tellWhenDone: boolean;
}

const KEYS = { theme: THEME_KEY, shortcuts: "shortcuts", tellWhenDone: "tell-when-done" } as const;
const atFirst: Preferences = { theme: "system", shortcuts: true, tellWhenDone: false };

let current: Preferences | null = null;
const listeners = new Set<() => void>();

function read(): Preferences {
  try {
    const theme = localStorage.getItem(KEYS.theme);
    return {
      theme: THEMES.find((known) => known === theme) ?? atFirst.theme,
      shortcuts: localStorage.getItem(KEYS.shortcuts) !== "off",
      tellWhenDone: localStorage.getItem(KEYS.tellWhenDone) === "on",
    };
  } catch {
    // A browser that keeps nothing: choices hold until the page is closed.
    return atFirst;
  }
}

export const preferences = (): Preferences => (current ??= read());

export function showTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function prefer(change: Partial<Preferences>): void {
  current = { ...preferences(), ...change };
  const { theme, shortcuts, tellWhenDone } = current;
  try {
    localStorage.setItem(KEYS.theme, theme);
    localStorage.setItem(KEYS.shortcuts, shortcuts ? "on" : "off");
    localStorage.setItem(KEYS.tellWhenDone, tellWhenDone ? "on" : "off");
  } catch {
    // See above.
  }
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const usePreferences = (): Preferences =>
  useSyncExternalStore(subscribe, preferences, () => atFirst);
