import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../scripts/support/steps";

const document = path.join(root, "docs/long-runs.md");

/** Puts a table between its two marks in docs/long-runs.md. */
export function into(mark: string, table: readonly string[]): void {
  const [begin, end] = [`<!-- ${mark}: begin -->`, `<!-- ${mark}: end -->`];
  const text = readFileSync(document, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${document} has no place for ${mark}.`);
  const made = `${begin}\n\n${table.join("\n")}\n\n`;
  writeFileSync(document, text.slice(0, from) + made + text.slice(to));
}
