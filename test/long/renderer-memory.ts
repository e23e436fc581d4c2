import { readFileSync } from "node:fs";
import { processTree } from "../../bench/timing";

/** Megabytes (10^6 bytes) of proportional set size, as Linux tells. */
export interface MemoryUse {
  /** The process of the page and its workers. */
  readonly renderer: number;
  /** All of the browser's processes together. */
  readonly browser: number;
}

/** `browser` is the browser's own process; it and all below it are counted. */
export function memoryNow(browser: number): MemoryUse {
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

/** Looks twice a second; `stop` gives the peaks. */
export function watchMemory(browser: number): { stop(): MemoryUse } {
  let peak: MemoryUse = { renderer: 0, browser: 0 };
  const timer = setInterval(() => {
    const now = memoryNow(browser);
    peak = {
      renderer: Math.max(peak.renderer, now.renderer),
      browser: Math.max(peak.browser, now.browser),
    };
  }, 500);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}
