import { writeFileSync } from "node:fs";
import { skipText } from "@/lib/song/texts";
import type { Report } from "./in-browser/report";

/** The report of an undo, in which songs without a record of a change were not begun. */
export function withoutRecord(report: Report): Report {
  const reason = "nothing-to-undo";
  const nothing = { status: "skipped", reason, message: skipText[reason] } as const;
  const files = report.files.map((file) =>
    // As the page calls a song that no batch has taken up.
    (file.status as string) === "waiting" ? { ...file, ...nothing } : file,
  );
  return { ...report, files };
}

export const writeReport = (file: string, report: Report): void =>
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);

export const writeLog = (file: string, lines: readonly string[]): void =>
  writeFileSync(file, `${lines.join("\n")}\n`);
