// `npx tsx bench/accuracy.ts [--songs N] [--write]`: levels real songs to every output kind with the
// worker's own code and lets native ffmpeg judge the delivered files. Writes docs/accuracy.md.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { asBlob } from "@/lib/storage/song-bytes";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";
import { levelSong } from "@/lib/song-path";
import { songTools } from "../test/support/song-tools";

const SONGS = "/usr/share/games/wesnoth/1.16/data/core/music";
/** Seconds of each song: enough for every gate and for what an encoder does to it. */
const EXCERPT = 30;
const CEILING = -1;

interface Case {
  readonly name: string;
  readonly extension: string;
  readonly args: readonly string[];
  readonly lossless: boolean;
}
const lossless = true;
const CASES: readonly Case[] = [
  { name: "MP3 128", extension: "mp3", args: ["-b:a", "128k"], lossless: false },
  { name: "MP3 320", extension: "mp3", args: ["-b:a", "320k"], lossless: false },
  { name: "AAC 128", extension: "m4a", args: ["-b:a", "128k"], lossless: false },
  { name: "AAC 256", extension: "m4a", args: ["-b:a", "256k"], lossless: false },
  {
    name: "Vorbis q5",
    extension: "ogg",
    args: ["-c:a", "libvorbis", "-q:a", "5"],
    lossless: false,
  },
  { name: "Opus 128", extension: "opus", args: ["-b:a", "128k"], lossless: false },
  { name: "FLAC 16", extension: "flac", args: ["-sample_fmt", "s16"], lossless },
  { name: "FLAC 24", extension: "flac", args: ["-sample_fmt", "s32"], lossless },
  { name: "WAV 16", extension: "wav", args: ["-c:a", "pcm_s16le"], lossless },
];

interface Outcome {
  readonly song: string;
  /** Distance to what was aimed for, LU, by native ffmpeg; null when held back or skipped. */
  readonly error: number | null;
  readonly heldBack: boolean;
  readonly peak: number;
  readonly passes: number;
  readonly limited: number;
}

const argument = (name: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? null : (process.argv[at + 1] ?? "");
};
const songs = readdirSync(SONGS)
  .filter((name) => name.endsWith(".ogg"))
  .slice(0, Number(argument("songs") ?? 41));
const folder = mkdtempSync(path.join(tmpdir(), "levelup-accuracy-"));

async function level(song: string, kind: Case, target: number): Promise<Outcome | null> {
  const input = path.join(folder, `input.${kind.extension}`);
  execFileSync("ffmpeg", [
    ...["-v", "error", "-y", "-t", `${EXCERPT}`],
    ...["-i", path.join(SONGS, song), "-map", "0:a", ...kind.args, input],
  ]);
  const outcome = await levelSong(
    {
      file: new File([], path.basename(input)),
      target: {
        loudness: lufs(target),
        ceiling: dbtp(CEILING),
        accuracy: lu(0.1),
        whenPeaksTooHigh: "limit",
        mostLimiting: decibels(6),
        onlyTurnDown: false,
      },
      outputFormat: "same",
      whenEncodedAgain: "size",
      verify: true,
      maxPasses: 3,
      reencoding: "always",
      loudnessTags: "leave",
      replacesOriginal: false,
      known: null,
      album: null,
      dualMono: false,
    },
    songTools(readFileSync(input)),
  );
  if (outcome.kind === "skipped") return null;
  if (outcome.kind === "refused") throw new Error(`${song}: ${outcome.reason} ${outcome.detail}`);
  const output = path.join(folder, `output.${outcome.extension}`);
  writeFileSync(output, Buffer.from(await asBlob(outcome.bytes).arrayBuffer()));
  const { integrated, peak } = judge(output);
  const heldBack = outcome.shortfall === "held-back-by-peaks";
  return {
    song,
    error: heldBack ? null : integrated - target,
    heldBack,
    peak,
    passes: outcome.passes,
    limited: outcome.limited,
  };
}

/** Integrated loudness with three decimals and true peak, by native ffmpeg. */
function judge(file: string): { integrated: number; peak: number } {
  const filter = "ebur128=peak=true:framelog=verbose:metadata=1,ametadata=print:file=-";
  const { stdout } = spawnSync(
    "ffmpeg",
    ["-v", "error", "-nostdin", "-i", file, "-map", "0:a", "-af", filter, "-f", "null", "-"],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const last = (key: string) => Number(stdout.slice(stdout.lastIndexOf(key)).split(/[=\n]/)[1]);
  const channels = [0, 1].map((channel) => last(`lavfi.r128.true_peaks_ch${channel}`));
  const peak = Math.max(...channels.filter(Number.isFinite));
  return { integrated: last("lavfi.r128.I"), peak: 20 * Math.log10(peak) };
}

const rows: string[] = [];
for (const target of [-14, -9]) {
  for (const kind of CASES) {
    const outcomes: Outcome[] = [];
    // A third of the songs stand for all at the loud target: each takes several encodes there.
    const chosen = target === -9 ? songs.filter((_, index) => index % 3 === 0) : songs;
    for (const song of chosen) {
      const outcome = await level(song, kind, target);
      if (outcome) outcomes.push(outcome);
    }
    const aimed = outcomes.flatMap(({ error }) => (error === null ? [] : [Math.abs(error)]));
    const near = kind.lossless ? 0.02 : 0.1;
    const worstPeak = Math.max(...outcomes.map(({ peak }) => peak));
    const over = outcomes.filter(({ peak }) => peak > CEILING + 0.1);
    const encodes = outcomes.reduce((sum, { passes }) => sum + passes, 0) / outcomes.length;
    rows.push(
      `| ${[
        kind.name,
        `${target} LUFS`,
        outcomes.length,
        `${aimed.filter((error) => error <= near + 0.0005).length} of ${aimed.length} within ${near}`,
        Math.max(0, ...aimed).toFixed(3),
        outcomes.filter(({ heldBack }) => heldBack).length,
        `${outcomes.length - over.length} of ${outcomes.length}`,
        worstPeak.toFixed(2),
        encodes.toFixed(2),
      ].join(" | ")} |`,
    );
    console.log(rows.at(-1));
    for (const { song, error, peak, passes, limited } of outcomes) {
      if ((error !== null && Math.abs(error) > near) || peak > CEILING + 0.1) {
        const off = error === null ? "held back" : error.toFixed(3);
        console.log(
          `    ${song}: ${off} LU, ${peak.toFixed(2)} dBTP, ${passes} encodes, ${limited.toFixed(1)} dB limited`,
        );
      }
    }
  }
}
rmSync(folder, { recursive: true });
if (process.argv.includes("--write")) {
  writeFileSync(
    "docs/accuracy.md",
    `# Accuracy of delivered files

Written by \`npx tsx bench/accuracy.ts --write\`. ${songs.length} songs of Debian's \`wesnoth-1.16-music\`, the first ${EXCERPT} s of each, encoded to each kind by native ffmpeg, leveled by the worker's own code (ceiling ${CEILING} dBTP, accuracy 0.1 LU, at most 3 encodes, at most 6 dB of limiting), judged by native ffmpeg's \`ebur128\` on the delivered file. A song is held back when 6 dB of limiting do not suffice; it says so and is quieter than the target on purpose. The target of -9 LUFS stands for loud masters: most songs need the limiter then.

| kind | target | songs | loudness | worst error, LU | held back | peaks under the ceiling (+0.1 dB) | highest peak, dBTP | encodes a song |
|---|---|---|---|---|---|---|---|---|
${rows.join("\n")}
`,
  );
}
