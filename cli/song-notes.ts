import type { Report } from "./in-browser/report";

/** A line for each song that is not simply leveled: what became of it and why. */
export function songNotes(report: Report): string[] {
  return report.files
    .filter(({ status, message }) => message !== null || status === "failed")
    .map(
      ({ status, path, message, reason }) => `${status.padEnd(9)} ${path}: ${message ?? reason}`,
    );
}
