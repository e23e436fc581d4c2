// `npm run test:long -- slurm`: 160 short songs over 8 tasks of a Slurm array, by the script of
// docs/archive.md, on a cluster of this one machine whose daemons are started here without an init
// system; two tasks are killed at random and started again by `scontrol requeue`. Judged against one
// run over everything. Needs root and Debian's `slurm-wlm`; LEVELUP_SONGS makes it another number.
import { spawn, type ChildProcess } from "node:child_process";
import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import { runNative } from "../../support/native-tools";
import { placed, scriptOf } from "../../support/archive-scripts";
import { Archive } from "../archive";

const TASKS = 8;
const KILLS = 2;

const archive = await Archive.make(Number(process.env["LEVELUP_SONGS"] ?? 160), TASKS);
const daemons: ChildProcess[] = [];
try {
  await archive.levelAll();
  await startCluster();
  const began = Date.now();
  writeFileSync(archive.at("script"), placed(scriptOf("Slurm", "bash"), archive.at()));
  const less = [`--array=1-${TASKS}`, "--cpus-per-task=1", "--mem=100M"];
  const output = `--output=${archive.at("said-%a")}`;
  const job = (await slurm("sbatch", "--parsable", ...less, output, archive.at("script"))).trim();
  const ended = everyTaskEnded(job);
  const killing = archive.killSome(KILLS, ended);
  const requeued = await ended;
  const killed = await killing;
  console.log({ killed, requeued });
  const right = await archive.judge(began);
  const same = killed.toSorted().join() === requeued.toSorted().join();
  process.exitCode = right && killed.length === KILLS && same ? 0 : 1;
} finally {
  for (const daemon of daemons.toReversed()) await end(daemon);
  archive.remove();
}

/** `munged`, `slurmctld` and `slurmd` in the foreground, with a configuration of their own. */
async function startCluster(): Promise<void> {
  const host = os.hostname();
  for (const name of ["state", "spool"]) mkdirSync(archive.at("slurm", name), { recursive: true });
  const munge = archive.at("munge");
  mkdirSync(munge);
  const settings = {
    ClusterName: "one",
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmUser: "root",
    SlurmdUser: "root",
    AuthInfo: `socket=${munge}/socket`,
    StateSaveLocation: archive.at("slurm/state"),
    SlurmdSpoolDir: archive.at("slurm/spool"),
    SlurmctldPidFile: archive.at("slurm/slurmctld.pid"),
    SlurmdPidFile: archive.at("slurm/slurmd.pid"),
    SlurmctldPort: "16817",
    SlurmdPort: "16818",
    ProctrackType: "proctrack/linuxproc",
    TaskPlugin: "task/none",
    MpiDefault: "none",
    SelectType: "select/cons_tres",
    SelectTypeParameters: "CR_Core",
    JobAcctGatherType: "jobacct_gather/none",
    AccountingStorageType: "accounting_storage/none",
    // A task that has ended is told of so long, in seconds.
    MinJobAge: "86400",
    SlurmdParameters: "config_overrides",
    NodeName: `${host} NodeAddr=127.0.0.1 CPUs=${TASKS} RealMemory=4000 State=UNKNOWN`,
    PartitionName: "all Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(archive.at("slurm.conf"), lines.join(""));
  // `munged` wants a key and folders that nobody else may write to.
  chownSync(munge, 0, 0);
  const key = archive.at("munge/key");
  writeFileSync(key, crypto.getRandomValues(new Uint8Array(64)), { mode: 0o600 });
  const files = ["socket", "pid-file", "log-file", "seed-file"].map(
    (name) => `--${name}=${munge}/${name.replace("-file", "")}`,
  );
  start("munged", "--foreground", "--force", `--key-file=${key}`, ...files);
  start("slurmctld", "-D");
  start("slurmd", "-D", "-N", host);
  for (let left = 60; !/idle/.test(await slurm("sinfo").catch(() => "")); left--) {
    if (left === 0) throw new Error("Slurm does not start.");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What is killed is queued again, as a person does it. Gives these tasks. */
async function everyTaskEnded(job: string): Promise<string[]> {
  const requeued: string[] = [];
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const tasks = (await slurm("scontrol", "show", "job", "-o", job))
      .trim()
      .split("\n")
      .map((line) => ({
        number: /ArrayTaskId=(\d+)\b/.exec(line)?.[1],
        state: /JobState=(\w+)/.exec(line)?.[1],
      }));
    for (const { number, state } of tasks) {
      if (state !== "FAILED" || number === undefined) continue;
      if (requeued.includes(number)) throw new Error(`Task ${number} failed twice.`);
      requeued.push(number);
      await slurm("scontrol", "requeue", `${job}_${number}`);
    }
    const ended = tasks.filter(({ state }) => state === "COMPLETED").length;
    if (ended === TASKS) return requeued;
  }
}

function environment(): NodeJS.ProcessEnv {
  return { ...archive.environment, SLURM_CONF: archive.at("slurm.conf") };
}

function start(program: string, ...args: readonly string[]): void {
  const daemon = spawn(program, args, { env: environment(), stdio: "ignore" });
  daemon.once("error", (error) => console.error(String(error)));
  daemons.push(daemon);
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || !daemon.kill("SIGTERM")) return;
  await new Promise((resolve) => daemon.once("close", resolve));
}

function slurm(program: string, ...args: readonly string[]): Promise<string> {
  const variables = Object.entries(environment()).map(([name, value]) => `${name}=${value ?? ""}`);
  return runNative("env", [...variables, program, ...args]);
}
