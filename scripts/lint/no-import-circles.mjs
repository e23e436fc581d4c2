import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { eachImport, fromRoot, root, sourceFile, targetOf } from "./imports.mjs";

/**
 * Files that import each other in a circle cannot be read one after another, nor moved apart.
 * Type imports count: `import/no-cycle` lets them pass.
 */
export const noImportCircles = {
  meta: { type: "problem", schema: [], messages: { circle: "An import circle: {{way}}." } },
  create(context) {
    const file = fromRoot(context.filename);
    return eachImport((node, source) => {
      if (typeof source?.value !== "string") return;
      const target = targetOf(file, source.value);
      const next = target === null ? null : sourceFile(target);
      const way = next === null ? null : wayTo(file, next);
      if (way) {
        context.report({ node, messageId: "circle", data: { way: [file, ...way].join(" → ") } });
      }
    });
  },
};

/** The shortest way along imports; null when there is none. */
function wayTo(goal, start) {
  const ways = new Map([[start, [start]]]);
  for (const [file, way] of ways) {
    if (file === goal) return way;
    for (const next of importsOf(file)) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  return null;
}

const known = new Map();

function importsOf(file) {
  const before = known.get(file);
  if (before) return before;
  const { importedFiles } = ts.preProcessFile(readFileSync(path.join(root, file), "utf8"));
  const found = importedFiles
    .map(({ fileName }) => targetOf(file, fileName))
    .map((target) => target && sourceFile(target))
    .filter((target) => target !== null && !target.endsWith(".json"));
  known.set(file, found);
  return found;
}
