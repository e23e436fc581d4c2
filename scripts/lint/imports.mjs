// What a file imports, for the rules of this folder: each with its node and the file it names.
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A file's path from the project's root, with "/". */
export const fromRoot = (file) => path.relative(root, file).split(path.sep).join("/");

/** The path from the root that a specifier names; null for a package. */
export function targetOf(file, specifier) {
  if (specifier.startsWith("@/")) return specifier.slice(2);
  if (!specifier.startsWith(".")) return null;
  return path.posix.join(path.posix.dirname(file), specifier);
}

/** The source file behind such a path; null where there is none. */
export function sourceFile(target) {
  const endings = ["", ".ts", ".tsx", ".mjs", "/index.ts"];
  const found = endings.map((ending) => target + ending).find((file) => isFile(file));
  return found ?? null;
}

const isFile = (file) =>
  existsSync(path.join(root, file)) && statSync(path.join(root, file)).isFile();

/** A rule's visitors that hear of every import, type imports and started workers included. */
export const eachImport = (check) => ({
  ImportDeclaration: (node) => check(node, node.source),
  ExportNamedDeclaration: (node) => check(node, node.source),
  ExportAllDeclaration: (node) => check(node, node.source),
  ImportExpression: (node) => check(node, node.source),
  // `new URL("../workers/song.worker.ts", import.meta.url)` starts a worker: an import too.
  "NewExpression[callee.name='URL'][arguments.1.type='MemberExpression']": (node) =>
    check(node, node.arguments[0]),
});
