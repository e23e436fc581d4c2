/** The part of the Emscripten module of `@ffmpeg/core` 0.12.10 that we use. */
export interface FfmpegCore {
  exec(...args: string[]): number;
  /** Its return value says nothing (-1 on success too): judge by the output file. */
  ffprobe(...args: string[]): number;
  reset(): void;
  setLogger(logger: (line: { type: string; message: string }) => void): void;
  setProgress(listener: (progress: { progress: number; time: number }) => void): void;
  readonly FS: EmscriptenFs;
  _malloc(bytes: number): number;
}

export interface EmscriptenFs {
  mkdir(path: string): void;
  unlink(path: string): void;
  createFile(
    parent: string,
    name: string,
    properties: object,
    canRead: boolean,
    canWrite: boolean,
  ): EmscriptenNode;
  readFile(path: string, options: { encoding: "utf8" }): string;
  analyzePath(path: string): { exists: boolean };
}

/** A node of MEMFS. `usedBytes` is what `stat` and SEEK_END report. */
export interface EmscriptenNode {
  usedBytes: number;
  stream_ops: StreamOps;
  node_ops: Record<string, (...args: never[]) => unknown>;
}

export interface StreamOps {
  llseek?: (...args: never[]) => number;
  read?: (
    stream: unknown,
    heap: Int8Array,
    offset: number,
    length: number,
    position: number,
  ) => number;
  write?: (
    stream: unknown,
    heap: Int8Array,
    offset: number,
    length: number,
    position: number,
  ) => number;
  [name: string]: unknown;
}

export type CreateCore = (options: {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}) => Promise<FfmpegCore>;
