import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { FFmpegCoreModule } from "@ffmpeg/types";

/**
 * ffmpeg's WebAssembly core under Node: what encodes our sample songs and what judges results in
 * tests where no native ffmpeg may be assumed. The same file runs in the page.
 */

/** The package's types leave out what Emscripten offers for a compiled module. */
type CreateCore = (options: {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}) => Promise<FFmpegCoreModule>;

export interface Run {
  /** What `exec` returned; 0 is success. */
  readonly code: number;
  readonly log: readonly string[];
  /** The files asked for, in order; null where ffmpeg wrote none. */
  readonly outputs: readonly (Uint8Array | null)[];
}

const coreFolder = path.dirname(createRequire(import.meta.url).resolve("@ffmpeg/core"));
let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * Runs one ffmpeg command in an instance of its own: the published core does not survive many
 * calls of `exec`. `inputs` are laid into its file system before, `outputs` are read after.
 */
export async function runFfmpeg(
  args: readonly string[],
  inputs: Readonly<Record<string, Uint8Array>> = {},
  outputs: readonly string[] = [],
): Promise<Run> {
  const core = await instantiate();
  const log: string[] = [];
  core.setLogger(({ message }) => log.push(message));
  for (const [name, bytes] of Object.entries(inputs)) core.FS.writeFile(name, bytes);
  const code = core.exec("-hide_banner", ...args);
  const written = core.FS.readdir("/");
  const read = (name: string) => core.FS.readFile(name, { encoding: "binary" }) as Uint8Array;
  return {
    code,
    log,
    outputs: outputs.map((name) => (written.includes(name) ? read(name) : null)),
  };
}

async function instantiate(): Promise<FFmpegCoreModule> {
  // The core was built for pages and workers and reads these two at start.
  const scope = globalThis as { self?: unknown; location?: unknown };
  scope.self ??= globalThis;
  scope.location ??= { href: "file:///" };
  const esm = path.join(coreFolder, "../esm");
  compiled ??= readFile(path.join(esm, "ffmpeg-core.wasm")).then((bytes) =>
    WebAssembly.compile(bytes),
  );
  const module = await compiled;
  const script = pathToFileURL(path.join(esm, "ffmpeg-core.js")).href;
  const { default: create } = (await import(script)) as { default: CreateCore };
  return create({
    instantiateWasm(imports, done) {
      void WebAssembly.instantiate(module, imports).then((instance) => {
        done(instance, module);
      });
      return {};
    },
  });
}
