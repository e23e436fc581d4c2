import * as Comlink from "comlink";
import { DiskScratch } from "@/lib/storage/disk-scratch";
import { SourceBuffer } from "@/lib/storage/source-buffer";
import type { LifelineSetup, SongWorker } from "./protocol";
import { songCalls } from "./song-calls";

const sources = new SourceBuffer();

const calls = songCalls({
  openSource: (file, onPart) => sources.open(file, onPart),
  createOnDisk: () => DiskScratch.create(crypto.randomUUID()),
  // A developer sets `ffmpegLog = true` in the worker's console: CONTRIBUTING.md says how.
  log(line) {
    if ((globalThis as { ffmpegLog?: unknown }).ffmpegLog === true) console.log(line);
  },
});

/** Returns once the lock is held; it is never given back. */
const holdLifeline = (name: string): Promise<void> =>
  new Promise((held) => {
    void navigator.locks.request(name, () => {
      held();
      return new Promise<never>(() => undefined);
    });
  });

const worker: SongWorker<LifelineSetup> = {
  ...calls,
  async prepare(setup) {
    await calls.prepare(setup);
    await holdLifeline(setup.lifeline);
  },
};

Comlink.expose(worker);
