// What limiting costs in time: the same songs leveled by gain alone and with their peaks limited, and
// scanned beside loudgain; the worker's own code under Node, so that no browser's start is in it.
// For Linux, with Debian's ffmpeg, loudgain, util-linux and wesnoth-1.16-music. Run it pinned to a
// core: `taskset -c 0 npx tsx bench/limiting.ts [songs] [seconds]`.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";
import { levelSong, measureSong } from "@/lib/song-path";
import type { LevelTask } from "@/lib/song/task";
import { songTools } from "../test/support/song-tools";
import { MUSIC, songOf } from "./songs";
import { runPinned } from "./speed/pinned-run";
import { spreadOf } from "./spread";
import { terminal } from "./tables/table";

const CEILING = -1;
/** dB that the peaks would stand over the ceiling. */
const CASES = { "gain alone": -1, "limited 1 to 3 dB": 2, "limited 5 to 6 dB": 5.5 } as const;
type Case = keyof typeof CASES;
const cases = Object.keys(CASES) as Case[];
const ROUNDS = 2;
/** LU. */
const ACCURACY = 0.2;

const [most = 24, seconds = 60] = process.argv.slice(2).map(Number);
const names = readdirSync(MUSIC)
  .filter((name) => name.endsWith(".ogg"))
  .map((name) => path.parse(name).name);

/** Seconds of processor time. */
async function timed<T>(work: () => Promise<T>): Promise<{ took: number; result: T }> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { took: (user + system) / 1e6, result };
}

const none = (): Record<Case, number[]> => ({
  "gain alone": [],
  "limited 1 to 3 dB": [],
  "limited 5 to 6 dB": [],
});
const [ratios, passes, limited] = [none(), none(), none()];
let counted = 0;
const [alone, scans]: [number[], number[]] = [[], []];

const songs = names
  .map((name) => songOf(name, "mp3", seconds))
  .filter(({ duration }) => duration > seconds - 1)
  .slice(0, most);
for (const { file, name, kind } of songs) {
  const bytes = readFileSync(file);
  const song = { file: new File([bytes], `${name}.${kind}`), dualMono: false };
  const scan = () => measureSong(song, songTools(bytes));
  const scanned = await scan();
  if (scanned.kind !== "measured") throw new Error(`${name}: ${scanned.kind}`);
  const { integrated, truePeak } = scanned.measured.measurement;
  const taskOf = (over: number): LevelTask => ({
    ...song,
    target: {
      loudness: lufs(integrated + CEILING - truePeak + over),
      ceiling: dbtp(CEILING),
      accuracy: lu(ACCURACY),
      whenPeaksTooHigh: "limit",
      mostLimiting: decibels(12),
      onlyTurnDown: false,
    },
    ...{ outputFormat: "same", whenEncodedAgain: "size", reencoding: "always" },
    ...{ verify: true, maxPasses: 2 },
    ...{ loudnessTags: "leave", replacesOriginal: false, known: null, album: null },
  });
  // A song that is at one of the targets already is not rendered at all.
  if (cases.some((each) => Math.abs(CEILING - truePeak + CASES[each]) <= ACCURACY)) {
    console.log(`${name}: left out`);
    continue;
  }
  counted++;
  const took = none();
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const each of cases) {
      const run = await timed(() => levelSong(taskOf(CASES[each]), songTools(bytes)));
      if (run.result.kind !== "leveled") throw new Error(`${name}: ${run.result.kind}`);
      took[each].push(run.took);
      if (round > 0) continue;
      passes[each].push(run.result.passes);
      if (run.result.passes > 1) console.log(`${name}, ${each}: ${run.result.passes} encodes`);
      limited[each].push(run.result.limited);
    }
    ours.push((await timed(scan)).took);
    theirs.push(runPinned(0, "loudgain", ["-q", file]).cpu ?? NaN);
  }
  const floor = Math.min(...took["gain alone"]);
  alone.push(floor);
  for (const each of cases) ratios[each].push(Math.min(...took[each]) / floor);
  scans.push(Math.min(...ours) / Math.min(...theirs));
}

const ninetieth = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.9) - 1]!;
console.log(
  terminal({
    title: `${counted} songs of ${seconds} s, MP3 320 kb/s, processor time`,
    about: "",
    head: ["", "median", "90th percentile", "passes, mean", "limited, dB"],
    rows: [
      ...cases.map((each) => [
        `${each}, times gain alone`,
        spreadOf(ratios[each]).median.toFixed(2),
        ninetieth(ratios[each]).toFixed(2),
        (passes[each].reduce((sum, n) => sum + n, 0) / counted).toFixed(2),
        `${Math.min(...limited[each]).toFixed(1)} to ${Math.max(...limited[each]).toFixed(1)}`,
      ]),
      ["gain alone, s", spreadOf(alone).median.toFixed(2), ninetieth(alone).toFixed(2), "", ""],
      ["scan, times loudgain", spreadOf(scans).median.toFixed(2), ninetieth(scans).toFixed(2)],
    ],
  }),
);
