import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import path from "node:path";
import { vorbisQuality } from "@/lib/ffmpeg/bit-rates";
import { about, CACHE, MUSIC, native, type SongFile } from "../songs";
import { spokenTags, writeTags } from "./tags";

/** A kind of song in the folder: how it is made, and how it is encoded again. */
interface Recipe {
  readonly label: string;
  readonly kind: RaceKind;
  /** ffmpeg's arguments that make it. */
  readonly made: readonly string[];
  /** What ffmpeg does for the kind when nothing is said of rate or quality. */
  readonly plain: readonly string[];
  /** LevelUp's own settings: rate or quality of the source. */
  readonly same: readonly string[];
}

type RaceKind = "mp3" | "flac" | "m4a" | "ogg" | "opus" | "wav";

export interface RaceSong extends SongFile {
  readonly kind: RaceKind;
  readonly label: string;
  /** Seconds. */
  readonly duration: number;
  readonly plain: readonly string[];
  readonly same: readonly string[];
}

const mp3 = (label: string, ...rate: string[]): Recipe => ({
  ...{ label: `MP3 ${label}`, kind: "mp3", made: ["-c:a", "libmp3lame", ...rate] },
  plain: ["-c:a", "libmp3lame"],
  same: ["-c:a", "libmp3lame", ...rate, "-compression_level", "5"],
});
const flac: Recipe = {
  ...{ label: "FLAC", kind: "flac" },
  // The filters' output would make it 24-bit, which is more work and another file.
  ...{
    made: ["-c:a", "flac", "-sample_fmt", "s16"],
    plain: ["-c:a", "flac", "-sample_fmt", "s16"],
  },
  same: ["-c:a", "flac", "-sample_fmt", "s16"],
};

const VORBIS = {
  ...{ container: "ogg", codec: "vorbis", lossless: false, bitDepth: null },
  ...{ channels: 2, channelLayout: "stereo", soundTracks: 1 },
} as const;

/** Given out in this order, again and again. */
const RECIPES: readonly Recipe[] = [
  mp3("320", "-b:a", "320k"),
  flac,
  mp3("V2", "-q:a", "2"),
  {
    ...{ label: "M4A 256", kind: "m4a", made: ["-c:a", "aac", "-b:a", "256k"] },
    plain: ["-c:a", "aac"],
    same: ["-c:a", "aac", "-aac_coder", "fast", "-aac_is", "0", "-b:a", "256k"],
  },
  {
    ...{ label: "Ogg Vorbis", kind: "ogg", made: ["-c:a", "copy"], plain: ["-c:a", "libvorbis"] },
    // Each song's own quality is added.
    same: ["-c:a", "libvorbis"],
  },
  mp3("192", "-b:a", "192k"),
  {
    ...{ label: "Opus 128", kind: "opus", made: ["-c:a", "libopus", "-b:a", "128k"] },
    plain: ["-c:a", "libopus"],
    same: ["-c:a", "libopus", "-b:a", "128k"],
  },
  {
    ...{ label: "WAV", kind: "wav", made: ["-c:a", "pcm_s16le"], plain: ["-c:a", "pcm_s16le"] },
    same: ["-c:a", "pcm_s16le"],
  },
  mp3("128", "-b:a", "128k"),
  flac,
];

/** Two of three songs have a cover, where their kind can hold one. */
const hasCover = (index: number, kind: RaceKind) => index % 3 !== 2 && kind !== "wav";

const names = (): string[] =>
  readdirSync(MUSIC)
    .filter((name) => name.endsWith(".ogg") && name !== "silence.ogg")
    .sort();

/** The songs of the race, with tags and covers; `seconds` cuts them short. Made once and kept. */
export function raceSongs(count: number, seconds: number | null): RaceSong[] {
  const folder = path.join(CACHE, "race", seconds === null ? "whole" : `${seconds}s`);
  mkdirSync(folder, { recursive: true });
  return names()
    .slice(0, count)
    .map((title, index) => {
      const { made, ...recipe } = RECIPES[index % RECIPES.length]!;
      const name = path.parse(title).name;
      const file = path.join(folder, `${name}.${recipe.kind}`);
      if (!existsSync(file)) {
        // Made beside its place: what is interrupted must not be taken for a song.
        const part = path.join(folder, `.part.${recipe.kind}`);
        const cut = seconds === null ? [] : ["-t", String(seconds)];
        const inTags: Readonly<Record<string, string>> =
          recipe.kind === "wav" ? spokenTags(name, index) : {};
        native("ffmpeg", [
          ...["-v", "error", "-nostdin", "-y", ...cut, "-i", path.join(MUSIC, title)],
          ...["-map", "0:a", "-map_metadata", "-1", ...made],
          ...Object.entries(inTags).flatMap(([key, value]) => ["-metadata", `${key}=${value}`]),
          part,
        ]);
        if (recipe.kind !== "wav") {
          writeTags(part, name, index, hasCover(index, recipe.kind) ? cover(folder) : null);
        }
        renameSync(part, file);
      }
      const { duration, bitRate, sampleRate } = about(file);
      const { kind } = recipe;
      const vorbis = { ...VORBIS, bitRate, sampleRate };
      const same = kind === "ogg" ? ["-q:a", vorbisQuality(vorbis).toFixed(2)] : [];
      return { name, file, duration, ...recipe, same: [...recipe.same, ...same] };
    });
}

/** A JPEG of 500 pixels square. */
function cover(folder: string): string {
  const file = path.join(folder, ".cover.jpg");
  const args = ["-f", "lavfi", "-i", "testsrc2=s=500x500", "-frames:v", "1", "-y", file];
  if (!existsSync(file)) spawnSync("ffmpeg", ["-v", "error", "-nostdin", ...args]);
  return file;
}

/** How many songs there are of each kind, in words. */
export function kindsIn(songs: readonly RaceSong[]): string {
  const counts = new Map<string, number>();
  for (const { label } of songs) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, count]) => `${count} ${label}`).join(", ");
}
