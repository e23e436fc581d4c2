import { readComplaint, type Complaint } from "./complaint";
import type { CoreInstance } from "./core-instance";
import type { MemfsNode } from "./core-types";
import { FfmpegCrash } from "./crash";
import { OPENING } from "./opening";

/** ffmpeg for one song: memory as new and a virtual filesystem of its own. */
export interface Ffmpeg {
  /** Runs one command. Blocks until ffmpeg ends. `hear` gets what it says against its input. */
  run(args: readonly string[], hear?: (complaint: Complaint) => void): RunResult;
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

const LOG_LINES = 60;

/**
 * Ends the ffmpeg that the same instance carried before. `onLine` hears each command and each line
 * that ffmpeg logs, as they come.
 */
export async function createFfmpeg(
  instance: CoreInstance,
  onLine: (line: string) => void = () => undefined,
): Promise<Ffmpeg> {
  const { core, emptyStack } = await instance.create();
  const { FS } = core;
  let log: string[] = [];
  let hear: ((complaint: Complaint) => void) | null = null;
  core.setLogger(({ message }) => {
    log.push(message);
    if (log.length > LOG_LINES) log.shift();
    onLine(message);
    const complaint = hear && readComplaint(message);
    if (complaint) hear?.(complaint);
  });
  core.setProgress(() => undefined);

  const guarded = (command: () => number): number => {
    log = [];
    core.reset();
    emptyStack();
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
    run(args, onComplaint) {
      onLine(`ffmpeg ${args.join(" ")}`);
      hear = onComplaint ?? null;
      // Each line as it comes: "repeat" keeps equal ones apart.
      const quiet = ["-hide_banner", "-nostats", "-v", "repeat+warning"];
      const code = guarded(() => core.exec(...quiet, ...args));
      hear = null;
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
      const text = FS.readFile(answer, { encoding: "utf8" }) as string;
      FS.unlink(answer);
      try {
        return JSON.parse(text) as unknown;
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

/** Replaces a MEMFS node's reading and writing by ours, in the way Emscripten's lazy files do. */
function attach(node: MemfsNode, file: VirtualFile): void {
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
