import { open } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import * as Comlink from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";
import type { PlatformWorker } from "@/lib/pool/worker-handle";
import type { SongCalls, SongProgress } from "@/lib/song/task";
import { receivedOutcome, type SentCalls, sentTask } from "./protocol";

/** Where the engine lies, as absolute paths. */
export interface EngineFiles {
  /** The bundled `song.worker.ts`. */
  readonly worker: string;
  readonly coreScript: string;
  readonly coreWasm: string;
  readonly kernelWasm: string;
}

/** The engine of this process: compiled once, and handed to each worker thread. */
export class NodeEngine {
  readonly #files: EngineFiles;
  readonly #scratch: string;
  #modules: Promise<readonly [core: WebAssembly.Module, kernel: WebAssembly.Module]> | null = null;

  /** `scratch`: a folder for temporary files. */
  constructor(files: EngineFiles, scratch: string) {
    this.#files = files;
    this.#scratch = scratch;
  }

  async load(): Promise<void> {
    await this.#compiled();
  }

  async startWorker(): Promise<PlatformWorker<SongCalls, SongProgress>> {
    const [core, kernel] = await this.#compiled();
    const coreUrl = pathToFileURL(this.#files.coreScript).href;
    const worker = new Worker(this.#files.worker, {
      name: path.basename(this.#files.worker),
      // A worker needs nothing of what the command was started with.
      execArgv: [],
      // Objects of a song's work die young: room for more of them (48 MB) makes nothing quicker.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    });
    const remote = Comlink.wrap<SentCalls>(nodeEndpoint(worker));
    const { port1, port2 } = new MessageChannel();
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    const setup = { core, coreUrl, kernel, progress: port2, scratch: this.#scratch };
    return {
      calls: {
        measure: (task) => remote.measure(sentTask(task)),
        level: async (task) => receivedOutcome(await remote.level(sentTask(task))),
        undo: async (task) => receivedOutcome(await remote.undo(sentTask(task))),
        listen: (task) => remote.listen(sentTask(task)),
      },
      prepare: () => remote.prepare(Comlink.transfer(setup, [port2])),
      ended: () => ended,
      onError(listener) {
        worker.on("error", (error: Error) => listener(error.message));
        worker.on("messageerror", () => listener("a message could not be read"));
      },
      onProgress(listener) {
        port1.onmessage = ({ data }: MessageEvent<SongProgress>) => listener(data);
      },
      giveBack: (buffers) => port1.postMessage(buffers, [...buffers]),
      terminate() {
        void worker.terminate();
        port1.close();
      },
    };
  }

  #compiled() {
    const { coreWasm, kernelWasm } = this.#files;
    const compile = async (file: string) => WebAssembly.compile(await readApart(file));
    return (this.#modules ??= Promise.all([compile(coreWasm), compile(kernelWasm)]));
  }
}

/** MB of a worker's youngest objects, in V8's three parts. */
const YOUNG = 6;

/** Bytes of a page of WebAssembly memory. */
const PAGE = 65_536;

/**
 * A file in memory that V8 takes from the system and gives back by itself. glibc keeps twice as much
 * freed memory as the largest block, up to 32 MiB, that was ever given back to it; the core has 31 MiB.
 */
async function readApart(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await open(name);
  try {
    const { size } = await file.stat();
    const { buffer } = new WebAssembly.Memory({ initial: Math.ceil(size / PAGE) });
    const bytes = new Uint8Array(buffer, 0, size);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, size - at, at);
      if (bytesRead === 0) throw new Error(`${name} ended at ${at} of ${size} bytes.`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
