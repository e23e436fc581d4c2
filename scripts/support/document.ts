import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./steps";

/** Puts Markdown between the two marks `<!-- MARK: begin -->` and `<!-- MARK: end -->` of a document. */
export function writeInto(document: string, mark: string, markdown: string): void {
  const file = path.join(root, document);
  const [begin, end] = [`<!-- ${mark}: begin -->`, `<!-- ${mark}: end -->`];
  const text = readFileSync(file, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${document} has no place for ${mark}.`);
  writeFileSync(file, `${text.slice(0, from)}${begin}\n\n${markdown}\n\n${text.slice(to)}`);
}
