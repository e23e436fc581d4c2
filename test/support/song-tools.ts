import { readFileSync } from "node:fs";
import { createFfmpeg } from "@/lib/ffmpeg/instance";
import type { CreateCore } from "@/lib/ffmpeg/core-types";
import { createKernel } from "@/lib/kernel";
import { bytesSource } from "@/lib/tags";
import { MemoryScratch } from "@/lib/workers/scratch";
import type { SongTools } from "@/lib/workers/song-tools";

/** The same core that the page loads. It expects a worker's globals; Node lacks two of them. */
const core = await (async () => {
  const scope = globalThis as unknown as Record<string, unknown>;
  scope.self ??= globalThis;
  scope.location ??= { href: "file:///" };
  const folder = new URL("../../node_modules/@ffmpeg/core/dist/esm/", import.meta.url);
  const glue = (await import(new URL("ffmpeg-core.js", folder).href)) as { default: CreateCore };
  const module = await WebAssembly.compile(readFileSync(new URL("ffmpeg-core.wasm", folder)));
  return { create: glue.default, module };
})();

const kernelFile = new URL("../../lib/kernel/build/kernel.wasm", import.meta.url);
const kernel = createKernel(new WebAssembly.Module(readFileSync(kernelFile)));

export const freshFfmpeg = () => createFfmpeg(core.create, core.module);

/** A song's path under Node: the worker's own code on the worker's own wasm. */
export const songTools = (bytes: Uint8Array, overrides: Partial<SongTools> = {}): SongTools => ({
  kernel,
  source: bytesSource(bytes),
  secondsReading: () => 0,
  createFfmpeg: freshFfmpeg,
  createScratch: () => Promise.resolve(new MemoryScratch(Number.MAX_SAFE_INTEGER)),
  onProgress: () => undefined,
  now: () => performance.now() / 1000,
  ...overrides,
});
