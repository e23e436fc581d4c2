// `npx tsx bench/encoder-margins.ts [--songs N] [--seconds N] [--stored] [--write]`: what encoders do to the
// peaks and the loudness of real songs, limited and untouched ones, and how many would need a second encode with
// the margins of lib/ffmpeg/encoder-response.ts. `--stored` takes the last run's figures; `--write` writes
// docs/encoder-margins.md.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encodingOf } from "@/lib/ffmpeg/encoders";
import type { Probe } from "@/lib/ffmpeg/probe";
import { noHints } from "@/lib/formats";
import { PEAK_TOLERANCE, planAccuracy } from "@/lib/loudness/correction";
import { dbtp, decibels } from "@/lib/loudness/units";
import type { DeliveredKind } from "@/lib/song/notes";
import { Foresight } from "@/lib/song-path/rendering";
import { root } from "../scripts/support/steps";
import { argument } from "./encoders/arguments";
import { cut, songNames, throughEncoder, withExcerpt, type Excerpt } from "./encoders/excerpts";
import { centile } from "./spread";
import { markdown, terminal, type Table } from "./tables/table";

/** Seconds of each song: the more, the higher the highest of its peaks. */
const SECONDS = Number(argument("seconds") ?? 30);
const CEILING = -1;
/** dB that songs are driven over the ceiling; untouched ones reach it just so. */
const DRIVE = { limited: 3, untouched: 0 } as const;
const WAYS = ["limited", "untouched"] as const;
type Way = (typeof WAYS)[number];
const STORED = path.join(root, ".cache/bench/encoder-margins.json");

/** Kinds, codecs and kilobits; Vorbis is asked for by quality, whose nominal rate this is. */
const encoders: readonly (readonly [DeliveredKind, string, number])[] = [
  ...[128, 192, 256, 320].map((rate) => ["mp3", "mp3", rate] as const),
  ...[96, 128, 192, 256].map((rate) => ["m4a", "aac", rate] as const),
  ...[96, 160, 256].map((rate) => ["ogg", "vorbis", rate] as const),
  ...[64, 96, 128, 192].map((rate) => ["opus", "opus", rate] as const),
  ["wma", "wmav2", 192],
];

/** What encoding did to one song beyond what is known of every one. */
interface Change {
  readonly label: string;
  readonly way: Way;
  /** dB that the true peak is higher. */
  readonly peak: number;
  /** LU that it is louder. */
  readonly loudness: number;
}

interface Run {
  readonly songs: number;
  readonly seconds: number;
  /** A probe of such a song. */
  readonly probe: Probe;
  readonly changes: readonly Change[];
}

const labelOf = ([kind, , kilobits]: (typeof encoders)[number]) => `${kind} ${kilobits}`;

function encodingAs(probe: Probe, [kind, codec, kilobits]: (typeof encoders)[number]) {
  const bitRate = kilobits * 1000;
  const format = { ...probe.format, container: kind, codec, bitRate, lossless: false };
  return encodingOf(kind, { ...probe, format }, noHints);
}

async function changesOf(excerpt: Excerpt): Promise<Change[]> {
  const { song, programme } = excerpt;
  const changes: Change[] = [];
  for (const way of WAYS) {
    const gain = decibels(CEILING + DRIVE[way] - programme.measured.measurement.truePeak);
    const ceiling = way === "limited" ? dbtp(CEILING) : null;
    const rendering = new Foresight(song.run.tools.kernel, programme).withGain(gain, ceiling);
    const { truePeak, integrated } = rendering.expected;
    for (const encoder of encoders) {
      const encoding = encodingAs(song.probe, encoder);
      const { measurement } = await throughEncoder(excerpt, rendering, encoding);
      // LAME's scale; what else is foreseen of the loudness is part of the figures.
      const scale = encoding.kind === "mp3" ? encoding.response.loudnessChange : 0;
      changes.push({
        ...{ label: labelOf(encoder), way },
        peak: measurement.truePeak - truePeak - scale,
        loudness: measurement.integrated - integrated - scale,
      });
    }
  }
  return changes;
}

