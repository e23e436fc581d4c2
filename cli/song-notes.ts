import { oneLine } from "@/lib/batch/log";
import type { Report } from "./in-browser/report";
import { unseenText } from "./unseen-songs";

/** A line for each song that is not simply leveled: what became of it and why. */
export function songNotes(report: Report): string[] {
  return report.files
    .filter(({ status, message }) => message !== null || status === "failed")
    .map(
      ({ status, path, message, reason }) =>
        `${status.padEnd(9)} ${oneLine(path)}: ${message ?? reason}`,
    );
}

/** A line for each song that could not be seen or read. */
export const leftOutNotes = (leftOut: Report["leftOut"]): string[] =>
  leftOut.flatMap(({ name, reason }) =>
    reason in unseenText ? [`left out  ${oneLine(name)}: ${unseenText[reason]}`] : [],
  );
