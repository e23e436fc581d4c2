import { readFileSync } from "node:fs";
import os from "node:os";
import type { InterfaceUse } from "./page/interface";
import type { MemoryUse } from "./page/memory";
import type { Visit } from "./page/visits";
import type { Race } from "./race/race";
import type { Sample } from "./speed/samples";
import type { Scaling } from "./workers/scaling";

/** What can be measured alone. */
export const PARTS = [
  ...(["race", "speed", "visits", "memory", "workers", "interface"] as const),
] as const;
export type Part = (typeof PARTS)[number];

/** All of one run, as it is kept as JSON. */
export interface Results {
  readonly schema: "levelup-bench/1";
  /** Null is all of them. */
  readonly part: Part | null;
  readonly finishedAt: string;
  readonly quick: boolean;
  readonly seconds: number;
  readonly machine: Machine;
  readonly songs: readonly { readonly name: string; readonly seconds: number }[];
  readonly rounds: number;
  readonly race: Race | null;
  readonly samples: readonly Sample[];
  readonly visits: { readonly cold: Visit; readonly warm: Visit } | null;
  readonly memory: MemoryUse | null;
  readonly scaling: Scaling | null;
  readonly collection: readonly CollectionRow[];
  readonly interfaceUse: InterfaceUse | null;
}

/** 500 songs of 4 minutes by the model. */
export interface CollectionRow {
  readonly cores: number;
  readonly workers: number;
  /** Minutes when workers do not slow each other down. */
  readonly apart: number;
  /** Minutes when each further worker slows the others as much as the second one did here. */
  readonly shared: number;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: number;
  readonly browser: string;
  readonly ffmpeg: string;
  /** Runnable processes, mean of a minute: before and after. More than one or two is a busy machine. */
  readonly load: readonly [before: number, after: number];
}

export const machineOf = (browser: string, ffmpeg: string, loadBefore: number): Machine => ({
  cpu: /^model name\s*: (.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? os.arch(),
  cores: os.cpus().length,
  memory: os.totalmem(),
  browser,
  ffmpeg,
  load: [loadBefore, os.loadavg()[0] ?? NaN],
});
