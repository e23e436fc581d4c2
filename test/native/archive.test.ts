import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { shardOfRun } from "../../cli/shards/array-jobs";
import { podCommand, scriptOf } from "../support/archive-scripts";
import { runNative } from "../support/native-tools";

/*
 * What docs/archive.md tells people to copy: the manifest held against Kubernetes' schema, and the
 * scripts run as their schedulers run them, with a `levelup` that notes how it was called.
 */

/** The schema of Kubernetes 1.27, by its maintained models for npm, and a reader of YAML. */
const packages = ["kubernetes-models@4.5.0", "yaml@2.8.1"];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "levelup-archive-"));
  mkdirSync(path.join(folder, "bin"));
  program("levelup", `env -0 > "$(mktemp "$CALLS/XXXXXX.env")" && exit "\${LEVELUP_EXIT:-0}"`);
  program("srun", `while [[ $1 == --* ]]; do shift; done; exec "$@"`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `levelup` leaves its arguments in a variable, so that one file tells of a call. */
function program(name: string, script: string): void {
  const file = path.join(folder, "bin", name);
  writeFileSync(file, `#!/bin/bash\nexport ARGUMENTS="$*"\n${script}\n`);
  chmodSync(file, 0o755);
}

interface Call {
  readonly args: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs a script with a scheduler's variables; gives how `levelup` was called. */
async function callsOf(
  script: string,
  variables: Readonly<Record<string, string>>,
): Promise<Call[]> {
  const calls = mkdtempSync(path.join(folder, "calls-"));
  const bin = `${path.join(folder, "bin")}:${process.env["PATH"] ?? ""}`;
  const set = Object.entries({ ...variables, CALLS: calls, PATH: bin, HOME: folder });
  const environment = set.map(([name, value]) => `${name}=${value}`);
  await runNative("env", ["-i", ...environment, "bash", "-c", script]);
  return readdirSync(calls).map((name) => {
    const pairs = readFileSync(path.join(calls, name), "utf8")
      .split("\0")
      .filter((line) => line.includes("="));
    const all = Object.fromEntries(pairs.map((line) => line.split(/=(.*)/s).slice(0, 2))) as Record<
      string,
      string
    >;
    return { args: all["ARGUMENTS"] ?? "", environment: all };
  });
}

const flagOf = ({ args }: Call) => / --shard (\S+)/.exec(args)?.[1] ?? null;
const reportOf = ({ args }: Call) => / --report (\S+)/.exec(args)?.[1];

/** All calls together do every shard once, and each writes a report of its own. */
function expectEveryShardOnce(calls: readonly Call[], count: number): void {
  const shards = calls.map((call) => shardOfRun(flagOf(call), call.environment));
  const numbers = shards.map((each) => (each.kind === "shard" ? each.shard.number : 0));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  expect(shards.every((each) => each.kind === "shard" && each.shard.count === count)).toBe(true);
  expect(new Set(calls.map(reportOf)).size).toBe(count);
}

it("the Kubernetes manifest fits the schema, and its pods do every shard once", async () => {
  const tools = path.join(folder, "tools");
  mkdirSync(tools);
  writeFileSync(path.join(tools, "job.yaml"), scriptOf("Kubernetes", "yaml"));
  writeFileSync(
    path.join(tools, "read.mjs"),
    `import { readFileSync } from "node:fs";
     import { Job } from "kubernetes-models/batch/v1";
     import { parse } from "yaml";
     const job = parse(readFileSync("job.yaml", "utf8"));
     new Job(job).validate();
     const { completions, ...rest } = job.spec;
     let refused = "";
     try { new Job({ ...job, spec: { ...rest, completions: "40" } }).validate(); }
     catch (error) { refused = error.message; }
     console.log(JSON.stringify({ job, refused }));`,
  );
  const quiet = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  await runNative("npm", ["install", "--prefix", tools, ...quiet, ...packages]);
  const answer = await runNative("bash", ["-c", `cd '${tools}' && node read.mjs`]);
  const { job, refused } = JSON.parse(answer) as { job: Job; refused: string };
  expect(refused, "a schema that refuses nothing would prove nothing").toContain("completions");

  const { completions, completionMode, template } = job.spec;
  expect(completionMode).toBe("Indexed");
  const [{ command, args, env } = { command: [], args: [], env: [] }] = template.spec.containers;
  expect(command).toEqual(["sh", "-c"]);
  expect(args).toEqual([podCommand()]);
  const calls: Call[] = [];
  for (let index = 0; index < completions; index++) {
    const set = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    // A shard with songs that failed is a finished one.
    const exit = { LEVELUP_EXIT: String(index % 2) };
    const pod = { ...set, ...exit, JOB_COMPLETION_INDEX: String(index) };
    calls.push(...(await callsOf(args.join(" "), pod)));
  }
  expectEveryShardOnce(calls, completions);
  const killed = { JOB_COMPLETION_INDEX: "0", LEVELUP_SHARDS: "40", LEVELUP_EXIT: "137" };
  await expect(
    callsOf(args.join(" "), killed),
    "a pod that was killed has failed",
  ).rejects.toThrow();
});

interface Job {
  readonly spec: {
    readonly completions: number;
    readonly completionMode: string;
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly command: readonly string[];
          readonly args: readonly string[];
          readonly env: readonly { readonly name: string; readonly value: string }[];
        }[];
      };
    };
  };
}

it("the tasks of the Slurm script do every shard once", async () => {
  const script = scriptOf("Slurm", "bash");
  const [, least, most] = /--array=(\d+)-(\d+)/.exec(script)!.map(Number);
  const count = most! - least! + 1;
  const calls: Call[] = [];
  for (let id = least!; id <= most!; id++) {
    calls.push(
      ...(await callsOf(script, {
        SLURM_ARRAY_TASK_ID: String(id),
        SLURM_ARRAY_TASK_MIN: String(least),
        SLURM_ARRAY_TASK_MAX: String(most),
        SLURM_ARRAY_TASK_COUNT: String(count),
        SLURM_CPUS_PER_TASK: "4",
      })),
    );
  }
  expectEveryShardOnce(calls, count);
  expect(calls.every(({ args }) => args.includes("--workers 4"))).toBe(true);
});

it("the line for GNU parallel does every shard once", async () => {
  expectEveryShardOnce(await callsOf(scriptOf("GNU parallel", "bash"), {}), 8);
});
