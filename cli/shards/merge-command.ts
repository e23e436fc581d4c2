import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { oneLine } from "@/lib/batch/log";
import { makeFolder } from "@/lib/node/disk/make-folder";
import { Failure, isSystemError } from "../failure";
import { mergeRefusalText, mergeReports, type NamedRun } from "./merge-reports";
import { writeLines } from "./report-file";
import { jsonOfReport, linesOf, readReport, type ReportFile } from "./report-lines";

/** What it is called by, as the first argument. */
export const MERGE_REPORTS = "merge-reports";

const mergeHelp = `levelup ${MERGE_REPORTS} FOLDER --report FILE

Joins the reports of shards (FOLDER/*.jsonl) into one: JSON lines where FILE ends with .jsonl, else
JSON. Exit code: 0 all well, 1 a song failed or a shard has no report, 2 wrong usage.`;

/**
 * `levelup merge-reports FOLDER --report FILE`; `args` without the command's name, `standing` the
 * folder that relative paths start from. Gives the exit code.
 */
export function runMergeReports(args: readonly string[], standing: string): number {
  let asked: { readonly folder: string; readonly report: string };
  try {
    asked = readArguments(args, standing);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof Failure)) throw error;
    console.error(`${error.message}\n\n${mergeHelp}`);
    return 2;
  }
  try {
    return merge(asked.folder, asked.report);
  } catch (error) {
    if (!(error instanceof Failure || isSystemError(error))) throw error;
    console.error(error.message);
    return 1;
  }
}

function readArguments(args: readonly string[], standing: string) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { report: { type: "string" } },
  });
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0) throw new Failure("Which folder?");
  if (values.report === undefined) throw new Failure("--report FILE says where to.");
  return { folder: path.resolve(standing, folder), report: path.resolve(standing, values.report) };
}

function merge(folder: string, reportFile: string): number {
  const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  const runs = names
    .sort()
    .map((name) => path.join(folder, name))
    // What an earlier merge wrote there is none of its sources.
    .filter((file) => file !== reportFile)
    .map(readRun);
  const merged = mergeReports(runs);
  if (merged.kind === "refused") throw new Failure(mergeRefusalText(merged));
  const { report, missing } = merged;
  makeFolder(path.dirname(reportFile));
  writeLines(reportFile, (reportFile.endsWith(".jsonl") ? linesOf : jsonOfReport)(report));
  for (const { status, path: song, message } of report.files) {
    if (status !== "failed") continue;
    console.log(`failed    ${oneLine(song)}: ${typeof message === "string" ? message : ""}`);
  }
  for (const shard of missing) console.log(`Shard ${shard} has no report.`);
  console.log(`${runs.length} reports, ${countsText(report.files)}`);
  return missing.length > 0 || report.files.some(({ status }) => status === "failed") ? 1 : 0;
}

function readRun(file: string): NamedRun {
  const name = path.basename(file);
  const read = readReport(readFileSync(file, "utf8"));
  if (read.kind === "wrong") throw new Failure(`${name}: ${read.message}`);
  return { name, run: read.run };
}

/** "3 songs: 2 leveled, 1 failed" */
function countsText(files: readonly ReportFile[]): string {
  const counts = new Map<string, number>();
  for (const { status } of files) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${status}`);
  return [`${files.length} songs`, ...(parts.length > 0 ? [parts.join(", ")] : [])].join(": ");
}
