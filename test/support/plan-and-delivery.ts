import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { planGain, type Target } from "@/lib/loudness/plan";
import { dbtp, decibels, lu, lufs } from "@/lib/loudness/units";
import { levelSong, measureSong } from "@/lib/song-path";
import { programmeOf } from "@/lib/song/programme";
import { asBlob } from "@/lib/storage/song-bytes";
import { nativeLoudness, runNative } from "./native-tools";
import { songTools } from "./song-tools";

/** Plans of real songs beside what is delivered of them, judged by native ffmpeg. */

const SONGS = "/usr/share/games/wesnoth/1.16/data/core/music";
export const CEILING = -1;

/** Kinds of songs and how native ffmpeg makes them. */
export const KINDS: Readonly<Record<string, readonly [extension: string, ...args: string[]]>> = {
  "MP3 128": ["mp3", "-b:a", "128k"],
  "MP3 192": ["mp3", "-b:a", "192k"],
  "MP3 320": ["mp3", "-b:a", "320k"],
  "AAC 128": ["m4a", "-b:a", "128k"],
  "AAC 256": ["m4a", "-b:a", "256k"],
  "Vorbis q5": ["ogg", "-c:a", "libvorbis", "-q:a", "5"],
  "Opus 128": ["opus", "-b:a", "128k"],
  FLAC: ["flac", "-sample_fmt", "s16"],
  WAV: ["wav", "-c:a", "pcm_s16le"],
};

export const songNames = (): string[] => readdirSync(SONGS).filter((name) => name.endsWith(".ogg"));

interface Excerpt {
  readonly name: string;
  readonly kind: string;
  /** Seconds; the whole song where none are given. */
  readonly from?: number;
  readonly seconds?: number;
}

export interface PlanAndDelivery {
  readonly song: string;
  /** LUFS: what the plan says before the song is leveled, and native ffmpeg of what was delivered. */
  readonly planned: number;
  readonly delivered: number;
  /** dBTP, by native ffmpeg and by our own meter. */
  readonly peak: number;
  readonly ownPeak: number;
  readonly limited: number;
  readonly passes: number;
  readonly shortfall: string | null;
}

export async function planAndDelivery(
  { name, kind, from = 0, seconds }: Excerpt,
  loudnesses: readonly number[],
): Promise<PlanAndDelivery[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "levelup-plan-"));
  try {
    const [extension, ...args] = KINDS[kind]!;
    const input = path.join(folder, `song.${extension}`);
    const part = seconds === undefined ? [] : ["-ss", String(from), "-t", String(seconds)];
    const source = ["-i", path.join(SONGS, name), "-map", "0:a"];
    await runNative("ffmpeg", ["-v", "error", ...part, ...source, ...args, input]);
    const bytes = readFileSync(input);
    const task = { file: new File([], path.basename(input)), dualMono: false };
    const found = await measureSong(task, songTools(bytes));
    if (found.kind === "refused") throw new Error(`${name}: ${found.reason}`);
    const way = { outputFormat: "same", whenEncodedAgain: "size" } as const;
    const results: PlanAndDelivery[] = [];
    for (const loudness of loudnesses) {
      const target: Target = {
        loudness: lufs(loudness),
        ceiling: dbtp(CEILING),
        accuracy: lu(0.2),
        whenPeaksTooHigh: "limit",
        mostLimiting: decibels(6),
        onlyTurnDown: false,
      };
      const plan = planGain(programmeOf(found.measured, way), target);
      const outcome = await levelSong(
        {
          ...task,
          target,
          ...way,
          verify: true,
          maxPasses: 2,
          reencoding: "always",
          loudnessTags: "leave",
          replacesOriginal: false,
          known: found.measured,
          album: null,
        },
        songTools(bytes),
      );
      if (outcome.kind === "skipped") continue;
      if (outcome.kind === "refused") throw new Error(`${name}: ${outcome.reason}`);
      const output = path.join(folder, `leveled.${outcome.extension}`);
      writeFileSync(output, Buffer.from(await asBlob(outcome.bytes).arrayBuffer()));
      const heard = await nativeLoudness(output);
      results.push({
        song: `${name}, ${kind}, ${loudness} LUFS`,
        planned: plan.expected,
        delivered: heard.integrated,
        peak: heard.truePeak,
        ownPeak: outcome.result!.truePeak,
        limited: outcome.limited,
        passes: outcome.passes,
        shortfall: outcome.shortfall,
      });
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One row of Markdown: how near the plan was, and what it took. */
export function planRow(label: string, results: readonly PlanAndDelivery[]): string {
  const away = results.map(({ planned, delivered }) => Math.abs(planned - delivered));
  const passes = results.map((result) => result.passes).toSorted((a, b) => a - b);
  const at = (share: number) =>
    passes[Math.min(passes.length - 1, Math.floor(share * passes.length))];
  const cells = [
    `${away.filter((each) => each <= 0.1).length} of ${results.length}`,
    Math.max(...away).toFixed(3),
    Math.max(...results.map(({ peak }) => peak)).toFixed(2),
    `${at(0.5)}, ${at(0.9)}`,
  ];
  return `| ${[label, ...cells].join(" | ")} |`;
}
