import path from "node:path";
import type { ControlValues } from "../../cli/in-browser/page";
import type { ReportedFile } from "../../cli/in-browser/report";
import { nativeLoudness } from "../../test/support/native-tools";
import type { BenchPage } from "../page/bench-page";
import { folderWith, type Song } from "../songs";
import type { Floor } from "./floor";
import { applyArguments, type Target } from "./loudnorm";
import {
  levelByLoudnorm,
  levelByVolume,
  losslessByMp3gain,
  scanByEbur128,
  scanByLoudgain,
  scanByLoudnorm,
  type PeerRun,
} from "./peers";
import type { Published } from "./published";
import type { Delivered, JobName, Sample, Tool } from "./samples";

/** The target of a job: the level of ReplayGain, which every song of the benchmark lies above. */
const QUIETER: Target = { loudness: -18, ceiling: -1 };
/** Louder than the songs are: the limiter has to work, and loudnorm leaves its linear mode. */
const LOUDER: Target = { loudness: -9, ceiling: -1 };

export interface Tools {
  /** Of native tools; the browser is pinned to the same. */
  readonly core: number;
  readonly levelUp: BenchPage;
  readonly floor: Floor;
  readonly published: Published;
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
  const written = path.join(tools.folder, "written");
  const target = targetOf(job);
  const peers: Record<
    JobName,
    Partial<Record<Tool, (song: Song) => PeerRun | Promise<PeerRun>>>
  > = {
    scan: {
      loudgain: (song) => scanByLoudgain(core, song),
      ebur128: (song) => scanByEbur128(core, song),
      loudnorm: (song) => scanByLoudnorm(core, song, target),
      floor: async (song) => wallOnly(await floor.decode(song)),
    },
    level: {
      loudnorm: (song) => levelByLoudnorm(core, song, target, written),
      published: (song) =>
        tools.published.level(song, target, written, (input, output, found) =>
          applyArguments(input, output, song, target, found),
        ),
      ebur128: (song) => levelByVolume(core, song, target, written),
      floor: async (song) => wallOnly(await floor.transcode(song)),
    },
    batch: { floor: async (song) => wallOnly(await floor.transcode(song)) },
    limit: {
      loudnorm: (song) => levelByLoudnorm(core, song, target, written),
      floor: async (song) => wallOnly(await floor.transcode(song)),
    },
    // Beside ffmpeg-normalize it is held against the same round of "level".
    lossless: { mp3gain: (song) => losslessByMp3gain(core, song, written) },
  };
  const steps = [
    ...Object.entries(peers[job]).map(([tool, run]) => async () => {
      const samples: Sample[] = [];
      for (const song of songs) {
        const { output, ...times } = await run(song);
        const delivered = await judge(job, round, output);
        const theirs = { tool: tool as Tool, phases: null, passes: null, delivered };
        samples.push({ ...about(job, song, round), ...times, ...theirs });
      }
      return samples;
    }),
    () => levelUpSamples(job, songs, round, tools),
  ];
  // Which one is first changes from round to round, so that none always meets a warm disk cache.
  const first = round % steps.length;
  const samples: Sample[] = [];
  for (const run of [...steps.slice(first), ...steps.slice(0, first)]) {
    samples.push(...(await run()));
  }
  return samples;
}

const wallOnly = (wall: number): PeerRun => ({ wall, cpu: null, note: null, output: null });

const about = (job: JobName, { kind, name, duration }: Song, round: number) => ({
  job,
  kind,
  song: name,
  duration,
  round,
});

/** Every round writes the same: the first one is judged, where a job has a target to reach. */
async function judge(job: JobName, round: number, file: string | null): Promise<Delivered | null> {
  if (file === null || round > 0 || (job !== "level" && job !== "limit")) return null;
  const { integrated, truePeak } = await nativeLoudness(file);
  return { integrated, truePeak, error: integrated - targetOf(job).loudness };
}

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
  const samples: Sample[] = [];
  for (const song of songs) {
    const file = report.files.find((each) => path.basename(each.path) === path.basename(song.file));
    if (file?.route !== route) throw new Error(`${song.name} went another route: ${file?.route}`);
    const share = seconds(file) / all;
    const output = file.output === null ? null : path.join(dropped, file.output);
    samples.push({
      ...about(job, song, round),
      tool: "levelup",
      wall: wall * share,
      cpu: cpu === null ? null : cpu * share,
      phases: file.seconds,
      passes: file.passes,
      note: file.reason,
      delivered: await judge(job, round, output),
    });
  }
  return samples;
}

const targetOf = (job: JobName): Target => (job === "limit" ? LOUDER : QUIETER);

function settingsOf(job: JobName): ControlValues {
  const { loudness, ceiling } = targetOf(job);
  return {
    "Target loudness (LUFS)": loudness,
    "True-peak ceiling (dBTP)": ceiling,
    "Re-encoding": job === "lossless" ? "Never encode lossy files" : "Always encode",
  };
}
