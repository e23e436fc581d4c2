import { fork, type ChildProcess } from "node:child_process";
import os from "node:os";
import { fileURLToPath } from "node:url";
import type { Ending, Job } from "./worker";

/** Seconds for one small input, on a machine that may be busy; the page's own patience is longer. */
const PATIENCE = 60;

/** Levels all jobs on all cores, each process one after another. An input that hangs ends its process. */
export async function levelAll(jobs: readonly Job[]): Promise<Ending[]> {
  const waiting = jobs.map((job, index) => ({ job, index }));
  const endings: Ending[] = [];
  const lane = async () => {
    let worker = await start();
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const ending = await levelOn(worker, next.job);
      endings[next.index] = ending;
      if (ending.end.kind === "uncaught") {
        worker.kill("SIGKILL");
        worker = await start();
      }
    }
    worker.kill();
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, lane));
  return endings;
}

async function start(): Promise<ChildProcess> {
  const worker = fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), {
    execArgv: ["--import", "tsx"],
    serialization: "advanced",
  });
  await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("exit", (code) => reject(new Error(`A worker ended with ${code} at once.`)));
  });
  worker.removeAllListeners("message").removeAllListeners("exit");
  return worker;
}

function levelOn(worker: ChildProcess, job: Job): Promise<Ending> {
  return new Promise((resolve) => {
    const failed = (reason: string) =>
      done({
        ...{ name: job.name, delivered: null, extension: "", memory: 0, opened: [] },
        ...{ end: { kind: "uncaught", reason }, took: PATIENCE },
      });
    const timer = setTimeout(() => failed("It hangs."), PATIENCE * 1000);
    const done = (ending: Ending) => {
      clearTimeout(timer);
      worker.removeAllListeners("message").removeAllListeners("exit");
      resolve(ending);
    };
    worker.once("message", done);
    worker.once("exit", (code) => failed(`The process ended with ${code}.`));
    worker.send(job);
  });
}
