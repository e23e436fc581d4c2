// `npx tsx bench/encoding-cost.ts [--songs N] [--seconds N] [--stored] [--write]`: what it costs to encode lossy
// songs again, at their own rate and a step up, in noise over mask against the decoded source. `--stored` takes
// the last run's figures; `--write` writes docs/encoding-cost.md.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { planEncoding } from "@/lib/ffmpeg/plan-encoding";
import { dbtp, decibels, lu, lufs, type Decibels } from "@/lib/loudness/units";
import type { PcmFormat } from "@/lib/kernel/format";
import { levelSong, measureSong } from "@/lib/song-path";
import { encoderHints } from "@/lib/song-path/measuring";
import type { RenderPlan } from "@/lib/loudness/gain-to-goal";
import { Foresight } from "@/lib/song-path/rendering";
import type { LevelTask } from "@/lib/song/task";
import { asBlob } from "@/lib/storage/song-bytes";
import { songTools } from "../test/support/song-tools";
import { root } from "../scripts/support/steps";
import { argument } from "./encoders/arguments";
import {
  cut,
  rendered,
  songNames,
  throughEncoder,
  withExcerpt,
  type Excerpt,
} from "./encoders/excerpts";
import { noiseToMask } from "./encoders/nmr";
import { centile } from "./spread";
import { markdown, terminal, type Table } from "./tables/table";

const SECONDS = Number(argument("seconds") ?? 10);
/** dB that the song is leveled by. */
const GAIN = decibels(-3);
/** dB further down: half a step of MP3 and AAC, where a change without encoding misses its target most. */
const BETWEEN_STEPS = 0.75;
const STORED = path.join(root, ".cache/bench/encoding-cost.json");

interface Source {
  readonly label: string;
  readonly extension: string;
  /** How native ffmpeg makes it. */
  readonly args: string;
  /** PEAQ's grades of `PEAQ` below, at the same rate and a step up; "" = not measured. */
  readonly grades: readonly [same: string, up: string];
}

const mp3 = (label: string, rate: string, ...grades: [string, string]): Source => ({
  ...{ label: `MP3 ${label}`, extension: "mp3", args: `-c:a libmp3lame ${rate}` },
  grades,
});
const aac = (rate: number, ...grades: [string, string]): Source => ({
  ...{ label: `AAC ${rate}`, extension: "m4a", args: `-c:a aac -b:a ${rate}k` },
  grades,
});
const vorbis = (quality: number, ...grades: [string, string]): Source => ({
  ...{ label: `Vorbis q${quality}`, extension: "ogg", args: `-c:a libvorbis -q:a ${quality}` },
  grades,
});
const opus = (rate: number, grade: string): Source => ({
  ...{ label: `Opus ${rate}`, extension: "opus", args: `-ar 48000 -c:a libopus -b:a ${rate}k` },
  grades: [grade, ""],
});

const PEAQ = "gstpeaq 0.6.1, basic model, medians of 24 excerpts of 20 s, 2026-11-26";
const sources: readonly Source[] = [
  mp3("128", "-b:a 128k", "-0.52", "-0.29"),
  mp3("192", "-b:a 192k", "-0.21", "-0.10"),
  mp3("256", "-b:a 256k", "-0.07", ""),
  mp3("320", "-b:a 320k", "+0.03", ""),
  mp3("V2", "-q:a 2", "-0.16", ""),
  aac(96, "", ""),
  aac(128, "-1.21¹", "-0.51¹"),
  aac(192, "-0.51¹", "-0.25¹"),
  aac(256, "-0.10²", "-0.07¹"),
  vorbis(3, "-2.03³", "-1.61³"),
  vorbis(5, "-1.12³", "-0.76³"),
  vorbis(7, "-0.40³", "-0.15³"),
  opus(64, ""),
  opus(96, "-0.05"),
  opus(128, "+0.03"),
  opus(160, "+0.09"),
];

interface Cost {
  readonly label: string;
  readonly keep: "size" | "sound";
  /** The encoder's arguments for rate or quality. */
  readonly rate: string;
  /** dB of noise over mask. */
  readonly mean: number;
  readonly p95: number;
  readonly bytes: number;
}

