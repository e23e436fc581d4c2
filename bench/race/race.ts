import path from "node:path";
import type { Report } from "../../cli/in-browser/report";
import { launch } from "../page/bench-page";
import type { Target } from "../speed/loudnorm";
import { kindsIn, raceSongs, type RaceSong } from "./folder";
import { judge, type Judged } from "./judge";
import { folderMemory, type FolderMemory } from "./memory";
import { coresText } from "./shell";
import { race, RACERS, type Course, type Racer, type RaceRun } from "./racers";

interface RaceLap {
  readonly racer: Racer;
  readonly cores: 1 | 2;
  readonly round: number;
  /** Seconds by the clock, and of processor time; null where it cannot be told apart. */
  readonly wall: number;
  readonly cpu: number | null;
}

export interface Race {
  readonly songs: number;
  /** In words. */
  readonly kinds: string;
  /** Seconds of audio. */
  readonly audio: number;
  readonly target: Target;
  readonly rounds: number;
  readonly laps: readonly RaceLap[];
  /** Of the first round on two cores. */
  readonly judged: Readonly<Partial<Record<Racer, Judged>>>;
  /** Songs whose peaks LevelUp limited, and that peaks keep under the target. */
  readonly limited: number;
  readonly heldBack: number;
  /** Changed without encoding, or left as they were. */
  readonly unencoded: number;
  readonly memory: readonly FolderMemory[];
}

interface RaceOptions {
  readonly count: number;
  readonly seconds: number | null;
  readonly rounds: number;
  readonly url: string;
  readonly folder: string;
  readonly say: (text: string) => void;
}

/** The default target of the page, for all. */
const TARGET: Target = { loudness: -14, ceiling: -1 };

/** All racers in turn, on two cores and on one, as often as there are rounds. */
export async function folderRace(options: RaceOptions): Promise<Race> {
  const { rounds, say } = options;
  const songs = raceSongs(options.count, options.seconds);
  const laps: RaceLap[] = [];
  const first = new Map<Racer, RaceRun>();
  const judged: Partial<Record<Racer, Judged>> = {};
  const racers = Object.keys(RACERS) as Racer[];
  for (let round = 0; round < rounds; round++) {
    for (const cores of [2, 1] as const) {
      const folder = path.join(options.folder, `race-${cores}`);
      const browser = await launch(coresText(cores), folder);
      const course: Course = { songs, target: TARGET, cores, browser, folder, url: options.url };
      // Which one is first changes, so that none always meets a warm disk cache.
      const start = (round * 3) % racers.length;
      for (const racer of [...racers.slice(start), ...racers.slice(0, start)]) {
        say(`${RACERS[racer]}, ${cores} ${cores === 1 ? "core" : "cores"}, round ${round + 1}`);
        const run = await race(racer, course);
        laps.push({ racer, cores, round, wall: run.wall, cpu: run.cpu });
        if (round === 0 && cores === 2) first.set(racer, run);
      }
      await browser.close();
      if (first.size > 0 && Object.keys(judged).length === 0) {
        say("Judging…");
        const possible = possibleBy(first.get("levelup")!.report!, songs);
        for (const [racer, { outputs }] of first) {
          if (outputs.size > 0) judged[racer] = await judge(songs, outputs, possible, TARGET);
        }
      }
    }
  }
  say("Memory…");
  const memory = await folderMemory(songs, TARGET, options.url, options.folder);
  const { files } = first.get("levelup")!.report!;
  return {
    ...{ songs: songs.length, kinds: kindsIn(songs), target: TARGET, rounds, laps, judged, memory },
    audio: songs.reduce((sum, { duration }) => sum + duration, 0),
    limited: files.filter(({ limitedDb }) => (limitedDb ?? 0) > 0).length,
    heldBack: files.filter(({ planned }) => planned?.heldBack).length,
    unencoded: files.filter(({ route }) => route !== "encode").length,
  };
}

/** What LevelUp plans for the songs that their peaks keep under the target, LUFS. */
function possibleBy({ files }: Report, songs: readonly RaceSong[]): Map<string, number> {
  return new Map(
    songs.flatMap(({ name, file }) => {
      const told = files.find((each) => path.basename(each.path) === path.basename(file));
      const lufs = told?.planned?.heldBack ? told.planned.integratedLufs : null;
      return lufs === null ? [] : [[name, lufs] as const];
    }),
  );
}
