import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Build } from "@/lib/offline/messages";
import { filesBelow } from "../files";
import { workerPolicy } from "./policy";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Path below the export to SHA-256. */
type Checksums = Readonly<Record<string, string>>;

const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");

/** Never fetched by a visit: other pages, data of page changes, maps, sources, our own output. */
const unused = /(?:^|\/)\.|\.(?:txt|map|ts)$|^(?:404\.html|_not-found.*|sw\.js|_headers)$/;

/** What a visitor's browser may keep, by its path as the service worker knows it. */
export function checksumsOf(folder: string): {
  shell: Checksums;
  assets: Checksums;
  engine: string[];
} {
  const manifest = JSON.parse(readFileSync(path.join(folder, "engine/manifest.json"), "utf8")) as {
    files: Readonly<Record<string, { url: string; sha256: string }>>;
  };
  // The page fetches the compressed core only.
  const engineFiles = ["coreScript", "coreWasmGzip", "kernelWasm"].map((name) => {
    const file = manifest.files[name];
    if (file === undefined) throw new Error(`engine/manifest.json does not name ${name}.`);
    return { path: `engine/${file.url}`, sha256: file.sha256 };
  });
  const engine = engineFiles.map((file) => file.path);
  const page = readFileSync(path.join(folder, "index.html"), "utf8");
  // For browsers that cannot run LevelUp anyway.
  const [, legacy = ""] = /<script src="[^"]*(_next\/[^"]+)" noModule=""/.exec(page) ?? [];
  const shell: Record<string, string> = {};
  const assets: Record<string, string> = {};
  for (const name of filesBelow(folder)) {
    if (unused.test(name) || name === legacy) continue;
    const checksum = sha256(readFileSync(path.join(folder, name)));
    if (name === "index.html") shell[""] = checksum;
    else if (engine.includes(name)) assets[name] = checksum;
    else if (/^engine\/(?!manifest\.json$)/.test(name)) continue;
    else if (/^samples\/(?!index\.json$)/.test(name)) assets[name] = checksum;
    else shell[name] = checksum;
  }
  for (const file of engineFiles) {
    if (assets[file.path] === file.sha256) continue;
    throw new Error(`${file.path} is not the file that engine/manifest.json describes.`);
  }
  return { shell, assets, engine };
}

/** The same for the same files, whatever the page's own head says of them. */
export function buildId(bareChecksums: { shell: Checksums; assets: Checksums }): string {
  return sha256(JSON.stringify([bareChecksums, workerPolicy, serviceWorkerSource()])).slice(0, 16);
}

/** The service worker of one build, as one classic script. */
export function serviceWorkerFor(build: Build): string {
  return `const BUILD = ${JSON.stringify(build)};\n${serviceWorkerSource()}`;
}

function serviceWorkerSource(): string {
  const file = path.join(root, "lib/offline/service-worker.ts");
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      removeComments: true,
    },
  });
  const script = outputText.replace(/^export \{\};$/m, "");
  if (/^\s*(?:import|export)\b/m.test(script))
    throw new Error(`${file} must not import at run time.`);
  return script;
}
