import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Seconds of one run. */
export interface Times {
  readonly wall: number;
  /** User and system time of everything that took part; null where it cannot be told apart. */
  readonly cpu: number | null;
}

export interface NativeRun extends Times {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a native tool on one core. Throws with its own words when it fails. */
export function runPinned(core: number, tool: string, args: readonly string[]): NativeRun {
  // bash's `time` also counts the processor time, which Node does not tell of its children.
  const script = 'TIMEFORMAT="%3R %3U %3S"; time taskset -c "$@"';
  const { stdout, stderr, status } = spawnSync(
    "bash",
    ["-c", script, "bash", String(core), tool, ...args],
    { encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, LC_ALL: "C" } },
  );
  const lines = stderr.trimEnd().split("\n");
  const times = /^([\d.]+) ([\d.]+) ([\d.]+)$/.exec(lines.pop() ?? "");
  if (status !== 0 || times === null) {
    throw new Error(`${tool} ${args.join(" ")} ended with ${String(status)}:\n${stderr}`);
  }
  const [wall = NaN, user = NaN, system = NaN] = times.slice(1).map(Number);
  return { wall, cpu: user + system, stdout, stderr: lines.join("\n") };
}

/** Processor seconds that a process and all below it have spent so far. Linux. */
export function cpuOfTree(root: number): number {
  const ticks = processTree(root).map((pid) => {
    const fields = statOf(pid)?.fields;
    return fields ? Number(fields[11]) + Number(fields[12]) : 0;
  });
  // Linux tells times in hundredths of a second, whatever the kernel's own tick (proc(5)).
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}

/** A process and all below it. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(Number(name))?.fields[1]);
    if (Number.isNaN(parent)) continue;
    const siblings = children.get(parent);
    if (siblings) siblings.push(Number(name));
    else children.set(parent, [Number(name)]);
  }
  const found = [root];
  for (let i = 0; i < found.length; i++) found.push(...(children.get(found[i]!) ?? []));
  return found;
}

/** The fields of /proc/PID/stat after the command, which may hold spaces; null when it is gone. */
function statOf(pid: number): { fields: string[] } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return { fields: text.slice(text.lastIndexOf(")") + 2).split(" ") };
  } catch {
    return null;
  }
}

/** Median with the lowest and the highest value. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
  return { median, least: sorted[0] ?? NaN, most: sorted.at(-1) ?? NaN, count: sorted.length };
}
