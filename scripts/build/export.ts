import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hardenExport } from "./harden-export";
import { atRoot, type Place } from "./hosting/place";
import { baseOfExport, relocate } from "./hosting/relocate";
import { root, runScript, runTool } from "../support/steps";

/** The static export of the page and whether it is what the sources say. */
export const exportFolder = path.join(root, "out");
const stampFile = path.join(exportFolder, ".stamp");

/** What the export is made of. Generated files below public/ follow from scripts and the lock. */
const sources = [
  "app",
  "lib",
  "public",
  "scripts/build",
  "scripts/samples",
  "package.json",
  "package-lock.json",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "tsconfig.base.json",
];
const generated = ["public/engine", "public/samples", "lib/kernel/build"];

/** Makes what the page fetches besides its own code: the engine and the sample songs. */
export async function prepare(): Promise<boolean> {
  return (await runScript("scripts/build/prepare-engine.mjs")) === 0 && (await prepareSamples());
}

export const prepareSamples = async (): Promise<boolean> =>
  (await runScript("scripts/build/make-samples.ts")) === 0;

/** Builds the export for a place; false when a step failed, which has then said why. */
export async function buildExport({ base, address }: Place = atRoot): Promise<boolean> {
  const stamp = stampOfSources();
  if (!(await prepare())) return false;
  if ((await runTool("next", ["build"], { NEXT_TELEMETRY_DISABLED: "1" })) !== 0) return false;
  relocate(exportFolder, base);
  hardenExport(exportFolder, address);
  writeFileSync(stampFile, stamp);
  return true;
}

/** Builds the export for the root of a host unless it was built from just these sources. */
export async function ensureExport(): Promise<boolean> {
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stampOfSources()) {
    if (baseOfExport(exportFolder) === atRoot.base) return true;
    relocate(exportFolder, atRoot.base);
    hardenExport(exportFolder);
    return true;
  }
  console.log("Building the page…");
  return buildExport();
}

function stampOfSources(): string {
  const hash = createHash("sha256");
  for (const source of sources) addTo(hash, source);
  return hash.digest("hex");
}

function addTo(hash: ReturnType<typeof createHash>, relative: string) {
  const at = path.join(root, relative);
  const info = statSync(at, { throwIfNoEntry: false });
  if (info === undefined || generated.includes(relative)) return;
  if (info.isDirectory()) {
    for (const name of readdirSync(at).sort()) addTo(hash, `${relative}/${name}`);
  } else {
    hash.update(`${relative}\0${info.size}\0`).update(readFileSync(at));
  }
}
