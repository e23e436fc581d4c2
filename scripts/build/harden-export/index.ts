import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildId, checksumsOf, serviceWorkerFor } from "./build";
import { bare, harden, problemsIn, workerPolicy } from "./policy";

/**
 * The last step of the build: gives the pages in `folder` their Content-Security-Policy and writes
 * the service worker that knows all their files. May run again on its own output. Gives the id of
 * the build; throws, with all reasons, when a page could not be published as it is.
 */
export function hardenExport(folder: string): string {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".html"))
    .map((name) => path.join(folder, name));
  for (const page of pages) replace(page, bare(readFileSync(page, "utf8")));
  const id = buildId(checksumsOf(folder));
  for (const page of pages) replace(page, harden(readFileSync(page, "utf8"), id));
  const problems = pages.flatMap((page) =>
    problemsIn(readFileSync(page, "utf8")).map((text) => `${path.relative(folder, page)}: ${text}`),
  );
  if (problems.length > 0) throw new Error(problems.join("\n"));
  replace(
    path.join(folder, "sw.js"),
    serviceWorkerFor({ id, ...checksumsOf(folder), workerPolicy }),
  );
  return id;
}

/** Somebody may be serving the folder: a file is the old one or the new one, never half of one. */
function replace(file: string, text: string) {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}
