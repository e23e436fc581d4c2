import type { Report, ReportedFile } from "../drive/report";

/** What a person wants to read at the end: each song that is not simply leveled, and why. */
export function summary(report: Report): { readonly text: string; readonly failed: boolean } {
  const told = report.files.filter((file) => file.message !== null || file.status === "failed");
  return {
    text: told.map(line).join("\n"),
    failed: report.files.some(({ status }) => status === "failed" || status === "cancelled"),
  };
}

function line({ path, status, message, reason }: ReportedFile): string {
  return `${status.padEnd(9)} ${path}: ${message ?? reason ?? "no reason was given"}`;
}
