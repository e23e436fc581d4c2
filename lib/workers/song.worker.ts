import * as Comlink from "comlink";
import { CoreInstance } from "@/lib/ffmpeg/core-instance";
import type { CreateCore } from "@/lib/ffmpeg/core-types";
import { createFfmpeg } from "@/lib/ffmpeg/instance";
import { createKernel } from "@/lib/kernel";
import type { LevelOutcome } from "@/lib/song/outcome";
import type { SongTask } from "@/lib/song/task";
import { levelSong, listenToSong, measureSong, undoSong, type SongTools } from "@/lib/song-path";
import { DiskScratch } from "@/lib/storage/disk-scratch";
import { BLOCK_BYTES, BlockPool } from "@/lib/storage/scratch";
import { scratchFactory } from "@/lib/storage/scratch-factory";
import { buffersOf } from "@/lib/storage/song-bytes";
import { SourceBuffer } from "@/lib/storage/source-buffer";
import type { SongWorker, Spare, WorkerSetup } from "./protocol";

/** Milliseconds; the page shows progress no more often. */
const PROGRESS_INTERVAL = 250;

const blocks = new BlockPool();
const sources = new SourceBuffer();

let setup: WorkerSetup;
let instance: CoreInstance;
let kernel: ReturnType<typeof createKernel>;

/** A song's path in the browser: files, scratches and events are this worker's. */
async function toolsFor(task: SongTask): Promise<SongTools> {
  let last = { at: -Infinity, phase: "" };
  const onProgress: SongTools["onProgress"] = (phase, fraction, duration) => {
    const at = performance.now();
    if (at - last.at < PROGRESS_INTERVAL && phase === last.phase) return;
    last = { at, phase };
    setup.progress.postMessage({ phase, fraction, duration });
  };
  const source = await sources.open(task.file, () => onProgress("measuring", 0, null));
  return {
    kernel,
    source,
    secondsReading: () => source.waited,
    createFfmpeg: () => createFfmpeg(instance, logLine),
    createScratch: scratchFactory(blocks, () => DiskScratch.create(crypto.randomUUID())),
    onProgress,
    yieldToEvents: () => new Promise((resolve) => setTimeout(resolve)),
    now: () => performance.now() / 1000,
  };
}

/** A developer sets `ffmpegLog = true` in the worker's console: CONTRIBUTING.md says how. */
const logLine = (line: string): void => {
  if ((globalThis as { ffmpegLog?: unknown }).ffmpegLog === true) console.log(line);
};

/** Returns once the lock is held; it is never given back. */
const holdLifeline = (name: string): Promise<void> =>
  new Promise((held) => {
    void navigator.locks.request(name, () => {
      held();
      return new Promise<never>(() => undefined);
    });
  });

/** A finished song's bytes go to the page as they are, without a copy. */
const handedOver = (outcome: LevelOutcome): LevelOutcome =>
  outcome.kind === "leveled" ? Comlink.transfer(outcome, buffersOf(outcome.bytes)) : outcome;

/** What the page gives back of earlier songs is used again. */
const takeBack = (spare: Spare): void =>
  blocks.giveBack(
    spare
      .filter(({ byteLength }) => byteLength === BLOCK_BYTES)
      .map((buffer) => new Uint8Array(buffer)),
  );

const worker: SongWorker = {
  async prepare(given) {
    setup = given;
    setup.progress.onmessage = ({ data }: MessageEvent<Spare>) => takeBack(data);
    kernel = createKernel(given.kernel);
    // The core is a module of its own, loaded as it is; the bundler must not touch it.
    const core = (await import(/* turbopackIgnore: true */ /* @vite-ignore */ given.coreUrl)) as {
      default: CreateCore;
    };
    instance = new CoreInstance(core.default, given.core);
    await holdLifeline(given.lifeline);
  },
  measure: async (task) => measureSong(task, await toolsFor(task)),
  level: async (task) => handedOver(await levelSong(task, await toolsFor(task))),
  undo: async (task) => handedOver(await undoSong(task, await toolsFor(task))),
  async listen(task) {
    const outcome = await listenToSong(task, await toolsFor(task));
    if (outcome.kind === "refused") return outcome;
    return Comlink.transfer(
      outcome,
      outcome.channels.map(({ buffer }) => buffer),
    );
  },
};

Comlink.expose(worker);
