import { mkdirSync } from "node:fs";
import path from "node:path";
import type { ControlValues } from "../cli/in-browser/page";
import type { ReportedFile } from "../cli/in-browser/report";
import type { BenchPage } from "./browser";
import type { Floor } from "./floor";
import {
  levelByLoudnorm,
  levelByVolume,
  losslessByMp3gain,
  scanByEbur128,
  scanByLoudgain,
  scanByLoudnorm,
  type PeerTimes,
  type Target,
} from "./peers";
import { folderWith, type Kind, type Song } from "./songs";
import { spreadOf, type Spread, type Times } from "./timing";

export const TOOLS = {
  levelup: "LevelUp",
  floor: "floor",
  loudgain: "loudgain",
  mp3gain: "mp3gain",
  ebur128: "ffmpeg ebur128 (+ volume)",
  loudnorm: "ffmpeg-normalize's commands",
} as const;
export type Tool = keyof typeof TOOLS;

export type JobName = "scan" | "level" | "batch" | "limit" | "lossless";

/** The target of a job: the level of ReplayGain, which every song of the benchmark lies above. */
const QUIETER: Target = { loudness: -18, ceiling: -1 };
/** Louder than the songs are: the limiter has to work, and loudnorm leaves its linear mode. */
const LOUDER: Target = { loudness: -9, ceiling: -1 };

export interface Sample extends Times {
  readonly job: JobName;
  readonly kind: Kind;
  readonly tool: Tool;
  readonly song: string;
  /** Seconds of audio. */
  readonly duration: number;
  readonly round: number;
  /** LevelUp's own account: seconds of each phase, inside the worker. */
  readonly phases: ReportedFile["seconds"];
  readonly passes: number | null;
  readonly note: string | null;
}

export interface Tools {
  readonly core: number;
  readonly levelUp: BenchPage;
  readonly floor: Floor;
  /** Where results may be written. */
  readonly folder: string;
}

/** Every tool that does a job, one after the other, over the same songs on one core. */
export async function runJob(
  job: JobName,
  songs: readonly Song[],
  round: number,
  tools: Tools,
): Promise<Sample[]> {
  const { core, floor } = tools;
  const native = path.join(tools.folder, "native");
  mkdirSync(native, { recursive: true });
  const each = async (tool: Tool, run: (song: Song) => PeerTimes | Promise<number>) => {
    const samples: Sample[] = [];
    for (const song of songs) {
      const found = await run(song);
      const times = typeof found === "number" ? { wall: found, cpu: null, note: null } : found;
      samples.push({ ...about(job, song, round), ...times, tool, phases: null, passes: null });
    }
    return samples;
  };
  const target = targetOf(job);
  const loudnorm = () => each("loudnorm", (song) => levelByLoudnorm(core, song, target, native));
  const transcode = () => each("floor", (song) => floor.transcode(song));
  const peers: Record<JobName, (() => Promise<Sample[]>)[]> = {
    scan: [
      () => each("loudgain", (song) => scanByLoudgain(core, song)),
      () => each("ebur128", (song) => scanByEbur128(core, song)),
      () => each("loudnorm", (song) => scanByLoudnorm(core, song, target)),
      () => each("floor", (song) => floor.decode(song)),
    ],
    level: [
      loudnorm,
      () => each("ebur128", (song) => levelByVolume(core, song, target, native)),
      transcode,
    ],
    batch: [transcode],
    limit: [loudnorm, transcode],
    // Beside ffmpeg-normalize it is held against the same round of "level".
    lossless: [() => each("mp3gain", (song) => losslessByMp3gain(core, song, native))],
  };
  const steps = [...peers[job], () => levelUpSamples(job, songs, round, tools)];
  // Which one is first changes from round to round, so that none always meets a warm disk cache.
  const first = round % steps.length;
  const samples: Sample[] = [];
  for (const run of [...steps.slice(first), ...steps.slice(0, first)]) {
    samples.push(...(await run()));
  }
  return samples;
}

const about = (job: JobName, { kind, name, duration }: Song, round: number) => ({
  job,
  kind,
  song: name,
  duration,
  round,
});

/** One batch; what it takes beside its songs is shared out among them by their time. */
async function levelUpSamples(
  job: JobName,
  songs: readonly Song[],
  round: number,
  { levelUp, folder }: Tools,
): Promise<Sample[]> {
  const place = path.join(folder, "songs", `${songs[0]!.kind}-${songs.length}`);
  const dropped = folderWith(place, songs);
  await levelUp.levelUp.set(settingsOf(job));
  const { wall, cpu, report } = await levelUp.run(job === "scan" ? "Measure" : "Start", dropped);
  const route = {
    scan: "none",
    level: "encode",
    batch: "encode",
    limit: "encode",
    lossless: "lossless",
  }[job];
  const seconds = (file: ReportedFile) => file.seconds?.total ?? NaN;
  const all = report.files.reduce((sum, file) => sum + seconds(file), 0);
  return songs.map((song) => {
    const file = report.files.find((each) => path.basename(each.path) === path.basename(song.file));
    if (file?.route !== route) throw new Error(`${song.name} went another route: ${file?.route}`);
    const share = seconds(file) / all;
    return {
      ...about(job, song, round),
      tool: "levelup",
      wall: wall * share,
      cpu: cpu === null ? null : cpu * share,
      phases: file.seconds,
      passes: file.passes,
      note: file.reason,
    };
  });
}

const targetOf = (job: JobName): Target => (job === "limit" ? LOUDER : QUIETER);

function settingsOf(job: JobName): ControlValues {
  const { loudness, ceiling } = targetOf(job);
  return {
    "Target loudness (LUFS)": loudness,
    "True-peak ceiling (dBTP)": ceiling,
    "Lossless where possible": job === "lossless",
  };
}

/** Seconds a minute of audio: songs of different lengths compare. */
export const perMinute = ({ wall, duration }: Sample): number => (wall / duration) * 60;

/** LevelUp's time over another tool's, song by song and round by round. */
export function ratios(
  samples: readonly Sample[],
  job: JobName,
  kind: Kind,
  tool: Tool,
  measure: "wall" | "cpu" | "engine",
): Spread | null {
  const of = (which: Tool) => {
    const theirs = job === "lossless" && which === "loudnorm" ? "level" : job;
    return samples.filter(
      (sample) => sample.job === theirs && sample.kind === kind && sample.tool === which,
    );
  };
  const values = of("levelup").flatMap((ours) => {
    const theirs = of(tool).find(({ song, round }) => song === ours.song && round === ours.round);
    const time = measure === "engine" ? (ours.phases?.total ?? null) : ours[measure];
    const other = theirs?.[measure === "cpu" ? "cpu" : "wall"] ?? null;
    return time === null || other === null ? [] : [time / other];
  });
  return values.length === 0 ? null : spreadOf(values);
}
