// `npx tsx bench/encoder-settings.ts [--songs N] [--seconds N] [--only TEXT]`: settings of the encoders side
// by side, on real songs by the rule of bench/encoders/excerpts.ts: what each costs in noise over mask, adds to
// true peaks, does to the loudness, and takes in time. Decisions 0003 and 0004 rest on it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encodingOf } from "@/lib/ffmpeg/encoders";
import type { Encoding } from "@/lib/ffmpeg/encoding";
import { noHints } from "@/lib/formats";
import { dbtp, decibels } from "@/lib/loudness/units";
import { Foresight } from "@/lib/song-path/rendering";
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
import { centile, spreadOf } from "./spread";
import { terminal, type Table } from "./tables/table";

const SECONDS = Number(argument("seconds") ?? 10);
const only = argument("only");
const CEILING = -1;
/** Hot songs are driven this far over the ceiling and limited; calm ones stay this far under it. */
const ways = { hot: 6, calm: -3 } as const;
type Way = keyof typeof ways;
const abouts: Record<Way, string> = {
  hot: `driven ${ways.hot} dB over a ceiling of ${CEILING} dBTP and limited to it`,
  calm: `their highest peak at ${CEILING + ways.calm} dBTP`,
};

const AAC = "-c:a aac -aac_coder";
const WITHOUT_TOOLS = "-aac_pns 0 -aac_tns 0 -aac_is 0";

interface Candidate {
  readonly label: string;
  /** The candidate that it is held against; null = it is the first. */
  readonly against: string | null;
  readonly kind: "mp3" | "m4a";
  readonly kilobits: number | "vbr";
  readonly args: string;
}

const aac = (kilobits: number, name: string, coder: string): Candidate => ({
  label: `AAC ${kilobits} ${name}`,
  against: name === "fast" ? null : `AAC ${kilobits} fast`,
  ...{ kind: "m4a", kilobits, args: `${AAC} ${coder} -b:a ${kilobits}k` },
});

const mp3 = (rate: string, kilobits: number | "vbr", level: number): Candidate => ({
  label: `MP3 ${rate} level ${level}`,
  against: level === 3 ? null : `MP3 ${rate} level 3`,
  ...{ kind: "mp3", kilobits },
  args: `-c:a libmp3lame ${kilobits === "vbr" ? `-q:a ${rate.slice(1)}` : `-b:a ${rate}k`} -compression_level ${level}`,
});

const candidates: readonly Candidate[] = [
  ...[64, 96, 128, 160, 192, 256].flatMap((kilobits) => [
    aac(kilobits, "fast", "fast"),
    aac(kilobits, "fast, no IS", "fast -aac_is 0"),
    ...(kilobits < 96 || kilobits > 192
      ? []
      : [aac(kilobits, "twoloop, no tools", `twoloop ${WITHOUT_TOOLS}`)]),
    ...(kilobits < 96 || kilobits > 128 ? [] : [aac(kilobits, "twoloop", "twoloop")]),
  ]),
  ...[128, 192, 320].flatMap((rate) => [mp3(`${rate}`, rate, 3), mp3(`${rate}`, rate, 5)]),
  ...["V2", "V5"].flatMap((quality) => [mp3(quality, "vbr", 3), mp3(quality, "vbr", 5)]),
].filter(({ label }) => only === null || label.includes(only));

interface Found {
  /** dB over the mask. */
  readonly mean: number;
  readonly p95: number;
  /** dB that the true peak rose by. */
  readonly peak: number;
  /** LU that the song became louder by. */
  readonly shift: number;
  readonly seconds: number;
  readonly bytes: number;
}

const found: Record<Way, Map<string, Found[]>> = { hot: new Map(), calm: new Map() };

