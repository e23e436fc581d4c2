import type { Settings } from "@/lib/settings/settings";

export interface Machine {
  /** `navigator.hardwareConcurrency` */
  readonly cores: number;
  /** `navigator.deviceMemory` in GB; null where the browser does not tell. */
  readonly memory: number | null;
}

/** Batches of up to this many songs run in sequence. */
const SEQUENTIAL_UP_TO = 3;
/** A worker's share of the machine's memory, GB: its engine, a song's samples, and room. */
const MEMORY_PER_WORKER = 0.5;

export const isParallel = (
  files: number,
  { enableParallelProcessing }: Pick<Settings, "enableParallelProcessing">,
): boolean => enableParallelProcessing && files > SEQUENTIAL_UP_TO;

/** How many workers a batch of `files` songs gets. */
export function workerCount(
  files: number,
  settings: Pick<Settings, "enableParallelProcessing" | "maxConcurrentJobs" | "coreUse">,
  machine: Machine,
): number {
  if (!isParallel(files, settings)) return 1;
  const wanted = settings.maxConcurrentJobs ?? automaticWorkers(settings.coreUse, machine.cores);
  const affordable =
    machine.memory === null ? Infinity : Math.floor(machine.memory / MEMORY_PER_WORKER);
  return Math.max(1, Math.min(wanted, files, affordable));
}

/** What "automatic" means on this machine. */
export function automaticWorkers(coreUse: Settings["coreUse"], cores: number): number {
  switch (coreUse) {
    case "automatic":
      return Math.max(1, cores - 1);
    case "conservative":
      return Math.max(1, Math.floor(cores / 2));
    case "aggressive":
      return Math.max(1, cores);
  }
}
