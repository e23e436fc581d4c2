import { readShard, type Shard, type ShardRefusal, wholeNumber } from "./shard";

type Environment = Readonly<Record<string, string | undefined>>;

/** What part of the archive a run does, and who said so. */
export type ShardOfRun =
  | { readonly kind: "whole" }
  | { readonly kind: "shard"; readonly shard: Shard; readonly by: string }
  | ShardRefusal;

/**
 * As `--shard` says; without it as the array job does that the run is a task of. A task whose folder
 * is all its own says `--shard 1/1`.
 */
export function shardOfRun(flag: string | null, environment: Environment): ShardOfRun {
  if (flag !== null) {
    const read = readShard(flag);
    return read.kind === "shard" ? { ...read, by: "--shard" } : read;
  }
  const found = schedulers.filter(({ marks }) => marks.some((name) => environment[name] ?? ""));
  const [scheduler, other] = found;
  if (scheduler === undefined) return { kind: "whole" };
  if (other !== undefined) {
    return refused(
      "two-schedulers",
      `This is a task of ${scheduler.name} and of ${other.name}; --shard K/N says which part it does.`,
    );
  }
  const read = scheduler.read((name) => wholeNumber(environment[name], 0));
  if (read.kind === "refused") return read;
  const { number, count } = read;
  if (number < 1 || number > count) {
    return refused("out-of-range", `${scheduler.name} says task ${number} of ${count}.`);
  }
  return { kind: "shard", shard: { number, count }, by: scheduler.name };
}

const refused = (reason: ShardRefusal["reason"], message: string): ShardRefusal => ({
  ...({ kind: "refused", reason } as const),
  message: `${message} See docs/archive.md.`,
});

interface Scheduler {
  readonly name: string;
  /** Variables that only a task of it has. */
  readonly marks: readonly string[];
  /** `value` gives a variable's whole number from 0 on, or null. */
  read(value: (name: string) => number | null): ({ readonly kind: "read" } & Shard) | ShardRefusal;
}

/** The task of an array that counts from 0, and says how many there are. */
const fromZero =
  (index: string, size: string, hint: string): Scheduler["read"] =>
  (value) => {
    const [at, count] = [value(index), value(size)];
    if (at === null) return refused("index-missing", `${index} is not set. ${hint}`);
    if (count === null) return refused("count-missing", `${size} is not set. ${hint}`);
    return { kind: "read", number: at + 1, count };
  };

const schedulers: readonly Scheduler[] = [
  {
    name: "Kubernetes",
    marks: ["JOB_COMPLETION_INDEX", "LEVELUP_SHARDS"],
    // An Indexed Job tells its pods no count, so the manifest has to.
    read: fromZero(
      "JOB_COMPLETION_INDEX",
      "LEVELUP_SHARDS",
      "The Job needs completionMode: Indexed and LEVELUP_SHARDS with the number of completions.",
    ),
  },
  {
    name: "AWS Batch",
    marks: ["AWS_BATCH_JOB_ARRAY_INDEX"],
    read: fromZero(
      "AWS_BATCH_JOB_ARRAY_INDEX",
      "AWS_BATCH_JOB_ARRAY_SIZE",
      "An array job has both.",
    ),
  },
  {
    name: "Slurm",
    marks: ["SLURM_ARRAY_TASK_ID"],
    read(value) {
      const [id, least, most, count] = ["ID", "MIN", "MAX", "COUNT"].map((name) =>
        value(`SLURM_ARRAY_TASK_${name}`),
      );
      if (id == null || least == null || most == null || count == null) {
        return refused(
          "count-missing",
          "SLURM_ARRAY_TASK_ID, _MIN, _MAX and _COUNT belong together.",
        );
      }
      // With gaps, or a step, some shards would be nobody's and others two tasks'.
      if (most - least + 1 !== count) {
        const tasks = `${count} tasks from ${least} to ${most}`;
        return refused(
          "not-contiguous",
          `The array has gaps (${tasks}), so shards would be missing.`,
        );
      }
      return { kind: "read", number: id - least + 1, count };
    },
  },
];
