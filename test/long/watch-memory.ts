import { memoryOf, type MemoryUse } from "../../scripts/support/processes";

/** Looks twice a second; `stop` gives the peaks. */
export function watchMemory(browser: number): { stop(): MemoryUse } {
  let peak: MemoryUse = { renderer: 0, browser: 0 };
  const timer = setInterval(() => {
    const now = memoryOf(browser);
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
