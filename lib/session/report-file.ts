import { csvReport, jsonReport, type ReportHead } from "@/lib/batch/report";
import type { Settings } from "@/lib/settings/settings";
import type { Song } from "@/lib/song/song";
import type { RunFacts } from "./runs";
import type { LeftOutFile, ReportFile, ReportFormat } from "./session-state";

/** From package.json, put in by the build (next.config.ts). */
const APP_VERSION: string = process.env.NEXT_PUBLIC_APP_VERSION ?? "development";

/** The report of the songs in the list; its head is of the run that is on or was last. */
export function reportFile(
  format: ReportFormat,
  songs: readonly Song[],
  settings: Settings,
  run: RunFacts | null,
  leftOut: readonly LeftOutFile[],
): ReportFile {
  const finishedAt = run?.finishedAt?.toISOString() ?? null;
  const stamp = (finishedAt ?? new Date().toISOString()).slice(0, 19).replaceAll(":", "-");
  const name = `levelup-report-${stamp}.${format}`;
  if (format === "csv") return { name, type: "text/csv", text: csvReport(songs) };
  const head: ReportHead = {
    app: APP_VERSION,
    startedAt: run?.startedAt.toISOString() ?? null,
    finishedAt,
    workers: run?.workers ?? 0,
    // What was only measured is planned by the present settings.
    settings: run && run.mode !== "measure" ? run.settings : settings,
    beside: run?.beside ?? [],
    leftOut,
  };
  return { name, type: "application/json", text: jsonReport(head, songs) };
}
