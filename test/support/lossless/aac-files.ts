/** Real AAC files: of ffmpeg's encoder in every way that it can be told to encode, and of VisualOn's. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const MUSIC = "/usr/share/games/wesnoth/1.16/data/core/music";
const SONGS = readdirSync(MUSIC).filter((_, i) => i % 4 === 0);

const run = (tool: string, ...args: readonly string[]) =>
  execFileSync(tool, args, { stdio: "pipe" });
const ffmpeg = (...args: readonly string[]) => run("ffmpeg", "-y", "-v", "error", ...args);

type Make = (file: string) => void;

/** By name, the extension and how each is made. `folder` is to have `source.wav` of `makeSource`. */
export const aacFiles = (folder: string): Readonly<Record<string, readonly [string, Make]>> => {
  const source = join(folder, "source.wav");
  const encode =
    (...args: readonly string[]): Make =>
    (file) =>
      ffmpeg("-i", source, "-c:a", "aac", ...args, file);
  const song =
    (title: string, ...args: readonly string[]): Make =>
    (file) =>
      ffmpeg("-ss", "20", "-t", "3", "-i", join(MUSIC, title), "-c:a", "aac", ...args, file);
  /** At a constant rate; bits a second. */
  const visualOn =
    (rate: number, ...shape: readonly string[]): Make =>
    (file) => {
      ffmpeg("-i", source, ...shape, join(folder, "shaped.wav"));
      const script = join(import.meta.dirname, "../../native/aac/encode.py");
      run("/usr/bin/python3", script, join(folder, "shaped.wav"), String(rate), file);
    };
  const muxed =
    (rate: number, ...shape: readonly string[]): Make =>
    (file) => {
      visualOn(rate, ...shape)(join(folder, "stream.aac"));
      ffmpeg("-i", join(folder, "stream.aac"), "-c", "copy", file);
    };
  const film =
    (...args: readonly string[]): Make =>
    (file) => {
      const pictures = ["-f", "lavfi", "-i", "testsrc2=s=320x240:d=3", "-c:v", "mpeg4"];
      ffmpeg(
        ...pictures.slice(0, 4),
        "-i",
        source,
        ...pictures.slice(4),
        "-c:a",
        "aac",
        ...args,
        file,
      );
    };
  return {
    ...Object.fromEntries(
      SONGS.map((title, i) => {
        const rate = [64, 96, 128, 192, 256, 320][i % 6]!;
        return [`${title}, ${rate} kb/s`, ["m4a", song(title, "-b:a", `${rate}k`)]] as const;
      }),
    ),
    ...Object.fromEntries(
      [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 48_000, 64_000, 88_200, 96_000].map(
        (rate) => [`${rate} Hz`, ["m4a", encode("-ar", String(rate))]] as const,
      ),
    ),
    ...Object.fromEntries(
      ["fast", "twoloop"].map(
        (coder) => [coder, ["m4a", encode("-aac_coder", coder, "-b:a", "96k")]] as const,
      ),
    ),
    ...Object.fromEntries(
      ["is", "pns", "tns", "ms"].flatMap((tool) =>
        ["0", "1"].map((on) => {
          const args = [`-aac_${tool}`, on, "-b:a", "64k"];
          return [`tool ${tool} ${on}`, ["m4a", encode(...args)]] as const;
        }),
      ),
    ),
    "variable rate": ["m4a", encode("-q:a", "1.2")],
    "variable rate, low": ["m4a", encode("-q:a", "0.3")],
    mono: ["m4a", encode("-ac", "1", "-b:a", "48k")],
    "mono, 8 kHz": ["m4a", encode("-ac", "1", "-ar", "8000", "-b:a", "12k")],
    "three channels": ["m4a", encode("-ac", "3")],
    "5.1": ["m4a", encode("-ac", "6", "-b:a", "320k")],
    "7.1": ["m4a", encode("-ac", "8", "-b:a", "400k")],
    "5.1 with a program config": ["m4a", encode("-ac", "6", "-aac_pce", "1")],
    "octagonal, by its program config": ["m4a", encode("-af", "pan=octagonal|c0=c0|c1=c1|c5=c0")],
    "movie in front": ["m4a", encode("-movflags", "+faststart", "-metadata", "title=Ä")],
    "no tags at all": ["m4a", encode("-fflags", "+bitexact", "-map_metadata", "-1")],
    QuickTime: ["mov", encode("-b:a", "128k")],
    ADTS: ["aac", encode("-b:a", "128k")],
    "ADTS, mono, 22 kHz": ["aac", encode("-ac", "1", "-ar", "22050")],
    "ADTS, 5.1": ["aac", encode("-ac", "6")],
    "ADTS, MPEG-2": ["aac", encode("-aac_pns", "0", "-profile:a", "mpeg2_aac_low")],
    "VisualOn, 64 kb/s": ["aac", visualOn(64_000)],
    "VisualOn, 128 kb/s": ["aac", visualOn(128_000)],
    "VisualOn, 256 kb/s, 48 kHz": ["aac", visualOn(256_000, "-ar", "48000")],
    "VisualOn, mono, 22 kHz": ["aac", visualOn(32_000, "-ac", "1", "-ar", "22050")],
    "VisualOn, 8 kHz": ["aac", visualOn(16_000, "-ar", "8000")],
    "VisualOn, M4A": ["m4a", muxed(96_000)],
    "a film": ["mp4", film("-movflags", "+faststart")],
    "a film, movie behind": ["mp4", film("-b:a", "96k")],
  };
};
