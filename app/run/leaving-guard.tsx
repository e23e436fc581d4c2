"use client";

import { useEffect } from "react";
import type { SessionState } from "@/lib/session/session-state";
import { isRunning, useSession, useSessionStore } from "../session";
import { strings } from "../strings";
import { percent } from "../ui/numbers";

/** Asks before the tab is closed in the middle of a batch, and tells the progress in its title and badge. */
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
      const title = titleOf(store.getState());
      if (document.title !== title) document.title = title;
    };
    show();
    return store.subscribe(show);
  }, [store]);

  useEffect(() => {
    if (!("setAppBadge" in navigator)) return;
    let shown: number | null = null;
    const show = (left: number | null) => {
      if (left === shown) return;
      shown = left;
      // Best effort: only an installed page has a badge.
      void (left === null ? navigator.clearAppBadge() : navigator.setAppBadge(left)).catch(
        () => undefined,
      );
    };
    const follow = () => {
      const state = store.getState();
      show(isRunning(state) ? state.totals.inBatch - state.totals.completed : null);
    };
    follow();
    return store.subscribe(follow);
  }, [store]);

  return null;
}

function titleOf(state: SessionState): string {
  const { audioSeconds, audioSecondsDone } = state.totals;
  const share = percent(audioSeconds > 0 ? audioSecondsDone / audioSeconds : 0);
  if (state.phase === "paused") return strings.run.titlePaused(share);
  if (isRunning(state)) return strings.run.title(share);
  return state.phase === "finished" ? strings.run.titleDone : strings.app.name;
}
