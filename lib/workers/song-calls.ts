import * as Comlink from "comlink";
import { CoreInstance } from "@/lib/ffmpeg/core-instance";
import type { CreateCore } from "@/lib/ffmpeg/core-types";
import { createFfmpeg } from "@/lib/ffmpeg/instance";
import { createKernel } from "@/lib/kernel";
import type { LevelOutcome } from "@/lib/song/outcome";
import type { SongTask } from "@/lib/song/task";
import { levelSong, listenToSong, measureSong, undoSong, type SongTools } from "@/lib/song-path";
import { BLOCK_BYTES, BlockPool, type Scratch } from "@/lib/storage/scratch";
import { scratchFactory } from "@/lib/storage/scratch-factory";
import { buffersOf } from "@/lib/storage/song-bytes";
import type { FileSource } from "@/lib/storage/windowed-source";
import type { SongWorker, Spare, WorkerSetup } from "./protocol";

/** What a song worker needs of its platform. */
export interface WorkerPlatform {
  /** A song's bytes, which hold until the next one is opened. `onPart` hears that some arrive. */
  openSource(file: File, onPart: () => void): Promise<FileSource>;
  createOnDisk(): Promise<Scratch>;
  /** What ffmpeg says, for a developer. */
  log(line: string): void;
}

/** Milliseconds; no progress is told more often. */
const PROGRESS_INTERVAL = 250;

/** Answers what is asked of a song worker, with one engine for all of its songs. */
export function songCalls(platform: WorkerPlatform): SongWorker {
  const blocks = new BlockPool();
  let setup: WorkerSetup;
  let instance: CoreInstance;
  let kernel: ReturnType<typeof createKernel>;

  const toolsFor = async (task: SongTask): Promise<SongTools> => {
    let last = { at: -Infinity, phase: "" };
    const onProgress: SongTools["onProgress"] = (phase, fraction, duration) => {
      const at = performance.now();
      if (at - last.at < PROGRESS_INTERVAL && phase === last.phase) return;
      last = { at, phase };
      setup.progress.postMessage({ phase, fraction, duration });
    };
    const source = await platform.openSource(task.file, () => onProgress("measuring", 0, null));
    return {
      kernel,
      source,
      secondsReading: () => source.waited,
      createFfmpeg: () => createFfmpeg(instance, (line) => platform.log(line)),
      createScratch: scratchFactory(blocks, () => platform.createOnDisk()),
      onProgress,
      yieldToEvents: () => new Promise((resolve) => setTimeout(resolve)),
      now: () => performance.now() / 1000,
    };
  };

  /** What is given back of earlier songs is used again. */
  const takeBack = (spare: Spare): void =>
    blocks.giveBack(
      spare
        .filter(({ byteLength }) => byteLength === BLOCK_BYTES)
        .map((buffer) => new Uint8Array(buffer)),
    );

  return {
    async prepare(given) {
      setup = given;
      setup.progress.onmessage = ({ data }: MessageEvent<Spare>) => takeBack(data);
      kernel = createKernel(given.kernel);
      // The core is a module of its own, loaded as it is; the bundler must not touch it.
      const core = (await import(/* turbopackIgnore: true */ /* @vite-ignore */ given.coreUrl)) as {
        default: CreateCore;
      };
      instance = new CoreInstance(core.default, given.core);
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
}

/** A finished song's bytes go over as they are, without a copy. */
const handedOver = (outcome: LevelOutcome): LevelOutcome =>
  outcome.kind === "leveled" ? Comlink.transfer(outcome, buffersOf(outcome.bytes)) : outcome;