/** A song whose coded audio got another gain. */
interface Lossless {
  readonly label: string;
  /** dB of noise over mask: what the change added beside the gain. */
  readonly mean: number;
  /** LU between its target and the delivered file, by our meter. */
  readonly away: number;
}

interface Run {
  readonly songs: number;
  readonly seconds: number;
  readonly costs: readonly Cost[];
  readonly lossless: readonly Lossless[];
}

async function costsOf(excerpt: Excerpt, label: string): Promise<Cost[]> {
  const { song, programme } = excerpt;
  const { run, probe } = song;
  const rendering: RenderPlan = new Foresight(run.tools.kernel, programme).withGain(GAIN, null);
  const source = rendered(excerpt, rendering);
  const costs: Cost[] = [];
  for (const keep of ["size", "sound"] as const) {
    const way = { outputFormat: "same", whenEncodedAgain: keep } as const;
    const encoding = planEncoding(probe, way, encoderHints(run, probe), run.extension);
    const rate = encoding.args[encoding.args.findIndex((each) => /^-[bq]:a$/.test(each)) + 1]!;
    if (costs[0]?.rate === rate) break;
    const { samples, bytes } = await throughEncoder(excerpt, rendering, encoding);
    const scale = 10 ** (-encoding.response.loudnessChange / 20);
    const decoded = encoding.kind === "mp3" ? samples.map((each) => each * scale) : samples;
    costs.push({ label, keep, rate, bytes, ...noiseToMask(source, decoded, programme.format) });
  }
  return costs;
}

/** The same change of gain without encoding, for a target between two steps. */
async function losslessOf(file: string, label: string): Promise<Lossless> {
  const song = { file: new File([], path.basename(file)), dualMono: false };
  const found = await measureSong(song, songTools(readFileSync(file)));
  if (found.kind === "refused") throw new Error(`${file}: ${found.reason}`);
  const goal = lufs(found.measured.measurement.integrated + GAIN - BETWEEN_STEPS);
  const task: LevelTask = {
    ...song,
    target: {
      loudness: goal,
      ceiling: dbtp(-1),
      accuracy: lu(0.1),
      whenPeaksTooHigh: "limit",
      mostLimiting: decibels(6),
      onlyTurnDown: false,
    },
    ...{ outputFormat: "same", whenEncodedAgain: "size", reencoding: "never" },
    ...{ verify: true, maxPasses: 1, loudnessTags: "leave", replacesOriginal: false },
    ...{ known: found.measured, album: null },
  };
  const outcome = await levelSong(task, songTools(readFileSync(file)));
  if (outcome.kind !== "leveled" || outcome.route !== "lossless") {
    const why = outcome.kind === "leveled" ? outcome.route : outcome.reason;
    throw new Error(`${label}: not leveled without encoding (${why})`);
  }
  const turned = await withGain(file, outcome.gain);
  writeFileSync(file, Buffer.from(await asBlob(outcome.bytes).arrayBuffer()));
  const changed = await withGain(file, decibels(0));
  const { mean } = noiseToMask(turned.samples, changed.samples, turned.format);
  return { label, mean, away: Math.abs(outcome.result!.integrated - goal) };
}

/** The decoded file with a gain, and how it was decoded. */
async function withGain(file: string, gain: Decibels) {
  let samples = new Float32Array();
  let format: PcmFormat | null = null;
  await withExcerpt(file, async (excerpt) => {
    const foresight = new Foresight(excerpt.song.run.tools.kernel, excerpt.programme);
    samples = rendered(excerpt, foresight.withGain(gain, null)) as Float32Array<ArrayBuffer>;
    ({ format } = excerpt.programme);
  });
  return { samples, format: format! };
}

