import { spawnSync } from "node:child_process";

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

export const sumOf = (a: Times, b: Times): Times => ({
  wall: a.wall + b.wall,
  cpu: a.cpu === null || b.cpu === null ? null : a.cpu + b.cpu,
});
