import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import type { BatchRun, BenchPage } from "./browser";
import type { Song } from "./songs";
import type { ModelInputs } from "./model";
import { spreadOf, type Spread } from "./timing";

export interface Scaling {
  readonly songs: number;
  readonly one: Spread;
  readonly two: Spread;
  /** Throughput of two workers over that of one, round by round. */
  readonly speedUp: Spread;
  readonly inputs: ModelInputs;
  readonly lengths: readonly number[];
}

/** The same songs with one worker and with two, in turn, on all cores. */
export async function scaling(
  page: BenchPage,
  folder: string,
  songs: readonly Song[],
  rounds: number,
): Promise<Scaling> {
  const runs: Record<1 | 2, BatchRun[]> = { 1: [], 2: [] };
  for (let round = 0; round < rounds; round++) {
    for (const workers of round % 2 === 0 ? ([1, 2] as const) : ([2, 1] as const)) {
      await page.levelUp.set({ Workers: workers });
      runs[workers].push(await page.run("Start", folder));
    }
  }
  const walls = (workers: 1 | 2) => runs[workers].map(({ wall }) => wall);
  const lengths = songs.map(({ duration }) => duration);
  const audio = sum(lengths);
  const phases = (workers: 1 | 2) =>
    runs[workers].map(({ report }) => {
      const seconds = report.files.flatMap((file) => file.seconds ?? []);
      return {
        work: sum(seconds.map(({ measure, render, verify }) => measure + render + verify)),
        total: sum(seconds.map(({ total }) => total)),
      };
    });
  const median = (values: readonly number[]) => spreadOf(values).median;
  const one = phases(1);
  const work = median(one.map((each) => each.work));
  const total = median(one.map((each) => each.total));
  const bytes = sum(songs.map(({ bitRate, duration }) => (bitRate * duration) / 8));
  const pagePerSong = median(runs[1].map(({ pageThread }) => pageThread)) / songs.length;
  const bandwidth = diskBandwidth(path.dirname(folder));
  // What the batch takes beyond its songs, the page's thread and the disk: workers being started.
  const around = median(walls(1)) - total - pagePerSong * songs.length - (2 * bytes) / bandwidth;
  const workersStarted = Math.ceil(songs.length / 4);
  return {
    songs: songs.length,
    one: spreadOf(walls(1)),
    two: spreadOf(walls(2)),
    speedUp: spreadOf(walls(1).map((wall, round) => wall / (walls(2)[round] ?? NaN))),
    lengths,
    inputs: {
      computePerSecond: work / audio,
      perSong: (total - work) / songs.length,
      workerStart: Math.max(0, around) / workersStarted,
      pagePerSong,
      bytesPerSecond: bytes / audio,
      diskBandwidth: bandwidth,
      contention: Math.max(0, median(phases(2).map((each) => each.total)) / total - 1),
    },
  };
}

/** Bytes a second that reach the disk itself. */
function diskBandwidth(folder: string): number {
  const file = path.join(folder, "bandwidth");
  const piece = Buffer.alloc(16e6, 1);
  const begun = performance.now();
  const open = openSync(file, "w");
  for (let i = 0; i < 16; i++) writeSync(open, piece);
  fsyncSync(open);
  closeSync(open);
  const seconds = (performance.now() - begun) / 1000;
  rmSync(file);
  return (16 * piece.length) / seconds;
}

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);
