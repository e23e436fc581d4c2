// Our limiter beside others: the same excerpts and signals, every limiter driven to the same
// loudness. For Linux, with Debian's ffmpeg, x42-plugins and wesnoth-1.16-music. Prints a table;
// `--write` also puts it into docs/limiter.md.
import { spawnSync } from "node:child_process";
import { writeInto } from "../scripts/support/document";
import { loadKernel, measure } from "../test/engine/kernel/kernel";
import { independentTruePeak, type Pcm } from "../test/support/signals";
import { CEILING, drivenTo, ours, peers } from "./limiters/limiters";
import {
  adversaries,
  BASSES,
  bassWithPilot,
  click,
  excerpt,
  EXCERPTS,
  kick,
  movedAround,
  sidebands,
} from "./limiters/signals";
import { markdown, terminal, type Table } from "./tables/table";

/** dB that the excerpts' peaks stand over the ceiling with the gain alone. */
const OVER = 4.6;

const kernel = loadKernel();
const limiters = [ours(kernel), ...peers()];

const rows: string[][] = [];
function row(name: string, values: readonly number[], digits = 1): void {
  rows.push([name, ...values.map((value) => value.toFixed(digits))]);
  console.log(rows.at(-1)!.join(" | "));
}

/** dB over the ceiling by ffmpeg's meter. */
function overByFfmpeg({ samples, sampleRate, channels }: Pcm): number {
  const raw = ["-f", "f32le", "-ar", `${sampleRate}`, "-ac", `${channels}`, "-i", "-"];
  const filter = ["-af", "ebur128=peak=true:metadata=1,ametadata=print:file=-", "-f", "null", "-"];
  const input = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const args = ["-v", "error", ...raw, ...filter];
  const { stdout } = spawnSync("ffmpeg", args, { input, maxBuffer: 2 ** 30 });
  const peak = /true_peak=(\S+)/g;
  return 20 * Math.log10(Number([...stdout.toString().matchAll(peak)].at(-1)?.[1])) - CEILING;
}

interface Over {
  /** By our meter, by a filter of 96 taps and by ffmpeg. */
  readonly ours: number;
  readonly long: number;
  readonly ffmpeg: number;
}

const overOf = (pcm: Pcm): Over => ({
  ours: measure(kernel, pcm).measurement.truePeak - CEILING,
  // Slow; a second is enough of a signal that stays the same.
  long: independentTruePeak({ ...pcm, samples: pcm.samples.subarray(0, 2 * 44_100) }) - CEILING,
  ffmpeg: overByFfmpeg(pcm),
});

const median = (values: readonly number[]): number =>
  values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)]!;
const worst = (all: readonly Over[], by: keyof Over): number =>
  Math.max(...all.map((over) => over[by]));

const driven = limiters.map((limiter) =>
  EXCERPTS.map((song) => {
    const pcm = excerpt(song, 20, 20);
    const { truePeak } = measure(kernel, pcm).measurement;
    const alone = CEILING + OVER - truePeak;
    const factor = 10 ** (alone / 20);
    const louder = { ...pcm, samples: pcm.samples.map((sample) => sample * factor) };
    const { integrated } = measure(kernel, louder).measurement;
    const { gain, out } = drivenTo(kernel, limiter, pcm, integrated, alone);
    return { drive: gain - alone, over: overOf(out) };
  }),
);
EXCERPTS.forEach((song, i) => {
  const drives = driven.map((songs) => songs[i]!.drive);
  row(`drive, dB: ${song.replaceAll("_", " ")}`, drives, 2);
});
row(
  "drive, dB: median of the five",
  driven.map((songs) => median(songs.map(({ drive }) => drive))),
  2,
);

const excess = limiters.map((limiter) =>
  Object.values(adversaries()).map((pcm) => overOf(limiter.limit(pcm, 12))),
);
for (const [what, all] of [
  ["songs", driven.map((songs) => songs.map(({ over }) => over))],
  ["signals at +12 dB", excess],
] as const) {
  for (const [by, meter] of [
    ["ours", "ours"],
    ["long", "96 taps"],
    ["ffmpeg", "ffmpeg"],
  ] as const) {
    const values = all.map((overs) => worst(overs, by));
    row(`over the ceiling at most, dB: ${what}, meter: ${meter}`, values, 2);
  }
}

for (const bass of BASSES) {
  const pcm = bassWithPilot(bass);
  const values = limiters.map((limiter) => sidebands(limiter.limit(pcm, 0), bass.from));
  row(`10 kHz beside ${bass.name}: sidebands, dB`, values);
}

for (const [name, pcm] of [
  ["click", click],
  ["kick drum", kick],
] as const) {
  const moved = limiters.map((limiter) => movedAround(pcm, limiter.limit(pcm, 0)));
  const [before, after] = [moved.map((ms) => ms.before), moved.map((ms) => ms.after)];
  row(`${name}: the gain falls before it, ms`, before);
  row(`${name}: the gain is back after its last peak, ms`, after);
}

const table: Table = {
  title: "Beside other limiters",
  about:
    `Ceiling ${CEILING} dBTP, 44.1 kHz. Songs: 20 s of wesnoth's from 0:20, all limiters driven to ` +
    `the loudness that a gain alone gives which puts the peaks ${OVER} dB over. Drive: gain beyond ` +
    "that. `alimiter` runs at 176.4 kHz with `asc`, dpl with true peaks. A gain has moved by 0.1 dB.",
  head: ["", ...limiters.map(({ name }) => name)],
  rows,
};
if (process.argv.includes("--write")) writeInto("docs/limiter.md", "limiters", markdown(table));
else console.log(terminal(table));
