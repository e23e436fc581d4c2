"use client";

import { useEffect } from "react";
import { useSessionStore } from "../session";

const canTakeFocus = (element: Element): boolean =>
  element instanceof HTMLElement && !element.matches(":disabled") && element.checkVisibility();

/**
 * Where the focus rests that has lost its place: the part of the page that it was in, else the
 * status. No button, which a second press of Enter would act on; Tab goes on from there.
 */
function restingPlace(places: readonly Element[]): HTMLElement | null {
  const status = document.querySelector<HTMLElement>("[role=status]");
  const place = places.find((each) => each.isConnected && canTakeFocus(each));
  if (!(place instanceof HTMLElement) || place.contains(status)) return status;
  place.tabIndex = -1;
  return place;
}

/** A button may go while it has the focus. Without this the focus would fall to the top of the page. */
export function FocusKeeper() {
  const store = useSessionStore();

  useEffect(() => {
    let last: Element | null = null;
    /** The parts of the page that hold `last`, from near to far. */
    let places: Element[] = [];
    let frame = 0;

    const look = () => {
      frame = 0;
      const active = document.activeElement;
      if (last === null || (active !== null && active !== document.body)) return;
      // Still there: the person has left it, to the page's ground or to another window.
      if (last.isConnected && canTakeFocus(last)) return;
      last = null;
      restingPlace(places)?.focus({ preventScroll: true });
    };
    // Two frames: React has drawn then, and the browser has taken the focus from what is gone.
    const lookSoon = () => {
      if (frame === 0) frame = requestAnimationFrame(() => (frame = requestAnimationFrame(look)));
    };
    const remember = (event: FocusEvent) => {
      last = event.target as Element;
      places = [];
      for (let each = last.parentElement; each && !each.matches("main, body");) {
        if (each.matches("section, aside, [role=group]")) places.push(each);
        each = each.parentElement;
      }
    };
    const triggers = ["focusout", "click", "keydown"] as const;
    document.addEventListener("focusin", remember);
    for (const type of triggers) document.addEventListener(type, lookSoon);
    const unsubscribe = store.subscribe((now, before) => {
      const shown = [
        "phase",
        "order",
        "question",
        "notice",
        "unfinished",
        "originalsKept",
      ] as const;
      if (shown.some((name) => now[name] !== before[name])) lookSoon();
    });
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("focusin", remember);
      for (const type of triggers) document.removeEventListener(type, lookSoon);
      unsubscribe();
    };
  }, [store]);

  return null;
}
