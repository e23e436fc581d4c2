// One process of the pool: levels what it is given, as a song's worker in the page does.
import { inspect } from "node:util";
import { asBlob } from "@/lib/storage/song-bytes";
import { FfmpegCrash } from "@/lib/ffmpeg/crash";
import { levelSong } from "@/lib/song-path";
import type { LevelOutcome } from "@/lib/song/outcome";
import type { LevelTask } from "@/lib/song/task";
import { BlockPool } from "@/lib/storage/scratch";
import { scratchFactory } from "@/lib/storage/scratch-factory";
import { levelTask } from "../../engine/song-path/sources";
import { FileScratch } from "../file-scratch";
import { freshFfmpeg, replaceInstance, songTools } from "../song-tools";

/** What a browser would give of the disk is more; no input here needs as much. */
const QUOTA = 1024 * 1024 * 1024;

export interface Job {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly change: Partial<LevelTask>;
}

export interface Ending {
  readonly name: string;
  readonly end:
    | { readonly kind: "leveled"; readonly route: string; readonly seconds: number }
    | { readonly kind: "skipped" | "refused" | "crashed"; readonly reason: string }
    /** Neither a refusal nor a crash of the engine: a mistake of ours. */
    | { readonly kind: "uncaught"; readonly reason: string };
  readonly delivered: Uint8Array | null;
  readonly extension: string;
  /** The most bytes that an engine's memory grew to. */
  readonly memory: number;
  /** What was opened or asked for and must not have been. */
  readonly opened: readonly string[];
  readonly took: number;
}

let opened: string[] = [];
let memories: WebAssembly.Memory[] = [];

/** Whatever asks for something from the network is heard of. */
for (const name of ["fetch", "WebSocket", "XMLHttpRequest", "EventSource"]) {
  const ask = (address: unknown): never => {
    opened.push(`${name} ${String(address)}`);
    throw new Error("There is no network.");
  };
  Object.defineProperty(globalThis, name, { value: ask, configurable: true, writable: true });
}

const instantiate = WebAssembly.instantiate.bind(WebAssembly) as (
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
) => Promise<WebAssembly.Instance>;
WebAssembly.instantiate = (async (module: WebAssembly.Module, imports: WebAssembly.Imports) => {
  const instance = await instantiate(module, imports);
  const memory = Object.values(instance.exports).find((each) => each instanceof WebAssembly.Memory);
  if (memory) memories.push(memory);
  return instance;
}) as typeof WebAssembly.instantiate;

/** Files that a list may name. They are there, so that opening them would succeed. */
const TRAPS = ["/song/secret.wav", "/secret.wav", "/etc/passwd"];

async function trappedFfmpeg() {
  const ffmpeg = await freshFfmpeg();
  for (const path of TRAPS) {
    const read = () => {
      opened.push(path);
      return 0;
    };
    ffmpeg.mount(path, { size: 1000, read });
  }
  return ffmpeg;
}

function level({ name, bytes, change }: Job): Promise<LevelOutcome> {
  const onDisk = () => Promise.resolve(new FileScratch(name, QUOTA));
  const tools = {
    createFfmpeg: trappedFfmpeg,
    createScratch: scratchFactory(new BlockPool(), onDisk),
  };
  return levelSong(levelTask(bytes, name, change), songTools(bytes, tools));
}

async function end(job: Job): Promise<Omit<Ending, "name" | "memory" | "opened" | "took">> {
  const plain = { delivered: null, extension: "" };
  for (let attempt = 1; ; attempt++) {
    try {
      const outcome = await level(job);
      if (outcome.kind !== "leveled") {
        return { ...plain, end: { kind: outcome.kind, reason: outcome.reason } };
      }
      const { route, measured, extension, bytes } = outcome;
      return {
        end: { kind: "leveled", route, seconds: measured.duration },
        delivered: new Uint8Array(await asBlob(bytes).arrayBuffer()),
        extension,
      };
    } catch (error) {
      // The scheduler tries a song once more on a fresh worker.
      const crash = error instanceof FfmpegCrash;
      if (crash) replaceInstance();
      if (crash && attempt === 1) continue;
      const reason = error instanceof Error ? (error.stack ?? error.message) : inspect(error);
      return { ...plain, end: { kind: crash ? "crashed" : "uncaught", reason } };
    }
  }
}

process.on("message", (job: Job) => {
  void (async () => {
    opened = [];
    memories = [];
    const began = performance.now();
    const ended = await end(job);
    const memory = Math.max(0, ...memories.map(({ buffer }) => buffer.byteLength));
    const took = (performance.now() - began) / 1000;
    process.send!({ ...ended, name: job.name, memory, opened, took } satisfies Ending);
  })();
});
process.send!("ready");
