import * as Comlink from "comlink";
import type { PlatformWorker } from "@/lib/pool/worker-handle";
import type { SongCalls, SongProgress } from "@/lib/song/task";
import type { LifelineSetup, SongWorker } from "@/lib/workers/protocol";
import type { Engine } from "./engine";

/** A Web Worker for songs: calls go through Comlink, progress and memory through a port beside it. */
export function startSongWorker(engine: Engine): PlatformWorker<SongCalls, SongProgress> {
  // The bundler reads this very form.
  const worker = new Worker(new URL("../workers/song.worker.ts", import.meta.url), {
    type: "module",
  });
  const remote = Comlink.wrap<SongWorker<LifelineSetup>>(worker);
  const { port1, port2 } = new MessageChannel();
  const lifeline = `levelup-worker-${crypto.randomUUID()}`;
  return {
    calls: remote,
    prepare: () =>
      remote.prepare(Comlink.transfer({ ...engine, progress: port2, lifeline }, [port2])),
    // The worker holds this lock for life. Whatever ends it, even the browser for want of memory,
    // releases the lock, and no other event would tell.
    ended: () =>
      new Promise((resolve) => {
        void navigator.locks?.request(lifeline, () => resolve());
      }),
    onError(listener) {
      worker.onerror = (event) => listener(event.message);
      worker.onmessageerror = () => listener("a message could not be read");
    },
    onProgress(listener) {
      port1.onmessage = ({ data }: MessageEvent<SongProgress>) => listener(data);
    },
    giveBack: (buffers) => port1.postMessage(buffers, [...buffers]),
    terminate() {
      worker.terminate();
      port1.close();
    },
  };
}
