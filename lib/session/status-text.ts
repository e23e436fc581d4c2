import type { SessionState } from "./session-state";

/** The text of the page's one status region. */
export function statusText({ phase, totals }: Pick<SessionState, "phase" | "totals">): string {
  const songs = totals.inBatch === 1 ? "1 song" : `${totals.inBatch} songs`;
  switch (phase) {
    case "ready":
      return "Ready";
    case "measuring":
      return `Measuring ${songs}`;
    case "leveling":
      return `Leveling ${songs}`;
    case "paused":
      return `Paused after ${totals.completed} of ${songs}`;
    case "finished": {
      const { inBatch, leveled, measured, skipped, failed, cancelled } = totals;
      const stopped = cancelled > 0 ? `, ${cancelled} stopped` : "";
      return measured > 0 && leveled === 0
        ? `Finished: ${measured} of ${inBatch} measured, ${skipped} skipped, ${failed} failed${stopped}`
        : `Finished: ${leveled} of ${inBatch} leveled, ${skipped} skipped, ${failed} failed${stopped}`;
    }
  }
}