async function measured(): Promise<Run> {
  const folder = mkdtempSync(path.join(tmpdir(), "levelup-cost-"));
  const costs: Cost[] = [];
  const lossless: Lossless[] = [];
  const names = songNames(Number(argument("songs") ?? 16));
  for (const [index, name] of names.entries()) {
    for (const { label, extension, args } of sources) {
      const file = path.join(folder, `song.${extension}`);
      cut(name, SECONDS, ["-ac", "2", ...args.split(" ")], file);
      await withExcerpt(file, async (excerpt) => {
        costs.push(...(await costsOf(excerpt, label)));
      });
      lossless.push(await losslessOf(file, label));
    }
    console.log(name);
    mkdirSync(path.dirname(STORED), { recursive: true });
    writeFileSync(STORED, JSON.stringify({ songs: index + 1, seconds: SECONDS, costs, lossless }));
  }
  rmSync(folder, { recursive: true });
  return { songs: names.length, seconds: SECONDS, costs, lossless };
}

const two = (value: number) => value.toFixed(1);

function tableOf({ costs, lossless, songs, seconds }: Run): Table {
  const rows = sources.map(({ label, grades }) => {
    const of = (keep: Cost["keep"]) =>
      costs.filter((each) => each.label === label && each.keep === keep);
    const cells = (["size", "sound"] as const).flatMap((keep, i) => {
      const own = of(keep);
      if (own.length === 0) return ["", ""];
      const means = own.map(({ mean }) => mean);
      const text = `${two(centile(means, 0.5))} (${two(centile(means, 1))})`;
      return [text, grades[i]!];
    });
    const sizes = of("sound").map(({ bytes }, i) => bytes / of("size")[i]!.bytes);
    const grown = sizes.length === 0 ? "" : `${centile(sizes, 0.5).toFixed(2)}×`;
    const unencoded = lossless.filter((each) => each.label === label);
    const noise = Math.max(...unencoded.map(({ mean }) => mean));
    const away = Math.max(...unencoded.map((each) => each.away));
    return [label, ...cells, grown, two(noise), away.toFixed(2)];
  });
  return {
    title: "Encoded again at its own rate, and a step up",
    about: `Noise over mask in dB: median of ${songs} excerpts of ${seconds} s (worst). ODG: ${PEAQ}.`,
    head: "source|same rate: noise|ODG|step up: noise|ODG|size|without encoding: noise, worst|LU from its target, worst".split(
      "|",
    ),
    rows,
  };
}

const run = process.argv.includes("--stored")
  ? (JSON.parse(readFileSync(STORED, "utf8")) as Run)
  : await measured();
console.log(terminal(tableOf(run)));
if (process.argv.includes("--write")) {
  writeFileSync(
    path.join(root, "docs/encoding-cost.md"),
    `# What it costs to encode a lossy song again

Written by \`npx tsx bench/encoding-cost.ts --songs ${run.songs} --seconds ${run.seconds} --write\`. Songs of Debian's \`wesnoth-1.16-music\`, of those of at least 45 s evenly spread by name, cut from the 20th second on, encoded by native ffmpeg, then turned down by ${-GAIN} dB and encoded by the engine with LevelUp's settings. Noise is what the second encoding added to the decoded source, over what the music masks (\`bench/encoders/nmr.ts\`): 0 dB is as high as the mask, and every dB less is better. It puts settings of one kind in order and grades nothing: Vorbis has less of it than PEAQ's grades would let expect; ODG is PEAQ's grade of another measurement (0 = the same, -1 = perceptible, -2 = slightly annoying), where there is one with these settings.

Grades marked ¹ are of settings of the AAC coder that LevelUp does not use (at the same rate "fast" with intensity stereo), ² of "fast" without any of its tools, ³ of blocks that lie on the source's; LevelUp encodes otherwise now ([0003](decisions/0003-aac-coder.md), [0014](decisions/0014-vorbis-block-grid.md)). With 441 samples cut off, so that its blocks lay elsewhere, Vorbis q5 was graded -0.35.

_Step up_ is _Keep the sound_; where there is none, the song keeps its rate. _Without encoding_ the coded audio gets another gain: its noise is that of the decoded file against the decoded source with the gain that was reported, and the target lies half a step of MP3 and AAC (0.75 dB) off what a step reaches.

${markdown(tableOf(run))}
`,
  );
}
