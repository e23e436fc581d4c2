import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const text = readFileSync(fileURLToPath(new URL("../../docs/archive.md", import.meta.url)), "utf8");

/** The command line of a pod, as its shell gets it. */
export function podCommand(): string {
  const [, lines = ""] = /args:\n\s+- >-\n([\s\S]*?)\n\s+env:/.exec(
    scriptOf("Kubernetes", "yaml"),
  )!;
  return lines
    .split("\n")
    .map((line) => line.trim())
    .join(" ");
}

/** A script with the folders of the archive, its results and its reports in a place of ours. */
export function placed(script: string, place: string): string {
  const named = script.replace(/\/archive\b/g, path.join(place, "music"));
  return named.replace(/\/(leveled|reports)\b/g, (_, name: string) => path.join(place, name));
}

/** What docs/archive.md tells people to copy, by the heading that it stands under. */
export function scriptOf(heading: string, language: "bash" | "yaml"): string {
  const from = text.indexOf(`### ${heading}`);
  const start = text.indexOf(`\`\`\`${language}\n`, from) + language.length + 4;
  return text.slice(start, text.indexOf("```", start));
}
