import { mkdirSync } from "node:fs";
import path from "node:path";
import type { SettingValues } from "../drive/page";
import type { ReportedFile } from "../drive/report";
import type { BatchRun, BenchPage } from "./browser";
import type { Floor } from "./floor";
import {
  levelByLoudnorm,
  levelByVolume,
  losslessByMp3gain,
  scanByEbur128,
  scanByLoudgain,
  scanByLoudnorm,
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

export type JobName = "scan" | "level" | "limit" | "lossless";

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

/** Every tool that does a job, one after the other on one song and one core. */
export async function runJob(
  job: JobName,
  song: Song,
  round: number,
  tools: Tools,
): Promise<Sample[]> {
  const { core, floor } = tools;
  const samples: Sample[] = [];
  const add = (tool: Tool, times: Times & { readonly note?: string | null }) => {
    const { wall, cpu, note = null } = times;
    const base = { job, kind: song.kind, tool, song: song.name, duration: song.duration, round };
    samples.push({ ...base, wall, cpu, phases: null, passes: null, note });
  };
  const native = path.join(tools.folder, "native");
  mkdirSync(native, { recursive: true });
  // Which one is first changes from round to round, so that none always meets a warm disk cache.
  const steps: (() => Promise<void> | void)[] = [];
  const step = (run: () => Promise<void> | void) => steps.push(run);
  switch (job) {
    case "scan":
      step(() => add("loudgain", scanByLoudgain(core, song)));
      step(() => add("ebur128", scanByEbur128(core, song)));
      step(() => add("loudnorm", scanByLoudnorm(core, song, QUIETER)));
      step(async () => add("floor", onlyWall(await floor.decode(song))));
      break;
    case "level":
      step(() => add("loudnorm", levelByLoudnorm(core, song, QUIETER, native)));
      step(() => add("ebur128", levelByVolume(core, song, QUIETER, native)));
      step(async () => add("floor", onlyWall(await floor.transcode(song))));
      break;
    case "limit":
      step(() => add("loudnorm", levelByLoudnorm(core, song, LOUDER, native)));
      step(async () => add("floor", onlyWall(await floor.transcode(song))));
      break;
    case "lossless":
      step(() => add("mp3gain", losslessByMp3gain(core, song, native)));
      step(() => add("loudnorm", levelByLoudnorm(core, song, QUIETER, native)));
      break;
  }
  step(async () => {
    samples.push(await levelUpSample(job, song, round, tools));
  });
  const first = round % steps.length;
  for (const run of [...steps.slice(first), ...steps.slice(0, first)]) await run();
  return samples;
}

const onlyWall = (wall: number): Times => ({ wall, cpu: null });

async function levelUpSample(
  job: JobName,
  song: Song,
  round: number,
  { levelUp, folder }: Tools,
): Promise<Sample> {
  const songs = folderWith(path.join(folder, "songs", `${song.kind}-${song.name}`), [song]);
  await levelUp.levelUp.set(settingsOf(job));
  const run = await levelUp.run(job === "scan" ? "Measure" : "Start", songs);
  const file = onlyFile(run);
  const route = { scan: "none", level: "encode", limit: "encode", lossless: "lossless" }[job];
  if (file.route !== route) throw new Error(`${file.path} went the ${file.route} route`);
  const { wall, cpu } = run;
  const base = { job, kind: song.kind, tool: "levelup", song: song.name, round } as const;
  const note = file.reason;
  const { duration } = song;
  return { ...base, duration, wall, cpu, phases: file.seconds, passes: file.passes, note };
}

function onlyFile({ report }: BatchRun): ReportedFile {
  const [file] = report.files;
  if (!file || report.files.length > 1) throw new Error("More songs than one were worked on.");
  return file;
}

function settingsOf(job: JobName): SettingValues {
  const { loudness, ceiling } = job === "limit" ? LOUDER : QUIETER;
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
  const of = (which: Tool) =>
    samples.filter((sample) => sample.job === job && sample.kind === kind && sample.tool === which);
  const values = of("levelup").flatMap((ours) => {
    const theirs = of(tool).find(({ song, round }) => song === ours.song && round === ours.round);
    const time = measure === "engine" ? (ours.phases?.total ?? null) : ours[measure];
    const other = theirs?.[measure === "cpu" ? "cpu" : "wall"] ?? null;
    return time === null || other === null ? [] : [time / other];
  });
  return values.length === 0 ? null : spreadOf(values);
}
