// `npx tsx bench/encoder-margins.ts [--songs N] [--seconds N] [--write]`: what encoders add to the peaks of real
// songs, limited and untouched ones. Writes docs/encoder-margins.md, whose figures stand in
// lib/ffmpeg/encoder-response.ts.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encodingOf } from "@/lib/ffmpeg/encoders";
import type { Encoding } from "@/lib/ffmpeg/encoding";
import { noTags } from "@/lib/ffmpeg/tag-args";
import { noHints } from "@/lib/formats";
import { dbtp, decibels } from "@/lib/loudness/units";
import type { DeliveredKind } from "@/lib/song/notes";
import type { LevelTask } from "@/lib/song/task";
import { scratchSource } from "@/lib/song-path/assembled-file";
import { pcmFormat } from "@/lib/song-path/decoding";
import { encode } from "@/lib/song-path/encoding";
import { measureSource } from "@/lib/song-path/measuring";
import { openSong, type OpenSong } from "@/lib/song-path/opening";
import { Foresight, type Programme } from "@/lib/song-path/rendering";
import { runSong } from "@/lib/song-path/song-run";
import { verify } from "@/lib/song-path/verifying";
import { songTools } from "../test/support/song-tools";

function argument(name: string): string | null {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? null : (process.argv[at + 1] ?? "");
}

const SONGS = "/usr/share/games/wesnoth/1.16/data/core/music";
/** Seconds of each song, from the 20th on: the more, the higher the highest of its peaks. */
const EXCERPT = Number(argument("seconds") ?? 60);
const CEILING = -1;
/** dB that the limited ones are driven over the ceiling. */
const DRIVE = 3;

/** Kinds and kilobits; Vorbis is asked for by quality, whose nominal rate this is. */
const ENCODERS: readonly (readonly [DeliveredKind, string, number])[] = [
  ...[128, 192, 256, 320].map((rate) => ["mp3", "mp3", rate] as const),
  ...[96, 128, 192, 256].map((rate) => ["m4a", "aac", rate] as const),
  ...[96, 160, 256].map((rate) => ["ogg", "vorbis", rate] as const),
  ...[64, 96, 128, 192].map((rate) => ["opus", "opus", rate] as const),
  ["wma", "wmav2", 192],
];

const all = readdirSync(SONGS).filter((name) => name.endsWith(".ogg"));
const count = Number(argument("songs") ?? all.length);
const songs = all.filter(
  (_, i) => Math.floor((i * count) / all.length) !== Math.floor(((i - 1) * count) / all.length),
);
const folder = mkdtempSync(path.join(tmpdir(), "levelup-margins-"));

/** Kilobits of each encoder, then dB that it added to the peaks of each song. */
const added = { limited: new Map<string, number[]>(), untouched: new Map<string, number[]>() };

for (const name of songs) {
  const file = path.join(folder, "song.wav");
  execFileSync("ffmpeg", [
    ...["-v", "error", "-y", "-ss", "20", "-t", `${EXCERPT}`],
    ...["-i", path.join(SONGS, name), "-map", "0:a", "-ac", "2", "-ar", "44100", file],
  ]);
  const task = { file: new File([], "song.wav"), dualMono: false } as LevelTask;
  const outcome = await runSong(task, songTools(readFileSync(file)), async (run) => {
    const song = await openSong(run);
    const pcm = await run.scratch(null);
    const { measured, slices } = await measureSource(song, pcm);
    const programme: Programme = {
      ...{ pcm, slices, measured, neighbours: null },
      format: pcmFormat(song.probe, false),
      layout: song.probe.format.channelLayout,
    };
    for (const [kind, codec, kilobits] of ENCODERS) {
      const { format } = song.probe;
      const asked = {
        ...format,
        container: kind,
        codec,
        bitRate: kilobits * 1000,
        lossless: false,
      };
      const encoding = encodingOf(kind, { ...song.probe, format: asked }, noHints);
      for (const way of ["limited", "untouched"] as const) {
        const by = await overshoot(song, programme, encoding, way);
        const label = `${kind} ${kilobits}`;
        added[way].set(label, [...(added[way].get(label) ?? []), by]);
      }
    }
    return { kind: "measured" } as const;
  });
  if (outcome.kind === "refused") throw new Error(`${name}: ${outcome.reason} ${outcome.detail}`);
  console.log(name);
  console.log(table());
}

async function overshoot(
  song: OpenSong,
  programme: Programme,
  encoding: Encoding,
  way: "limited" | "untouched",
): Promise<number> {
  const { run } = song;
  const { loudnessChange } = encoding.response;
  const drive = way === "limited" ? DRIVE : 0;
  const gain = decibels(CEILING + drive - programme.measured.measurement.truePeak);
  const ceiling = way === "limited" ? dbtp(CEILING) : null;
  const rendering = new Foresight(run.tools.kernel, programme).withGain(gain, ceiling);
  const encoded = await run.scratch(null);
  encode(song, { programme, rendering, encoding, tags: noTags }, encoded);
  const { measurement } = verify(song, scratchSource(encoded), {
    extension: encoding.extension,
    duration: programme.measured.measurement.duration,
  });
  run.discard(encoded);
  return measurement.truePeak - rendering.expected.truePeak - loudnessChange;
}

function table(): string {
  const at = (values: readonly number[], share: number) => {
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(2);
  };
  const rows = [...added.limited].map(([label, limited]) => {
    const untouched = added.untouched.get(label)!;
    const figures = [limited, untouched].flatMap((values) =>
      [0.5, 0.75, 0.95, 1].map((share) => at(values, share)),
    );
    return `| ${[label, ...figures].join(" | ")} |`;
  });
  return rows.join("\n");
}

rmSync(folder, { recursive: true });
if (process.argv.includes("--write")) {
  writeFileSync(
    "docs/encoder-margins.md",
    `# What encoders add to peaks

Written by \`npx tsx bench/encoder-margins.ts --write\`. ${songs.length} songs of Debian's \`wesnoth-1.16-music\`, ${EXCERPT} s of each from the 20th second on, encoded as LevelUp encodes: limited, ${DRIVE} dB over a ceiling of ${CEILING} dBTP, and untouched, with the highest peak at the ceiling. Figures are the dB by which the decoded true peak is higher than that of the samples that were encoded. LAME's own scale of up to 0.45 dB is left out.

\`lib/ffmpeg/encoder-response.ts\` has the 95th percentiles; a song's peaks are kept that far below the ceiling before they are encoded, so that few songs need a second encode.

|       | limited: median | 75 % | 95 % | worst | untouched: median | 75 % | 95 % | worst |
| ----- | --------------- | ---- | ---- | ----- | ----------------- | ---- | ---- | ----- |
${table()}
`,
  );
}
