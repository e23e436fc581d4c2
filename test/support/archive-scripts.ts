import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const text = readFileSync(fileURLToPath(new URL("../../docs/archive.md", import.meta.url)), "utf8");

/** What docs/archive.md tells people to copy, by the heading that it stands under. */
export function scriptOf(heading: string, language: "bash" | "yaml"): string {
  const from = text.indexOf(`### ${heading}`);
  const start = text.indexOf(`\`\`\`${language}\n`, from) + language.length + 4;
  return text.slice(start, text.indexOf("```", start));
}
