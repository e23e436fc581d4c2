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

export interface Bundle {
  readonly code: Uint8Array;
  /** Folders of the packages that went into it, from the project's root. */
  readonly packages: readonly string[];
}

/** One file without imports but for Node's own. `banner`: its first line. */
export async function bundled(entry: string, version: string, banner = ""): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [path.join(root, entry)],
    ...{ bundle: true, write: false, metafile: true, absWorkingDir: root },
    // Of packages that come in several kinds, the very modules that the page is made of.
    ...{ platform: "browser", external: ["node:*"], format: "esm", target: "node20.19" },
    define: { "process.env.NEXT_PUBLIC_APP_VERSION": JSON.stringify(version) },
    ...{ banner: { js: banner }, legalComments: "none", logLevel: "warning" },
  });
  const folders = Object.keys(metafile.inputs).flatMap(
    (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  );
  return { code: outputFiles[0]!.contents, packages: [...new Set(folders)].sort() };
}

export const WORKER = "lib/node/song.worker.ts";

/** The engine of the project as it lies here; builds what is missing or out of date. */
export async function engineFiles(): Promise<EngineFiles> {
  await import(pathToFileURL(path.join(root, "scripts/build/build-kernel.mjs")).href);
  const worker = path.join(root, ".cache/command/song-worker.mjs");
  writeIfChanged(worker, (await bundled(WORKER, "development")).code);
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
