import { memoryOf } from "../../scripts/support/processes";
import type { BenchPage, PinnedBrowser } from "./bench-page";

/** Megabytes (10^6 bytes) of proportional set size of all renderers of a browser. */
export interface MemoryUse {
  /** The page before anything was added. */
  readonly empty: number;
  /** With songs in its list and the engine ready, which all workers share. */
  readonly idle: number;
  /** Peak over `idle` with so many workers at work. */
  readonly peaks: readonly { readonly workers: number; readonly peak: number }[];
  /** After the batches, with the list cleared; over `idle`. */
  readonly after: number;
}

/** `songs` is a folder of at least four songs: fewer run in sequence. */
export async function memoryUse(
  { pid }: PinnedBrowser,
  page: BenchPage,
  songs: string,
): Promise<MemoryUse> {
  const { levelUp } = page;
  const empty = await settled(pid);
  await levelUp.add([songs]);
  // The engine is fetched and compiled as soon as there are songs.
  const idle = await settled(pid);
  const peaks: { workers: number; peak: number }[] = [];
  for (const workers of [1, 2]) {
    await levelUp.set({ Workers: workers });
    const peak = await peakDuring(pid, () => page.run("Start", songs));
    peaks.push({ workers, peak: peak - idle });
  }
  await levelUp.press("Clear list");
  return { empty, idle, peaks, after: (await settled(pid)) - idle };
}

/** The most that all renderers took together while something went on, looked at ten times a second. */
export async function peakDuring(pid: number, work: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, renderersOf(pid))), 100);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return peak;
}

/** Megabytes that two looks in a row may differ by, and seconds between them. */
const STILL = 1;
const APART = 2;

/** Once it has stopped changing: what was begun has ended, what was freed is collected. */
export async function settled(pid: number): Promise<number> {
  let before = NaN;
  let now = renderersOf(pid);
  for (let look = 0; look < 15 && !(Math.abs(now - before) < STILL); look++) {
    await new Promise((resolve) => setTimeout(resolve, APART * 1000));
    [before, now] = [now, renderersOf(pid)];
  }
  return now;
}

const renderersOf = (pid: number): number => memoryOf(pid).renderer;
