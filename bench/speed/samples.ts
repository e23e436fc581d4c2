import type { ReportedFile } from "../../cli/in-browser/report";
import type { Kind } from "../songs";
import { spreadOf, type Spread } from "../spread";
import type { Times } from "./pinned-run";

export const TOOLS = {
  levelup: "LevelUp",
  floor: "floor",
  loudgain: "loudgain",
  mp3gain: "mp3gain",
  ebur128: "ffmpeg ebur128 (+ volume)",
  loudnorm: "ffmpeg-normalize's commands",
  published: "ffmpeg.wasm as published",
} as const;
export type Tool = keyof typeof TOOLS;

export const JOBS = ["scan", "level", "batch", "limit", "lossless"] as const;
export type JobName = (typeof JOBS)[number];

/** What one tool took for one song in one round. */
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
  /** Of what was written, by native ffmpeg; null where it was not judged. */
  readonly delivered: Delivered | null;
}

export interface Delivered {
  /** LUFS, and the distance to the target in LU. */
  readonly integrated: number;
  readonly error: number;
  /** dBTP */
  readonly truePeak: number;
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
    // ffmpeg-normalize has no lossless way: the same round of leveling stands for it.
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
