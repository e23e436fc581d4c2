import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import path from "node:path";
import { root } from "../scripts/support/steps";

/** Real music to measure with: Debian's package wesnoth-1.16-music, converted once and kept. */
export const MUSIC = "/usr/share/games/wesnoth/1.16/data/core/music";
export const CACHE = path.join(root, ".cache/bench");

export const KINDS = ["mp3", "flac", "wav", "m4a", "ogg"] as const;
export type Kind = (typeof KINDS)[number];

/** How the songs are made; the Ogg files are the package's own, of about 160 kb/s. */
const MADE_BY: Readonly<Record<Kind, readonly string[]>> = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "320k"],
  flac: ["-c:a", "flac", "-sample_fmt", "s16"],
  wav: ["-c:a", "pcm_s16le"],
  m4a: ["-c:a", "aac", "-b:a", "256k"],
  ogg: ["-c:a", "copy"],
};

/** 2½ to 4½ minutes each, louder than the benchmark's target by 3 dB and more. */
const NAMES = [
  "loyalists",
  "weight_of_revenge",
  "northern_mountains",
  "frantic",
  "siege_of_laurelmor",
  "northerners",
  "heroes_rite",
  "return_to_wesnoth",
];

export const mostSongs = NAMES.length;

export interface SongFile {
  readonly name: string;
  /** Its extension. */
  readonly kind: string;
  readonly file: string;
}

export interface Song extends SongFile {
  readonly kind: Kind;
  /** Seconds. */
  readonly duration: number;
  /** Bits a second, as ffprobe tells. */
  readonly bitRate: number;
  readonly sampleRate: number;
}

export const hasMusic = (): boolean => existsSync(MUSIC);

/** The first `count` songs as one kind; `seconds` cuts them short. */
export function songsOf(kind: Kind, count: number, seconds: number | null): Song[] {
  return NAMES.slice(0, count).map((name) => songOf(name, kind, seconds));
}

export function songOf(name: string, kind: Kind, seconds: number | null): Song {
  const cut = seconds === null ? "" : `-${seconds}s`;
  const file = path.join(CACHE, kind, `${name}${cut}.${kind}`);
  if (!existsSync(file)) convert(path.join(MUSIC, `${name}.ogg`), file, kind, seconds);
  return { name, kind, file, ...about(file) };
}

function convert(from: string, to: string, kind: Kind, seconds: number | null) {
  mkdirSync(path.dirname(to), { recursive: true });
  const length = seconds === null ? [] : ["-t", String(seconds)];
  // Converted beside its place: what is interrupted must not be taken for a song.
  const part = path.join(path.dirname(to), `part-${path.basename(to)}`);
  const quiet = ["-v", "error", "-nostdin", "-y"];
  native("ffmpeg", [...quiet, ...length, "-i", from, "-map", "0:a", ...MADE_BY[kind], part]);
  renameSync(part, to);
}

export function about(file: string): Pick<Song, "duration" | "bitRate" | "sampleRate"> {
  const asked = "format=duration,bit_rate:stream=sample_rate";
  const answer = JSON.parse(
    native("ffprobe", ["-v", "error", "-of", "json", "-show_entries", asked, file]),
  ) as { format: { duration: string; bit_rate: string }; streams: { sample_rate: string }[] };
  return {
    duration: Number(answer.format.duration),
    bitRate: Number(answer.format.bit_rate),
    sampleRate: Number(answer.streams[0]?.sample_rate),
  };
}

export function native(tool: string, args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(tool, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${tool}: ${stderr}`);
  return stdout;
}

/** A folder with these songs and nothing else, to be dropped on the page. */
export function folderWith(folder: string, songs: readonly SongFile[]): string {
  mkdirSync(folder, { recursive: true });
  for (const song of songs) {
    const place = path.join(folder, path.basename(song.file));
    if (existsSync(place)) continue;
    try {
      linkSync(song.file, place);
    } catch {
      // Another file system.
      copyFileSync(song.file, place);
    }
  }
  return folder;
}

/** Lengths in seconds of all songs of the package, by file name. */
export function lengthsOfAll(): ReadonlyMap<string, number> {
  const asked = ["-v", "error", "-of", "csv=p=0", "-show_entries", "format=duration"];
  const names = readdirSync(MUSIC).filter((name) => name.endsWith(".ogg"));
  return new Map(
    names.map((name) => [name, Number(native("ffprobe", [...asked, path.join(MUSIC, name)]))]),
  );
}
