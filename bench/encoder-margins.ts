// `npx tsx bench/encoder-margins.ts [--songs N] [--seconds N] [--write]`: what encoders add to the peaks of real
// songs, limited and untouched ones. Writes docs/encoder-margins.md, whose figures stand in
// lib/ffmpeg/encoder-response.ts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encodingOf } from "@/lib/ffmpeg/encoders";
import type { Encoding } from "@/lib/ffmpeg/encoding";
import { noHints } from "@/lib/formats";
import { dbtp, decibels } from "@/lib/loudness/units";
import type { DeliveredKind } from "@/lib/song/notes";
import { Foresight } from "@/lib/song-path/rendering";
import { argument } from "./encoders/arguments";
import { cut, songNames, throughEncoder, withExcerpt, type Excerpt } from "./encoders/excerpts";
import { centile } from "./spread";
import { markdown, terminal, type Table } from "./tables/table";

/** Seconds of each song: the more, the higher the highest of its peaks. */
const SECONDS = Number(argument("seconds") ?? 60);
const songs = songNames(argument("songs") === null ? null : Number(argument("songs")));
const CEILING = -1;
/** dB that songs are driven over the ceiling; untouched ones reach it just so. */
const ways = { limited: 3, untouched: 0 } as const;
type Way = keyof typeof ways;

/** Kinds and kilobits; Vorbis is asked for by quality, whose nominal rate this is. */
const encoders: readonly (readonly [DeliveredKind, string, number])[] = [
  ...[128, 192, 256, 320].map((rate) => ["mp3", "mp3", rate] as const),
  ...[96, 128, 160, 192, 256].map((rate) => ["m4a", "aac", rate] as const),
  ...[96, 160, 256].map((rate) => ["ogg", "vorbis", rate] as const),
  ...[64, 96, 128, 192].map((rate) => ["opus", "opus", rate] as const),
  ["wma", "wmav2", 192],
];

/** Kind and kilobits, then dB that the encoder added to the peaks of each song. */
const added: Record<Way, Map<string, number[]>> = { limited: new Map(), untouched: new Map() };

async function overshoot({ song, programme }: Excerpt, encoding: Encoding, way: Way) {
  const gain = decibels(CEILING + ways[way] - programme.measured.measurement.truePeak);
  const ceiling = way === "limited" ? dbtp(CEILING) : null;
  const rendering = new Foresight(song.run.tools.kernel, programme).withGain(gain, ceiling);
  const { measurement } = await throughEncoder({ song, programme }, rendering, encoding);
  const { loudnessChange } = encoding.response;
  return measurement.truePeak - rendering.expected.truePeak - loudnessChange;
}

function tableOf(): Table {
  const shares = { median: 0.5, "75 %": 0.75, "90 %": 0.9, "95 %": 0.95, worst: 1 };
  const rows = [...added.limited].map(([label, limited]) => {
    const both = [limited, added.untouched.get(label)!];
    return [
      label,
      ...both.flatMap((values) =>
        Object.values(shares).map((each) => centile(values, each).toFixed(2)),
      ),
    ];
  });
  const names = Object.keys(shares);
  return {
    title: "dB added to the true peak",
    about: `${added.limited.get("mp3 128")!.length} excerpts. The first five figures are of limited songs, the others of untouched ones. Rates are kb/s of stereo.`,
    head: [
      "",
      ...names.map((each, i) => (i === 0 ? `limited: ${each}` : each)),
      ...names.map((each, i) => (i === 0 ? `untouched: ${each}` : each)),
    ],
    rows,
  };
}

const folder = mkdtempSync(path.join(tmpdir(), "levelup-margins-"));
for (const name of songs) {
  const file = path.join(folder, "song.wav");
  cut(name, SECONDS, ["-ac", "2", "-ar", "44100"], file);
  await withExcerpt(file, async (excerpt) => {
    const { probe } = excerpt.song;
    for (const [kind, codec, kilobits] of encoders) {
      const bitRate = kilobits * 1000;
      const format = { ...probe.format, container: kind, codec, bitRate, lossless: false };
      const encoding = encodingOf(kind, { ...probe, format }, noHints);
      for (const way of ["limited", "untouched"] as const) {
        const label = `${kind} ${kilobits}`;
        const by = await overshoot(excerpt, encoding, way);
        added[way].set(label, [...(added[way].get(label) ?? []), by]);
      }
    }
  });
  console.log(name, terminal(tableOf()));
}
rmSync(folder, { recursive: true });

if (process.argv.includes("--write")) {
  writeFileSync(
    "docs/encoder-margins.md",
    `# What encoders add to peaks

Written by \`npx tsx bench/encoder-margins.ts --songs ${songs.length} --seconds ${SECONDS} --write\`. ${songs.length} songs of Debian's \`wesnoth-1.16-music\`, of those of at least 45 s evenly spread by name, ${SECONDS} s of each from the 20th second on, encoded as LevelUp encodes: limited, ${ways.limited} dB over a ceiling of ${CEILING} dBTP, and untouched, with the highest peak at the ceiling. Figures are the dB by which the decoded true peak is higher than that of the samples that were encoded. LAME's own scale of up to 0.45 dB is left out.

\`lib/ffmpeg/encoder-response.ts\` has the 95th percentiles; a song's peaks are kept that far below the ceiling before they are encoded, so that few songs need a second encode.

${markdown(tableOf())}
`,
  );
}
