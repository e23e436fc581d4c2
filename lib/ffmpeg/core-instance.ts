import type { CreateCore, FfmpegCore } from "./core-types";
import { FfmpegCrash } from "./crash";

/** What the build of `@ffmpeg/core` 0.12.10 exports, under names that its linker chose. */
interface CoreExports {
  readonly ra: WebAssembly.Memory;
  /** `stackSave` and `stackRestore`. */
  readonly Da: () => number;
  readonly Ea: (pointer: number) => void;
}

/**
 * Addresses in the memory of 0.12.10, which is pinned and checksummed; `coreExports` knows it by
 * the last two. Below the first lie ffmpeg's tables, 5 of 6 MB of data, which no song writes to.
 * (The lowest change that hundreds of songs made, sound and damaged ones, is at 6,059,972.)
 */
const TABLES_END = 5_000_000;
/** In a new instance all memory from here on is zero. */
const DATA_END = 6_077_504;
/** The word that says where the heap ends (`sbrk`); this build never takes it back. */
const HEAP_END = 6_077_460;
/** Where the stack begins, and the heap behind it. */
const HEAP_BASE = 14_608_160;

/**
 * The stack that the core was built with has 64 KB, sits above the static data without a guard, and
 * every command leaves part of it behind (it ends by a thrown abort). So each song gets one on the
 * heap, to be gone back to before every command: libopus at full complexity then runs, and nothing
 * is ever overwritten. 5 MB is what later versions of the core use.
 */
const STACK_BYTES = 5 * 1024 * 1024;

/** Bytes of a word, and words that are looked at and cleared together: 64 KiB. */
const WORD = 4;
const CHUNK = 16 * 1024;
/** So many chunks in a row without a trace, and no stack was ever deeper. */
const UNTOUCHED = 8;
/** Memory never shrinks: an instance that a song has blown up beyond this is not kept. */
const MOST_MEMORY = 128 * 1024 * 1024;

/**
 * The import that tells the time (`emscripten_get_now`). ffmpeg asks twice a packet, for a display of
 * its progress that is off: what the answer costs is 1 to 2 % of a song.
 */
const CLOCK = "p";

type Callable = (...args: unknown[]) => unknown;
type Imports = Readonly<Record<string, Readonly<Record<string, Callable>>>>;

interface Kept {
  readonly exports: CoreExports;
  /** Where the last song's stack began, to grow downwards; null before the first. */
  stackTop: number | null;
  /** As they were at the start. */
  readonly tablesSum: number;
  readonly data: Uint8Array;
}

/**
 * The WebAssembly instance of a worker, which every song finds as new. Each song could have an
 * instance of its own instead; but the system would hand out and clear its memory page by page,
 * which takes as long as decoding twenty seconds, and only the garbage collector would free it.
 *
 * As new means: the data are those of the start, all other memory is zero, and the stack pointer is
 * where it was. There is no other state: the table is never written, no data segment is passive,
 * and the second of the two mutable globals carries a return value from one instruction to the next
 * (Emscripten's `tempRet0`). The JavaScript around it, with the filesystem, really is new each time.
 */
export class CoreInstance {
  readonly #createCore: CreateCore;
  readonly #module: WebAssembly.Module;
  #kept: Kept | null = null;
  /** Instances that were made and not kept. */
  #dropped = 0;
  /** What the instance calls: the functions of the JavaScript that was made last. */
  #imports: Imports = {};

  constructor(createCore: CreateCore, module: WebAssembly.Module) {
    this.#createCore = createCore;
    this.#module = module;
  }

