import type { FFmpegCoreModule, FS } from "@ffmpeg/types";

/** What `@ffmpeg/types` lacks of the Emscripten module of `@ffmpeg/core` 0.12.10. */
export interface FfmpegCore extends FFmpegCoreModule {
  readonly FS: FS & {
    createFile(
      parent: string,
      name: string,
      properties: object,
      canRead: boolean,
      canWrite: boolean,
    ): MemfsNode;
    analyzePath(path: string): { exists: boolean };
  };
  _malloc(bytes: number): number;
}

/** A file of Emscripten's MEMFS. `usedBytes` is what `stat` and SEEK_END report. */
export interface MemfsNode {
  usedBytes: number;
  stream_ops: { read?: Transfer; write?: Transfer; [name: string]: unknown };
  node_ops: Record<string, (...args: never[]) => unknown>;
}

/** Between a file and the core's memory. Returns the bytes that were moved. */
type Transfer = (
  stream: unknown,
  heap: Int8Array,
  offset: number,
  length: number,
  position: number,
) => number;

/** The core's default export; `@ffmpeg/types` has no word for `instantiateWasm`. */
export type CreateCore = (overrides: {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}) => Promise<FfmpegCore>;