async function measured(): Promise<Run> {
  const folder = mkdtempSync(path.join(tmpdir(), "levelup-margins-"));
  const names = songNames(argument("songs") === null ? null : Number(argument("songs")));
  let run: Run | null = null;
  for (const [index, name] of names.entries()) {
    const file = path.join(folder, "song.wav");
    cut(name, SECONDS, ["-ac", "2", "-ar", "44100"], file);
    await withExcerpt(file, async (excerpt) => {
      const changes = [...(run?.changes ?? []), ...(await changesOf(excerpt))];
      run = { songs: index + 1, seconds: SECONDS, probe: excerpt.song.probe, changes };
    });
    console.log(name);
    mkdirSync(path.dirname(STORED), { recursive: true });
    writeFileSync(STORED, JSON.stringify(run));
  }
  rmSync(folder, { recursive: true });
  return run!;
}

const stored = () => JSON.parse(readFileSync(STORED, "utf8")) as Run;

const two = (value: number) => value.toFixed(2);

function peaksTable({ probe, changes }: Run, way: Way): Table {
  const rows = encoders.map((encoder) => {
    const label = labelOf(encoder);
    const own = changes.filter((each) => each.label === label && each.way === way);
    const { toLimited, toUntouched, loudnessChange } = encodingAs(probe, encoder).response;
    const margin = way === "limited" ? toLimited : toUntouched;
    const foreseen = encoder[0] === "mp3" ? 0 : loudnessChange;
    const again = own.filter(
      ({ peak, loudness }) =>
        peak - foreseen > margin + PEAK_TOLERANCE || Math.abs(loudness - foreseen) > planAccuracy,
    );
    const loudness = own.map((each) => each.loudness);
    return [
      label,
      ...[0.5, 0.75, 0.9, 0.95, 1].map((share) =>
        two(
          centile(
            own.map((each) => each.peak),
            share,
          ),
        ),
      ),
      ...[0, 0.5, 1].map((share) => two(centile(loudness, share))),
      ...[two(margin), `${again.length}/${own.length}`],
    ];
  });
  return {
    title: way === "limited" ? "Limited songs" : "Untouched songs",
    about:
      way === "limited"
        ? `Driven ${DRIVE.limited} dB over a ceiling of ${CEILING} dBTP and limited to it.`
        : "The highest peak at the ceiling, no limiting.",
    head: "kb/s of stereo|peak: median|75 %|90 %|95 %|worst|loudness: least|median|most|margin|second encode".split(
      "|",
    ),
    rows,
  };
}

const run = process.argv.includes("--stored") ? stored() : await measured();
const tables = WAYS.map((way) => peaksTable(run, way));
console.log(tables.map(terminal).join("\n"));
if (process.argv.includes("--write")) {
  writeFileSync(
    path.join(root, "docs/encoder-margins.md"),
    `# What encoders do to peaks and loudness

Written by \`npx tsx bench/encoder-margins.ts --songs ${run.songs} --seconds ${run.seconds} --write\`. ${run.songs} songs of Debian's \`wesnoth-1.16-music\`, of those of at least 45 s evenly spread by name; ${run.seconds} s of each from the 20th second on, encoded by the engine with LevelUp's settings. Figures are the dB by which the decoded true peak is higher than that of the samples that were encoded, and the LU by which the decoded song is louder, both without LAME's own scale of up to 0.45 dB.

\`lib/ffmpeg/encoder-response.ts\` has the margins; a song's peaks are kept that far below the ceiling before they are encoded. _Second encode_: songs whose peak came out more than ${PEAK_TOLERANCE} dB over the margin, or whose loudness more than ${planAccuracy} LU from where it was foreseen.

${tables.map(markdown).join("\n\n")}
`,
  );
}
