import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { EngineFiles } from "@/lib/node/engine";
import { root } from "../support/steps";

/** The command's code as single files, and the engine that it works with. */

const coreFolder = path.join(
  path.dirname(createRequire(import.meta.url).resolve("@ffmpeg/core")),
  "../esm",
);

/** One file without imports but for Node's own. `define`: what the build puts in for a name. */
export async function bundled(
  entry: string,
  define: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, entry)],
    ...{ bundle: true, write: false, platform: "node", format: "esm", target: "node20.19" },
    ...{ legalComments: "none", logLevel: "warning", define: { ...define } },
    absWorkingDir: root,
  });
  return outputFiles[0]!.contents;
}

export const bundledWorker = (): Promise<Uint8Array> => bundled("lib/node/song.worker.ts");

/** The engine of the project as it lies here; builds what is missing or out of date. */
export async function engineFiles(): Promise<EngineFiles> {
  await import(pathToFileURL(path.join(root, "scripts/build/build-kernel.mjs")).href);
  const worker = path.join(root, ".cache/command/song-worker.mjs");
  writeIfChanged(worker, await bundledWorker());
  return {
    worker,
    coreScript: path.join(coreFolder, "ffmpeg-core.js"),
    coreWasm: path.join(coreFolder, "ffmpeg-core.wasm"),
    kernelWasm: path.join(root, "lib/kernel/build/kernel.wasm"),
  };
}

/** Others may be reading it: they find the old file or the new one. */
function writeIfChanged(file: string, bytes: Uint8Array): void {
  if (existsSync(file) && readFileSync(file).equals(bytes)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, bytes);
  renameSync(`${file}.${process.pid}`, file);
}
