import type { Report } from "./in-browser/report";

/** What there is to say where songs cannot reach the target. */
export function targetNotes({ target, settings }: Report): string[] {
  const { heldBack, reachable, sourceSpreadLu, plannedSpreadLu } = target;
  const asked = Number(settings["targetLoudness"]);
  const notes = [];
  if (target.widens) {
    notes.push(
      `The plan makes the songs ${plannedSpreadLu!.toFixed(1)} LU wide, ${sourceSpreadLu!.toFixed(1)} LU before it.`,
    );
  }
  if (heldBack > 0 && reachable !== null && reachable < asked) {
    const songs = heldBack === 1 ? "1 song" : `${heldBack} songs`;
    notes.push(
      `${songs} cannot reach ${asked.toFixed(1)} LUFS. All songs can reach ${reachable.toFixed(1)} LUFS: --target ${reachable.toFixed(1)}`,
    );
  }
  return notes;
}

/** A line for each song that is not simply leveled: what became of it and why. */
export function songNotes(report: Report): string[] {
  return report.files
    .filter(({ status, message }) => message !== null || status === "failed")
    .map(
      ({ status, path, message, reason }) => `${status.padEnd(9)} ${path}: ${message ?? reason}`,
    );
}
