"use client";

import { useEffect, useEffectEvent } from "react";
import { preferences } from "../preferences";
import { isRunning, useActions, useSessionStore } from "../session";

export interface ShortcutTargets {
  readonly onHelp: () => void;
  readonly onStop: () => void;
}

const takesText = (element: Element | null) =>
  element instanceof HTMLElement &&
  (element.isContentEditable ||
    element.matches("textarea, select, input:not([type=checkbox], [type=radio])"));

/** The keys that work anywhere on the page; the help names them (`strings.shortcuts`). */
export function Shortcuts({ onHelp, onStop }: ShortcutTargets) {
  const actions = useActions();
  const store = useSessionStore();

  const press = useEffectEvent((key: string): boolean => {
    const state = store.getState();
    const running = isRunning(state);
    const songs = state.order.length > 0;
    switch (key) {
      case "?":
        onHelp();
        return true;
      case "/": {
        const search = document.querySelector<HTMLElement>("input[type=search]");
        search?.focus();
        return search !== null;
      }
      case "s":
        if (running || !songs) return false;
        void actions.start();
        return true;
      case "m":
        if (running || !songs) return false;
        void actions.measure("key");
        return true;
      case "p":
        if (!running) return false;
        if (state.phase === "paused") actions.resume();
        else actions.pause();
        return true;
      case "x":
        if (!running) return false;
        onStop();
        return true;
      default:
        return false;
    }
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, repeat, isComposing, defaultPrevented } = event;
      if (ctrlKey || metaKey || altKey || repeat || isComposing || defaultPrevented) return;
      if (!preferences().shortcuts || takesText(document.activeElement)) return;
      // A dialog has keys of its own, and what lies behind it must not answer.
      if (document.querySelector("dialog[open]") !== null) return;
      if (press(key.length === 1 ? key.toLowerCase() : key)) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);

  return null;
}
