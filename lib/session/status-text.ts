import type { SessionState } from "./session-state";

/** At the end of a batch that replaces songs; a countdown follows. */
export const WAITING_TEXT = "Waiting for the system to write everything:";

/** "0:42" */
export function countdown(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The text of the page's one status region. */
export function statusText({
  phase,
  totals,
  run,
}: Pick<SessionState, "phase" | "totals"> & Partial<Pick<SessionState, "run">>): string {
  const tagsOnly = run?.mode === "level" && run.settings.loudnessTags === "only";
  const songs = totals.inBatch === 1 ? "1 song" : `${totals.inBatch.toLocaleString("en")} songs`;
  switch (phase) {
    case "ready":
      return "Ready";
    case "measuring":
      return `Measuring ${songs}`;
    case "leveling":
      if (totals.secondsToWrite !== null) {
        return `${WAITING_TEXT} ${countdown(totals.secondsToWrite)}`;
      }
      return tagsOnly ? `Tagging ${songs}` : `Leveling ${songs}`;
    case "paused":
      return `Paused after ${totals.completed.toLocaleString("en")} of ${songs}`;
    // Read by programs too: its numbers are bare digits.
    case "finished": {
      const { inBatch, leveled, tagged, measured, skipped, failed, cancelled } = totals;
      const stopped = cancelled > 0 ? `, ${cancelled} stopped` : "";
      const done =
        measured > 0 && leveled + tagged === 0
          ? `${measured} of ${inBatch} measured`
          : tagsOnly
            ? `${tagged} of ${inBatch} tagged`
            : `${leveled} of ${inBatch} leveled`;
      return `Finished: ${done}, ${skipped} skipped, ${failed} failed${stopped}`;
    }
  }
}
