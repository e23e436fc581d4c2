import { parentPort } from "node:worker_threads";
import * as Comlink from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";
import { buffersOf } from "@/lib/storage/song-bytes";
import { songCalls } from "@/lib/workers/song-calls";
import type { DiskFile } from "./disk/disk-file";
import { FileScratch } from "./file-scratch";
import { FileSources } from "./file-source";
import { receivedTask, sentOutcome, type SentCalls } from "./protocol";

const sources = new FileSources();
let scratch: string;

const calls = songCalls({
  openSource: (file) => Promise.resolve(sources.open(file as DiskFile)),
  createOnDisk: async () => new FileScratch(scratch),
  log(line) {
    if (process.env["LEVELUP_FFMPEG_LOG"]) console.error(line);
  },
});

const worker: SentCalls = {
  async prepare(setup) {
    // The core expects a Web Worker's globals; Node lacks two of them.
    const scope = globalThis as unknown as Record<string, unknown>;
    scope["self"] ??= globalThis;
    scope["location"] ??= { href: setup.coreUrl };
    ({ scratch } = setup);
    await calls.prepare(setup);
  },
  measure: (task) => calls.measure(receivedTask(task)),
  level: async (task) => handedOver(await calls.level(receivedTask(task))),
  undo: async (task) => handedOver(await calls.undo(receivedTask(task))),
  listen: (task) => calls.listen(receivedTask(task)),
};

Comlink.expose(worker, nodeEndpoint(parentPort!));

/** In memory they go over without a copy. */
function handedOver(outcome: Parameters<typeof sentOutcome>[0]): ReturnType<typeof sentOutcome> {
  const sent = sentOutcome(outcome);
  const bytes = outcome.kind === "leveled" ? outcome.bytes : [];
  return Comlink.transfer(sent, buffersOf(bytes));
}
