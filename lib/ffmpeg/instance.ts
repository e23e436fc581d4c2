import type { CreateCore, EmscriptenNode, FfmpegCore } from "./core-types";
import { OPENING } from "./opening";

/**
 * One ffmpeg: one WebAssembly instance and its own virtual filesystem, made for one song and then
 * dropped. Instances are cheap (10 to 20 ms from a compiled module), so nothing is ever shared.
 */
export interface Ffmpeg {
  /** Runs one command. Blocks until ffmpeg ends. */
  run(args: readonly string[]): RunResult;
  /** ffprobe's JSON, or null when it could not open the input. */
  probe(path: string): unknown;
  /** A file whose bytes are ours: reads and writes go straight to the given functions. */
  mount(path: string, file: VirtualFile): void;
  unmount(path: string): void;
  exists(path: string): boolean;
}

export interface RunResult {
  readonly ok: boolean;
  /** ffmpeg's own last lines, for diagnosis and for the report; bounded. */
  readonly log: readonly string[];
}

export interface VirtualFile {
  /** Bytes that `stat` tells; a growing file keeps it up to date through `write`'s result. */
  readonly size: number;
  /** Copies into `target`; returns the bytes copied, 0 at the end. */
  read?(position: number, target: Uint8Array): number;
  /** `bytes` is only valid during the call. */
  write?(position: number, bytes: Uint8Array): void;
}

/** Thrown when an instance can no longer be trusted: the worker that held it must be replaced. */
export class FfmpegCrash extends Error {
  override name = "FfmpegCrash";
}

const LOG_LINES = 60;
/**
 * The stack of core 0.12.10 is 64 KB, sits above the static data without a guard, and every exec
 * leaves part of it behind (it ends by a thrown abort). So each instance gets a stack of its own
 * on the heap, restored before every command: libopus at full complexity then runs, and nothing
 * is ever overwritten. 5 MB is what later versions of the core use.
 */
const STACK_BYTES = 5 * 1024 * 1024;
/** Where 0.12.10's stack pointer stands after start; anything else is another build. */
const FRESH_STACK_POINTER = 14_608_160;

export async function createFfmpeg(
  createCore: CreateCore,
  module: WebAssembly.Module,
): Promise<Ffmpeg> {
  const core = await new Promise<FfmpegCore>((resolve, reject) => {
    createCore({
      instantiateWasm(imports, done) {
        // The core never hears of a failure here (no memory, say), and would wait for ever.
        WebAssembly.instantiate(module, imports)
          .then((instance) => done(instance, module))
          .catch(reject);
        return {};
      },
    }).then(resolve, reject);
  });
  const restoreStack = relocateStack(core);
  const { FS } = core;
  let log: string[] = [];
  core.setLogger(({ message }) => {
    log.push(message);
    if (log.length > LOG_LINES) log.shift();
  });
  core.setProgress(() => undefined);

  const guarded = (command: () => number): number => {
    log = [];
    core.reset();
    restoreStack();
    try {
      return command();
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
        throw new FfmpegCrash(`${error.message} after: ${log.at(-1) ?? "nothing logged"}`);
      }
      // It gave up by `exit`: an ordinary failure, told by its status.
      if (isExit(error)) return error.status;
      throw error;
    }
  };

  return {
    run(args) {
      const code = guarded(() => core.exec("-hide_banner", "-nostats", "-v", "warning", ...args));
      return { ok: code === 0, log };
    },
    probe(path) {
      const answer = "/probe.json";
      guarded(() =>
        core.ffprobe(
          ...["-v", "error", ...OPENING, "-of", "json"],
          ...["-show_format", "-show_streams", path, "-o", answer],
        ),
      );
      if (!FS.analyzePath(answer).exists) return null;
      const text = FS.readFile(answer, { encoding: "utf8" });
      FS.unlink(answer);
      try {
        return JSON.parse(text);
      } catch {
        return null;
      }
    },
    mount(path, file) {
      const slash = path.lastIndexOf("/");
      const folder = path.slice(0, slash) || "/";
      if (!FS.analyzePath(folder).exists) FS.mkdir(folder);
      if (FS.analyzePath(path).exists) FS.unlink(path);
      attach(FS.createFile(folder, path.slice(slash + 1), {}, true, true), file);
    },
    unmount(path) {
      if (FS.analyzePath(path).exists) FS.unlink(path);
    },
    exists: (path) => FS.analyzePath(path).exists,
  };
}

/** What Emscripten throws when the program calls `exit`; it is no Error. */
const isExit = (error: unknown): error is { readonly status: number } =>
  typeof error === "object" && error !== null && "name" in error && error.name === "ExitStatus";

function relocateStack(core: FfmpegCore): () => void {
  // The glue's stackSave and stackRestore; names are fixed by the pinned, checksummed build.
  const { Da: save, Ea: restore } = core.asm as {
    Da?: () => number;
    Ea?: (pointer: number) => void;
  };
  if (!save || !restore || save() !== FRESH_STACK_POINTER) {
    throw new Error("This is not the build of @ffmpeg/core that LevelUp is made for (0.12.10).");
  }
  const top = (core._malloc(STACK_BYTES) + STACK_BYTES) & ~15;
  return () => restore(top);
}

/** Replaces a MEMFS node's reading and writing by ours, in the way Emscripten's lazy files do. */
function attach(node: EmscriptenNode, file: VirtualFile): void {
  const bytesOf = (heap: Int8Array, offset: number, length: number) =>
    new Uint8Array(heap.buffer, heap.byteOffset + offset, length);
  node.usedBytes = file.size;
  node.stream_ops = {
    ...node.stream_ops,
    read: (_stream, heap, offset, length, position) =>
      file.read?.(position, bytesOf(heap, offset, length)) ?? 0,
    write: (_stream, heap, offset, length, position) => {
      file.write?.(position, bytesOf(heap, offset, length));
      node.usedBytes = file.size;
      return length;
    },
  };
  // Opening for writing truncates; the bytes are not MEMFS's to free.
  node.node_ops = { ...node.node_ops, setattr: () => undefined };
}
