"use client";

import { useEffect } from "react";

const buttonOf = (event: Event) =>
  event.target instanceof Element ? event.target.closest("button") : null;

/**
 * What is meant once acts once. The second click of a double click does not reach another button
 * that took the first one's place meanwhile, and a key that is held presses no button anew.
 */
export function ActsOnce() {
  useEffect(() => {
    let clicked: Element | null = null;
    const onClick = (event: MouseEvent) => {
      const button = buttonOf(event);
      if (event.detail > 1 && button !== null && button !== clicked) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
      // Of the keyboard, clicks have no count.
      if (event.detail <= 1) clicked = button;
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.repeat && event.key === "Enter" && buttonOf(event)) event.preventDefault();
    };
    window.addEventListener("click", onClick, { capture: true });
    window.addEventListener("keydown", onKey, { capture: true });
    return () => {
      window.removeEventListener("click", onClick, { capture: true });
      window.removeEventListener("keydown", onKey, { capture: true });
    };
  }, []);
  return null;
}