  /**
   * Ends the core that it gave before. Rejects where there is no memory for an instance.
   * `emptyStack` goes before every command.
   */
  async create(): Promise<{ core: FfmpegCore; emptyStack: () => void }> {
    if (this.#kept && !makeAsNew(this.#kept)) {
      this.#kept = null;
      this.#dropped++;
    }
    const kept = (this.#kept ??= await this.#instantiate());
    const exports = kept.exports as unknown as WebAssembly.Exports;
    const core = await this.#createCore({
      instantiateWasm: (imports, done) => {
        this.#imports = imports as Imports;
        done({ exports }, this.#module);
        return exports;
      },
    });
    const top = (core._malloc(STACK_BYTES) + STACK_BYTES) & ~15;
    kept.stackTop = top;
    return { core, emptyStack: () => kept.exports.Ea(top) };
  }

  async #instantiate(): Promise<Kept> {
    try {
      const instance = await WebAssembly.instantiate(this.#module, this.#forwarding());
      const exports = coreExports(instance);
      const data = new Uint8Array(exports.ra.buffer).slice(TABLES_END, DATA_END);
      return { exports, stackTop: null, tablesSum: sumOfTables(exports.ra), data };
    } catch (error) {
      // Dropped ones may still hold the memory: a new worker begins without them.
      if (this.#dropped > 0) throw new FfmpegCrash(String(error));
      throw error;
    }
  }

  #forwarding(): WebAssembly.Imports {
    const forwarding: Record<string, Record<string, Callable>> = {};
    for (const { module, name } of WebAssembly.Module.imports(this.#module)) {
      (forwarding[module] ??= {})[name] =
        name === CLOCK ? () => 0 : (...args) => this.#imports[module]![name]!(...args);
    }
    return forwarding;
  }
}

function coreExports(instance: WebAssembly.Instance): CoreExports {
  const exports = instance.exports as unknown as Partial<CoreExports>;
  const { ra, Da } = exports;
  if (ra && Da?.() === HEAP_BASE && heapEnd(ra) === HEAP_BASE) return exports as CoreExports;
  throw new Error("This is not the build of @ffmpeg/core that LevelUp is made for (0.12.10).");
}

/** False where that cannot be done. */
function makeAsNew({ exports, stackTop, tablesSum, data }: Kept): boolean {
  const { ra: memory, Ea: setStackPointer } = exports;
  if (memory.buffer.byteLength > MOST_MEMORY || sumOfTables(memory) !== tablesSum) return false;
  const end = heapEnd(memory);
  const top = stackTop ?? end;
  // What the core's own start has allocated and freed lies beneath.
  const bottom = top - STACK_BYTES + CHUNK * WORD;
  const words = new Int32Array(memory.buffer, 0, end / WORD);
  clear(words, DATA_END, bottom);
  let untouched = 0;
  for (let at = top; at > bottom && untouched < UNTOUCHED; at -= CHUNK * WORD) {
    untouched = clear(words, Math.max(bottom, at - CHUNK * WORD), at) ? 0 : untouched + 1;
  }
  clear(words, top, end);
  new Uint8Array(memory.buffer).set(data, TABLES_END);
  setStackPointer(HEAP_BASE);
  return true;
}

/**
 * Between two addresses. Whether there was anything to clear. Only what holds something is written:
 * what no song has touched yet takes no memory on most systems.
 */
function clear(words: Int32Array, from: number, to: number): boolean {
  let any = 0;
  for (let at = from / WORD; at < to / WORD; at += CHUNK) {
    const end = Math.min(to / WORD, at + CHUNK);
    let used = 0;
    for (let word = at; word < end; word++) used |= words[word]!;
    if (used !== 0) words.fill(0, at, end);
    any |= used;
  }
  return any !== 0;
}

const heapEnd = ({ buffer }: WebAssembly.Memory): number =>
  new Uint32Array(buffer, HEAP_END, 1)[0]!;

/** Changes with every word that changes. By index: an iterator takes four times as long. */
function sumOfTables({ buffer }: WebAssembly.Memory): number {
  const words = new Int32Array(buffer, 0, TABLES_END / WORD);
  let sum = 0;
  for (let i = 0; i < words.length; i++) sum = (Math.imul(sum, 31) + words[i]!) | 0;
  return sum;
}
