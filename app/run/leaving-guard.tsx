"use client";

import { useEffect } from "react";
import { isRunning, useSession, useSessionStore } from "../session";
import { strings } from "../strings";

/** Asks before the tab is closed in the middle of a batch, and tells the progress in its title. */
export function LeavingGuard() {
  const store = useSessionStore();
  const running = useSession(isRunning);

  useEffect(() => {
    if (!running) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [running]);

  useEffect(() => {
    const show = () => {
      const state = store.getState();
      const { completed, inBatch } = state.totals;
      const title = isRunning(state)
        ? strings.run.title(completed, inBatch)
        : state.phase === "finished"
          ? strings.run.titleDone
          : strings.app.name;
      if (document.title !== title) document.title = title;
    };
    show();
    return store.subscribe(show);
  }, [store]);

  return null;
}
