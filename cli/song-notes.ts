import { oneLine } from "@/lib/batch/log";
import type { Report, ReportedFile } from "./in-browser/report";
import { unseenText } from "./unseen-songs";

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

/** A line for each song that is not simply leveled: what became of it, or will, and why. */
export function songNotes(report: Report): string[] {
  return report.files.flatMap(({ status, path, message, reason, planned }) => {
    const will = status === "measured" ? planned?.routeText : null;
    const failed = status === "failed" ? (message ?? reason) : message;
    const said = [will, failed].filter((each) => each != null);
    return said.length === 0 ? [] : `${status.padEnd(9)} ${oneLine(path)}: ${said.join(" ")}`;
  });
}

/** How many lossy songs went, or will go, which way. */
export function wayNotes({ files }: Report): string[] {
  const planned = files.flatMap(({ status, planned }) =>
    status === "measured" ? (planned ?? []) : [],
  );
  return [...countedWays(files, "were"), ...countedWays(planned, "will be")];
}

function countedWays(
  ways: readonly Pick<ReportedFile, "route" | "routeReason">[],
  verb: string,
): string[] {
  const count = (route: ReportedFile["route"]) =>
    ways.filter((way) => {
      const isLossy = way.routeReason !== null && way.routeReason !== "lossless-source";
      return way.route === route && isLossy;
    }).length;
  const [kept, encoded] = [count("lossless"), count("encode")];
  if (kept + encoded === 0) return [];
  return [`Lossy songs that ${verb} changed without encoding: ${kept}; encoded again: ${encoded}.`];
}

/** A line for each song that could not be seen or read. */
export const leftOutNotes = (leftOut: Report["leftOut"]): string[] =>
  leftOut.flatMap(({ name, reason }) =>
    reason in unseenText ? [`left out  ${oneLine(name)}: ${unseenText[reason]}`] : [],
  );
