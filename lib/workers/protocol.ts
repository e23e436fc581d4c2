import type { SongCalls } from "@/lib/song/task";

/** Called through Comlink. What rejects is a crash. */
export interface SongWorker<Setup = WorkerSetup> extends SongCalls {
  /** Once per worker, before anything else. */
  prepare(setup: Setup): Promise<void>;
}

export interface WorkerSetup {
  readonly core: WebAssembly.Module;
  /** Absolute URL of the core's JavaScript. */
  readonly coreUrl: string;
  readonly kernel: WebAssembly.Module;
  /**
   * `SongProgress` goes this way, plain messages, at most ten a second. The other way comes
   * `Spare` memory.
   */
  readonly progress: MessagePort;
}

/** A Web Worker's end tells nobody. */
export interface LifelineSetup extends WorkerSetup {
  /** Name of a Web Lock that the worker holds for life, so that the page sees it end. */
  readonly lifeline: string;
}

/** Memory of songs that are saved, for the worker to use again. */
export type Spare = readonly ArrayBuffer[];
