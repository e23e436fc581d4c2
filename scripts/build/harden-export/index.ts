import { readFileSync } from "node:fs";
import path from "node:path";
import { filesBelow, replaceFile } from "../files";
import { headersFile } from "../hosting/headers";
import { baseOfExport } from "../hosting/relocate";
import { buildId, checksumsOf, serviceWorkerFor } from "./build";
import { bare, harden, problemsIn, workerPolicy } from "./policy";

/**
 * The last step of the build: gives the pages in `folder` their Content-Security-Policy and writes
 * the service worker that knows all their files, and the headers for hosts that read them. May run
 * again on its own output. `address` is where the page will be found, if that is known. Gives the id
 * of the build; throws, with all reasons, when a page could not be published as it is.
 */
export function hardenExport(folder: string, address: string | null = null): string {
  const pages = filesBelow(folder)
    .filter((name) => name.endsWith(".html"))
    .map((name) => path.join(folder, name));
  for (const page of pages) replaceFile(page, bare(readFileSync(page, "utf8")));
  const id = buildId(checksumsOf(folder));
  for (const page of pages) {
    replaceFile(page, harden(readFileSync(page, "utf8"), id, address));
  }
  const problems = pages.flatMap((page) =>
    problemsIn(readFileSync(page, "utf8")).map((text) => `${path.relative(folder, page)}: ${text}`),
  );
  if (problems.length > 0) throw new Error(problems.join("\n"));
  replaceFile(
    path.join(folder, "sw.js"),
    serviceWorkerFor({ id, ...checksumsOf(folder), workerPolicy }),
  );
  replaceFile(path.join(folder, "_headers"), headersFile(baseOfExport(folder)));
  return id;
}