async function tryAll(excerpt: Excerpt, way: Way): Promise<void> {
  const { song, programme } = excerpt;
  const gain = decibels(CEILING + ways[way] - programme.measured.measurement.truePeak);
  const ceiling = ways[way] > 0 ? dbtp(CEILING) : null;
  const rendering = new Foresight(song.run.tools.kernel, programme).withGain(gain, ceiling);
  const source = rendered(excerpt, rendering);
  for (const { label, kind, kilobits, args } of candidates) {
    const { format } = song.probe;
    const asked = {
      ...{ ...format, container: kind, codec: kind === "mp3" ? "mp3" : "aac", lossless: false },
      bitRate: kilobits === "vbr" ? null : kilobits * 1000,
    };
    const variable = { variableRate: true, lameQuality: 2 };
    const usual = encodingOf(
      kind,
      { ...song.probe, format: asked },
      kilobits === "vbr" ? variable : noHints,
    );
    const encoding: Encoding = { ...usual, args: args.split(" ") };
    const { loudnessChange } = encoding.response;
    const returned = await throughEncoder(excerpt, rendering, encoding);
    const scale = 10 ** (-loudnessChange / 20);
    const decoded = returned.samples.map((sample) => sample * scale);
    const { integrated, truePeak } = rendering.expected;
    const one: Found = {
      ...noiseToMask(source, decoded, programme.format),
      peak: returned.measurement.truePeak - truePeak - loudnessChange,
      shift: returned.measurement.integrated - integrated - loudnessChange,
      seconds: returned.seconds,
      bytes: returned.bytes,
    };
    found[way].set(label, [...(found[way].get(label) ?? []), one]);
  }
}

const two = (value: number) => value.toFixed(2);
const median = (values: readonly number[]) => spreadOf(values).median;

/** dB of noise over mask that two settings differ by before one counts as the better. */
const SAME_NOISE = 0.1;

function tableOf(way: Way): Table {
  const rows = candidates.map(({ label, against }) => {
    const own = found[way].get(label)!;
    const other = against === null ? null : found[way].get(against)!;
    const of = (key: keyof Found) => own.map((each) => each[key]);
    const more = other && own.map((each, i) => each.mean - other[i]!.mean);
    const ratio = (key: "seconds" | "bytes") =>
      other ? two(median(own.map((each, i) => each[key] / other[i]![key]))) : "";
    return [
      ...[label, two(median(of("mean"))), two(median(of("p95")))],
      more ? two(median(more)) : "",
      more
        ? `${more.filter((each) => each < -SAME_NOISE).length}/${more.filter((each) => each > SAME_NOISE).length}`
        : "",
      ...[0.5, 0.75, 0.95, 1].map((share) => two(centile(of("peak"), share))),
      two(median(of("shift"))),
      ...[Math.min, Math.max].map((end) => two(end(...of("shift")))),
      ...[ratio("seconds"), ratio("bytes")],
    ];
  });
  const { length } = [...found[way].values()][0]!;
  return {
    title: `${way === "hot" ? "Hot songs" : "Calm songs"}`,
    about: `${length} excerpts of ${SECONDS} s, ${abouts[way]}. Noise over mask in dB, medians of the excerpts; better and worse by more than ${SAME_NOISE} dB; dB added to the true peak; LU that the loudness was off by.`,
    head: "setting|mean noise|95 %|over the first|better/worse|peak: median|75 %|95 %|worst|loudness: median|least|most|time|bytes".split(
      "|",
    ),
    rows,
  };
}

const folder = mkdtempSync(path.join(tmpdir(), "levelup-settings-"));
for (const name of songNames(Number(argument("songs") ?? 16))) {
  const file = path.join(folder, "excerpt.wav");
  cut(name, SECONDS, ["-ac", "2", "-ar", "44100"], file);
  await withExcerpt(file, async (excerpt) => {
    for (const way of ["hot", "calm"] as const) await tryAll(excerpt, way);
  });
  console.log(name, terminal(tableOf("hot")), terminal(tableOf("calm")));
}
rmSync(folder, { recursive: true });
