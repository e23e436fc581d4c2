import { spawn } from "node:child_process";
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import type { BatchRun, BenchPage } from "./browser";
import type { Song } from "./songs";
import type { ModelInputs } from "./model";
import { spreadOf, type Spread } from "./timing";

export interface Scaling {
  readonly songs: number;
  /** One worker with all of the browser on one core. */
  readonly oneCore: Spread;
  /** One worker, and the other core free for the browser's other work. */
  readonly one: Spread;
  /** Two workers with all of the browser on two cores. */
  readonly two: Spread;
  /** Throughput of two workers on two cores over that of one on one core, round by round. */
  readonly speedUp: Spread;
  /** The same over that of one worker with both cores at its disposal. */
  readonly speedUpOverFree: Spread;
  /** Of two native ffmpegs, one on each core, over one: what this machine's cores can give. */
  readonly native: Spread;
  readonly inputs: ModelInputs;
  readonly lengths: readonly number[];
}

/** The same songs with one worker and with two, in turn; `pinned` is on one core, `page` on all. */
export async function scaling(
  page: BenchPage,
  pinned: BenchPage,
  folder: string,
  songs: readonly Song[],
  rounds: number,
): Promise<Scaling> {
  const runs: Record<1 | 2, BatchRun[]> = { 1: [], 2: [] };
  const alone: number[] = [];
  const native: number[] = [];
  await pinned.levelUp.set({ Workers: 1 });
  // A visit's first batch also compiles what is hot in the engine.
  await pinned.run("Start", folder);
  for (let round = 0; round < rounds; round++) {
    alone.push((await pinned.run("Start", folder)).wall);
    for (const workers of round % 2 === 0 ? ([1, 2] as const) : ([2, 1] as const)) {
      await page.levelUp.set({ Workers: workers });
      runs[workers].push(await page.run("Start", folder));
    }
    native.push(await nativeSpeedUp(songs.slice(0, 4)));
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
  // What the batch takes beyond its songs and the disk.
  const around = median(walls(1)) - total - (2 * bytes) / bandwidth;
  const over = (others: readonly number[]) =>
    spreadOf(others.map((wall, round) => wall / (walls(2)[round] ?? NaN)));
  return {
    songs: songs.length,
    oneCore: spreadOf(alone),
    one: spreadOf(walls(1)),
    two: spreadOf(walls(2)),
    speedUp: over(alone),
    speedUpOverFree: over(walls(1)),
    native: spreadOf(native),
    lengths,
    inputs: {
      computePerSecond: work / audio,
      perSong: (total - work) / songs.length,
      handover: Math.max(0, around) / songs.length,
      pagePerSong,
      bytesPerSecond: bytes / audio,
      diskBandwidth: bandwidth,
      memoryPerSecond: PCM_PASSES * PCM_BYTES,
      memoryBandwidth: memoryBandwidth(),
      contention: Math.max(0, median(phases(2).map((each) => each.total)) / total - 1),
    },
  };
}

/** f32 stereo at 44.1 kHz: a second of a song between decoder and encoder. */
const PCM_BYTES = 44_100 * 2 * 4;
/**
 * How often a song's samples are read or written on their way, read off lib/workers: decoded and
 * handed over (2), into the meter (2), kept (2), read back, changed and handed to the encoder (6),
 * decoded again for verification (2), into the meter (2). Twice that for what the codecs do inside, which is a guess.
 */
const PCM_PASSES = 2 * 16;

/** Transcodes all songs on one core, then on each of two at the same time. */
async function nativeSpeedUp(songs: readonly Song[]): Promise<number> {
  const transcode = async (core: number) => {
    for (const { file } of songs) {
      const to = ["-b:a", "320k", "-f", "mp3", "/dev/null"];
      const args = ["-nostdin", "-v", "error", "-y", "-threads", "1", "-i", file, ...to];
      const child = spawn("taskset", ["-c", String(core), "ffmpeg", ...args], { stdio: "ignore" });
      await new Promise((resolve) => child.once("exit", resolve));
    }
  };
  const timed = async (work: () => Promise<unknown>) => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
  const one = await timed(() => transcode(0));
  const two = await timed(() => Promise.all([transcode(0), transcode(1)]));
  return (2 * one) / two;
}

/** Bytes a second, read and written, of one core that copies more than caches hold. */
function memoryBandwidth(): number {
  const from = Buffer.alloc(256e6, 1);
  const to = Buffer.alloc(256e6, 2);
  const times = Array.from({ length: 5 }, () => {
    const begun = performance.now();
    from.copy(to);
    return (performance.now() - begun) / 1000;
  });
  return (2 * from.length) / spreadOf(times).median;
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
