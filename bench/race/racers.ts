import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Report } from "../../cli/in-browser/report";
import { root } from "../../scripts/support/steps";
import { BenchPage, type PinnedBrowser } from "../page/bench-page";
import { folderWith } from "../songs";
import { Floor } from "../speed/floor";
import { applyFilter, type Target } from "../speed/loudnorm";
import type { Times } from "../speed/pinned-run";
import { Published } from "../speed/published";
import type { RaceSong } from "./folder";
import { outputsIn } from "./judge";
import { loudnormScript, runScripts, timed, volumeScript, type SongScript } from "./shell";

export const RACERS = {
  levelup: "LevelUp, the page",
  node: "LevelUp, the command",
  loudnorm: "ffmpeg-normalize's commands",
  volume: "ffmpeg ebur128, volume, alimiter",
  volumeSame: "the same, LevelUp's encoder settings",
  published: "ffmpeg.wasm as published, loudnorm",
  floor: "floor",
  floorSame: "floor, LevelUp's encoder settings",
} as const;
export type Racer = keyof typeof RACERS;

export interface RaceRun extends Times {
  /** Of LevelUp. */
  readonly report: Report | null;
  /** By the song's name; empty where nothing is kept. */
  readonly outputs: ReadonlyMap<string, string>;
}

export interface Course {
  readonly songs: readonly RaceSong[];
  readonly target: Target;
  readonly cores: 1 | 2;
  /** On these cores. */
  readonly browser: PinnedBrowser;
  /** Of the exported page. */
  readonly url: string;
  /** Where everything may be written. */
  readonly folder: string;
}

/** One racer, once over the whole folder. */
export function race(racer: Racer, course: Course): Promise<RaceRun> | RaceRun {
  const { songs, cores, target } = course;
  const native = (script: SongScript): RaceRun => {
    const folder = path.join(course.folder, racer);
    const times = runScripts(script, songs, target, cores, folder);
    return { ...times, report: null, outputs: outputsIn(folder, songs) };
  };
  switch (racer) {
    case "levelup":
      return page(course);
    case "node":
      return command(course);
    case "loudnorm":
      return native(loudnormScript);
    case "volume":
      return native(volumeScript("plain"));
    case "volumeSame":
      return native(volumeScript("same"));
    case "published":
      return published(course);
    case "floor":
      return floor(course, "plain");
    case "floorSame":
      return floor(course, "same");
  }
}

/** A page that was just opened, from the click on Start to *Finished*. */
async function page({ songs, cores, target, browser, url, folder }: Course): Promise<RaceRun> {
  const dropped = folderWith(path.join(folder, "page"), songs);
  const opened = await BenchPage.open(browser, url, {
    ...{ Workers: cores, "Re-encoding": "Best sound" },
    "Target loudness (LUFS)": target.loudness,
    "True-peak ceiling (dBTP)": target.ceiling,
  });
  const { wall, cpu, report } = await opened.run("Start", dropped, ["leveled", "skipped"]);
  await opened.levelUp.page.close();
  return { wall, cpu, report, outputs: outputsOf(report, songs, dropped) };
}

/** `npm run level`, from starting Node to its end. */
function command({ songs, cores, target, folder }: Course): RaceRun {
  const dropped = folderWith(path.join(folder, "command"), songs);
  rmSync(path.join(dropped, "Leveled"), { recursive: true, force: true });
  const saved = path.join(folder, "command.json");
  const settings = ["--target", String(target.loudness), "--ceiling", String(target.ceiling)];
  const run = path.join(root, "scripts/run.mjs");
  const given = [dropped, "--workers", String(cores), ...settings, "--report", saved];
  const times = timed(cores, [process.execPath, run, "level", ...given], root, {
    LEVELUP_STATE: path.join(folder, "state"),
  });
  const report = JSON.parse(readFileSync(saved, "utf8")) as Report;
  return { ...times, report, outputs: outputsOf(report, songs, dropped) };
}

/** A song that needed nothing has no result: it stands as it was. */
function outputsOf({ files }: Report, songs: readonly RaceSong[], folder: string) {
  const outputs = new Map<string, string>();
  for (const { name, file } of songs) {
    const told = files.find((each) => path.basename(each.path) === path.basename(file));
    if (told?.status === "skipped" && told.output === null) outputs.set(name, file);
    else if (told?.output) outputs.set(name, path.join(folder, told.output));
  }
  return outputs;
}

/** Two-pass `loudnorm` with the range of 7 LU that ffmpeg-normalize has. Loaded before the clock. */
async function published({ songs, cores, target, browser, folder }: Course): Promise<RaceRun> {
  const written = path.join(folder, "published");
  rmSync(written, { recursive: true, force: true });
  mkdirSync(written, { recursive: true });
  const outputs = new Map<string, string>();
  const lane = async (number: number) => {
    const open = () => Published.open(browser, path.join(folder, `published-${number}`));
    let opened = await open();
    const run = async (song: RaceSong) => {
      const { wall, output } = await opened.level(song, target, written, (from, to, found) => [
        ...["-i", from, "-map", "0:a:0", "-map_metadata", "0"],
        ...["-af", applyFilter(target, found, 7), ...song.plain, to],
      ]);
      if (output !== null) outputs.set(song.name, output);
      return wall;
    };
    return {
      run: async (song: RaceSong) => {
        const begun = performance.now();
        try {
          return await run(song);
        } catch (error) {
          // Opus takes more of the stack than the core has, and its page ends; the song is missing.
          const why = String(error).split("\n")[0] ?? "";
          console.error(`${path.basename(song.file)}, ffmpeg.wasm as published: ${why}`);
          const lost = (performance.now() - begun) / 1000;
          await opened.close();
          opened = await open();
          return lost;
        }
      },
      close: () => opened.close(),
    };
  };
  return { ...(await inLanes(songs, cores, lane)), report: null, outputs };
}

/** Decode, encode and decode again, with nothing around it: no tool in this core is faster. */
async function floor(course: Course, settings: "plain" | "same"): Promise<RaceRun> {
  const { songs, cores, browser, folder } = course;
  const lane = async (number: number) => {
    const opened = await Floor.open(browser.browser, path.join(folder, `floor-${number}`));
    return {
      run: (song: RaceSong) => opened.verified(song, song[settings]),
      close: () => opened.close(),
    };
  };
  return { ...(await inLanes(songs, cores, lane)), report: null, outputs: new Map() };
}

interface SongLane {
  /** Gives the seconds that count. */
  run(song: RaceSong): Promise<number>;
  close(): Promise<void>;
}

/** Lanes take the songs in turn; what counts is the time of the lane that was busy longest. */
async function inLanes(
  songs: readonly RaceSong[],
  lanes: number,
  open: (number: number) => Promise<SongLane>,
): Promise<Times> {
  const opened = await Promise.all(Array.from({ length: lanes }, (_, number) => open(number)));
  const left = [...songs];
  const busy = await Promise.all(
    opened.map(async (lane) => {
      let seconds = 0;
      for (let song = left.shift(); song !== undefined; song = left.shift()) {
        seconds += await lane.run(song);
      }
      return seconds;
    }),
  );
  for (const lane of opened) await lane.close();
  return { wall: Math.max(...busy), cpu: null };
}
