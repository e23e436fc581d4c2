import { spawn } from "node:child_process";
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import type { BatchRun, BenchPage } from "../page/bench-page";
import type { Song } from "../songs";
import type { ModelInputs } from "./model";
import { spreadOf } from "../spread";

/** Seconds of the same work on each of two cores. */
type OnEachCore = readonly [first: number, second: number];

/** Alone on each core, and on both cores at the same time. */
interface NativeRun {
  readonly alone: OnEachCore;
  readonly together: OnEachCore;
}

/** The same songs one way after the other. */
export interface ScalingRound {
  /** One worker with all of the browser on one core, on the first and on the second. */
  readonly one: OnEachCore;
  /** Two workers with all of the browser on both cores. */
  readonly two: number;
  /** Native ffmpeg, right before the round and right after it. */
  readonly native: readonly [before: NativeRun, after: NativeRun];
}

export interface Scaling {
  readonly rounds: readonly ScalingRound[];
  readonly inputs: ModelInputs;
  readonly lengths: readonly number[];
}

/** What one core does, in songs of this benchmark a second: the mean of both, which may differ. */
const throughput = ([first, second]: OnEachCore): number => (1 / first + 1 / second) / 2;

/** Throughput of two workers on both cores over that of one worker on one. */
export const speedUpOf = ({ one, two }: ScalingRound): number => 1 / two / throughput(one);

/** The same of two native ffmpegs that have nothing to do with each other. */
export const nativeSpeedUpOf = ({ native }: ScalingRound): OnEachCore => {
  const [before, after] = native.map(
    ({ alone, together }) => (2 * throughput(together)) / throughput(alone),
  );
  return [before!, after!];
};

/** What is asked of LevelUp; less than that from native ffmpeg, and the machine does not have it. */
export const ASKED = 1.85;

/**
 * Virtual cores are not always cores: others on the host take from both. A round counts where two
 * native ffmpegs gained what is asked of LevelUp, before it and after it, which says nothing of
 * LevelUp. Where no round does, all count.
 */
export function countedRounds({ rounds }: Pick<Scaling, "rounds">): readonly ScalingRound[] {
  const quiet = rounds.filter(isQuiet);
  return quiet.length > 0 ? quiet : rounds;
}

export const isQuiet = (round: ScalingRound): boolean =>
  Math.min(...nativeSpeedUpOf(round)) >= ASKED;

/** Ends after so many quiet rounds … */
const ENOUGH = 3;
/** … or after so many in all. */
const MOST_ROUNDS = 7;

/** The same songs with one worker and with two; `pinned` are on a core each, `page` is on both. */
export async function scaling(
  page: BenchPage,
  pinned: readonly [BenchPage, BenchPage],
  folder: string,
  songs: readonly Song[],
  mostRounds = MOST_ROUNDS,
): Promise<Scaling> {
  const ones: BatchRun[] = [];
  const twos: BatchRun[] = [];
  const rounds: ScalingRound[] = [];
  await page.levelUp.set({ Workers: 2 });
  // A visit's first batch also compiles what is hot in the engine.
  for (const each of [...pinned, page]) await each.run("Start", folder);
  while (rounds.length < mostRounds && rounds.filter(isQuiet).length < ENOUGH) {
    const before = await nativeRun(songs.slice(0, 2));
    const first = await pinned[0].run("Start", folder);
    const two = await page.run("Start", folder);
    const second = await pinned[1].run("Start", folder);
    const after = await nativeRun(songs.slice(0, 2));
    ones.push(first, second);
    twos.push(two);
    rounds.push({ one: [first.wall, second.wall], two: two.wall, native: [before, after] });
  }
  const lengths = songs.map(({ duration }) => duration);
  const audio = sum(lengths);
  const phases = (runs: readonly BatchRun[]) =>
    runs.map(({ report }) => {
      const seconds = report.files.flatMap((file) => file.seconds ?? []);
      return {
        work: sum(seconds.map(({ measure, render, verify }) => measure + render + verify)),
        total: sum(seconds.map(({ total }) => total)),
      };
    });
  const median = (values: readonly number[]) => spreadOf(values).median;
  const single = phases(ones);
  const work = median(single.map((each) => each.work));
  const total = median(single.map((each) => each.total));
  const bytes = sum(songs.map(({ bitRate, duration }) => (bitRate * duration) / 8));
  const bandwidth = diskBandwidth(path.dirname(folder));
  // What the batch takes beyond its songs and the disk.
  const around = median(ones.map(({ wall }) => wall)) - total - (2 * bytes) / bandwidth;
  return {
    rounds,
    lengths,
    inputs: {
      computePerSecond: work / audio,
      perSong: (total - work) / songs.length,
      handover: Math.max(0, around) / songs.length,
      pagePerSong: median(ones.map(({ pageThread }) => pageThread)) / songs.length,
      bytesPerSecond: bytes / audio,
      diskBandwidth: bandwidth,
      memoryPerSecond: PCM_PASSES * PCM_BYTES,
      memoryBandwidth: memoryBandwidth(),
      contention: Math.max(0, median(phases(twos).map((each) => each.total)) / total - 1),
    },
  };
}

/** f32 stereo at 44.1 kHz: a second of a song between decoder and encoder. */
const PCM_BYTES = 44_100 * 2 * 4;
/**
 * How often a song's samples are read or written on their way, read off lib/song-path: decoded and
 * handed over (2), into the meter (2), kept (2), read back, changed and handed to the encoder (6),
 * decoded again for verification (2), into the meter (2). Twice that for what the codecs do inside, which is a guess.
 */
const PCM_PASSES = 2 * 16;

/** Transcodes all songs on each of two cores, one after the other and at the same time. */
async function nativeRun(songs: readonly Song[]): Promise<NativeRun> {
  const transcode = async (core: number): Promise<number> => {
    const begun = performance.now();
    for (const { file } of songs) {
      const to = ["-b:a", "320k", "-f", "mp3", "/dev/null"];
      const args = ["-nostdin", "-v", "error", "-y", "-threads", "1", "-i", file, ...to];
      const child = spawn("taskset", ["-c", String(core), "ffmpeg", ...args], { stdio: "ignore" });
      await new Promise((resolve) => child.once("exit", resolve));
    }
    return (performance.now() - begun) / 1000;
  };
  const alone = [await transcode(0), await transcode(1)] as const;
  return { alone, together: await Promise.all([transcode(0), transcode(1)]) };
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
