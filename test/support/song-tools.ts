import { readFileSync } from "node:fs";
import { CoreInstance } from "@/lib/ffmpeg/core-instance";
import { createFfmpeg } from "@/lib/ffmpeg/instance";
import type { CreateCore } from "@/lib/ffmpeg/core-types";
import { createKernel } from "@/lib/kernel";
import { bytesSource } from "@/lib/formats";
import { MemoryScratch } from "@/lib/storage/scratch";
import type { SongTools } from "@/lib/song-path";

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

/** Gives cores like `core.create`, and makes sure that each finds the memory of a new instance. */
const watchedCreate: CreateCore = (options) =>
  core.create({
    instantiateWasm: (imports, done) =>
      options.instantiateWasm(imports, (given, module) => {
        assertAsNew(given);
        done(given, module);
      }),
  });

const memoryIn = ({ exports }: WebAssembly.Instance): WebAssembly.Memory =>
  Object.values(exports).find((each) => each instanceof WebAssembly.Memory)!;

const memoryOf = (given: WebAssembly.Instance): Buffer => Buffer.from(memoryIn(given).buffer);

const pristine = (() => {
  const imports: Record<string, Record<string, () => void>> = {};
  for (const { module, name } of WebAssembly.Module.imports(core.module)) {
    (imports[module] ??= {})[name] = () => undefined;
  }
  return memoryOf(new WebAssembly.Instance(core.module, imports));
})();

function assertAsNew(instance: WebAssembly.Instance): void {
  const memory = memoryOf(instance);
  const grown = memory.subarray(pristine.length);
  const same =
    memory.subarray(0, pristine.length).equals(pristine) &&
    grown.equals(Buffer.alloc(grown.length));
  if (!same) throw new Error("The memory is not that of a new instance.");
}

/** What a test sees of an instance, and may do to it. */
export interface Watched {
  memory(): WebAssembly.Memory;
  /** Made so far. */
  instances(): number;
  /** From now on there is no memory for another. */
  refuseMore(error: Error): void;
}

const watched = new WeakMap<CoreInstance, Watched>();

export const watchedMemory = (instance: CoreInstance): Watched => watched.get(instance)!;

export function newInstance(): CoreInstance {
  const made = new Set<WebAssembly.Instance["exports"]>();
  let memory: WebAssembly.Memory | null = null;
  const create: CreateCore = (options) =>
    watchedCreate({
      instantiateWasm: (imports, done) =>
        options.instantiateWasm(imports, (given, module) => {
          made.add(given.exports);
          memory = memoryIn(given);
          done(given, module);
        }),
    });
  const instance = new CoreInstance(create, core.module);
  watched.set(instance, {
    memory: () => memory!,
    instances: () => made.size,
    refuseMore: (error) => {
      const { instantiate } = WebAssembly;
      const refuse = () => {
        Object.assign(WebAssembly, { instantiate });
        return Promise.reject(error);
      };
      Object.assign(WebAssembly, { instantiate: refuse });
    },
  });
  return instance;
}

let instance = newInstance();

/** As a worker has it: one instance for all songs. */
export const freshFfmpeg = () => createFfmpeg(instance);

/** As after a crash, which ends the worker. */
export function replaceInstance(): void {
  instance = newInstance();
}

/** A song's path under Node: the worker's own code on the worker's own wasm. */
export const songTools = (bytes: Uint8Array, overrides: Partial<SongTools> = {}): SongTools => ({
  kernel,
  source: bytesSource(bytes),
  secondsReading: () => 0,
  createFfmpeg: freshFfmpeg,
  yieldToEvents: () => Promise.resolve(),
  createScratch: () => Promise.resolve(new MemoryScratch(Number.MAX_SAFE_INTEGER)),
  onProgress: () => undefined,
  now: () => performance.now() / 1000,
  ...overrides,
});
