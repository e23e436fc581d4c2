"use client";

import { useEffect, type RefObject } from "react";

/**
 * Where what has the focus goes away or is disabled, the focus falls to the page's body: the place
 * that held it takes it then, which needs a `tabIndex` of -1.
 */
export function useKeptFocus(place: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    let held: Element | null = null;
    const note = ({ target }: FocusEvent) => (held = target as Element);
    const leave = ({ target, relatedTarget }: FocusEvent) => {
      const gone = !(target as Element).isConnected || (target as Element).matches(":disabled");
      if (relatedTarget !== null || !gone) held = null;
    };
    const look = () => {
      if (held === null || document.activeElement !== document.body) return;
      held = null;
      element.focus({ preventScroll: true });
    };
    const observer = new MutationObserver(look);
    observer.observe(element, { childList: true, subtree: true, attributeFilter: ["disabled"] });
    element.addEventListener("focusin", note);
    element.addEventListener("focusout", leave);
    return () => {
      observer.disconnect();
      element.removeEventListener("focusin", note);
      element.removeEventListener("focusout", leave);
    };
  }, [place]);
}
