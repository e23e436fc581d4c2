import { readdirSync, readFileSync } from "node:fs";

/** What Linux tells of a process and all below it, such as a browser. */

/** Processor seconds that they have spent so far. */
export function cpuOfTree(root: number): number {
  const ticks = processTree(root).map((pid) => {
    const fields = statOf(pid);
    return fields ? Number(fields[11]) + Number(fields[12]) : 0;
  });
  // Linux tells times in hundredths of a second, whatever the kernel's own tick (proc(5)).
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}

/** Megabytes (10^6 bytes) of proportional set size. */
export interface MemoryUse {
  /** The processes of pages and their workers. */
  readonly renderer: number;
  /** All of the browser's processes together. */
  readonly browser: number;
}

/** `browser` is the browser's own process. */
export function memoryOf(browser: number): MemoryUse {
  const use = { renderer: 0, browser: 0 };
  for (const pid of processTree(browser)) {
    try {
      const isRenderer = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
      const megabytes = (Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024) / 1e6;
      use.browser += megabytes;
      if (isRenderer) use.renderer += megabytes;
    } catch {
      // It ended while it was looked at.
    }
  }
  return use;
}

/** Megabytes (10^6 bytes) of resident set size: pages that processes share count for each. */
export function residentOf(root: number): number {
  const kilobytes = processTree(root).map((pid) => {
    try {
      return Number(
        /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0,
      );
    } catch {
      // It ended while it was looked at.
      return 0;
    }
  });
  return (kilobytes.reduce((sum, each) => sum + each, 0) * 1024) / 1e6;
}

function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(Number(name))?.[1]);
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
function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
