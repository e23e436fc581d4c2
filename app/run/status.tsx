"use client";

import type { SessionState } from "@/lib/session/session-state";
import { countdown, statusText, WAITING_TEXT } from "@/lib/session/status-text";
import { isRunning, isWaiting, useIsReady, useSession, useThrottledSession } from "../session";

/**
 * A live region must not speak with every song: while a batch runs its text may change every 15
 * seconds, and at once when the phase does. After a pause only the songs in work still end.
 */
const quietly = {
  every: 15_000,
  urgent: (now: SessionState, shown: SessionState) =>
    now.phase !== shown.phase || now.phase === "paused" || !isRunning(now) || isWaiting(now),
};

/** The page's only `role=status`. */
export function Status() {
  const ready = useIsReady();
  const words = useThrottledSession(statusText, quietly);
  const left = useSession(({ totals }) => totals.secondsToWrite);
  return (
    <p
      role="status"
      tabIndex={-1}
      className="min-h-7 text-base/7 font-medium tracking-[-0.015em] sm:text-xl/7"
    >
      {ready && left === null && words}
      {ready && left !== null && (
        <>
          {/* A timer is not read out with every second. */}
          {WAITING_TEXT} <span role="timer">{countdown(left)}</span>
        </>
      )}
    </p>
  );
}
