/** Real Ogg Vorbis files: Debian's Wesnoth music of 2001 to 2014, and what three encoders make. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const MUSIC = "/usr/share/games/wesnoth/1.16/data/core/music";

const run = (tool: string, ...args: readonly string[]) =>
  execFileSync(tool, args, { stdio: "pipe" });

/** Whole pages of the beginning, some six seconds, as their encoder cut them. */
const excerpt = (song: string) => (file: string) => {
  const bytes = readFileSync(join(MUSIC, song)).subarray(0, 120_000);
  writeFileSync(file, bytes.subarray(0, bytes.lastIndexOf("OggS")));
};

/** A chord that swells, noise bursts, and half a second of digital silence: 3 s, stereo, 44.1 kHz. */
export const makeSource = (file: string): void => {
  const graph =
    "sine=f=220:d=3,tremolo=f=0.7:d=0.9,volume=-9dB[a];" +
    "anoisesrc=c=pink:d=3:a=0.4:seed=1,tremolo=f=2:d=0.8[b];" +
    "[a][b]join=inputs=2:channel_layout=stereo:map=0.0-FL|1.0-FR," +
    "volume=0:enable='between(t,1,1.5)',aformat=s16:44100";
  run("ffmpeg", "-y", "-v", "error", "-filter_complex", graph, file);
};

/** By name, how each is made. `folder` is to have `source.wav` of `makeSource`. */
export const vorbisFiles = (folder: string): Readonly<Record<string, (file: string) => void>> => {
  const source = (...args: readonly string[]) =>
    run("ffmpeg", "-y", "-v", "error", "-i", join(folder, "source.wav"), ...args);
  const oggenc =
    (options: readonly string[], ...shape: readonly string[]) =>
    (file: string) => {
      source(...shape, join(folder, "shaped.wav"));
      run("oggenc", "-Q", ...options, "-o", file, join(folder, "shaped.wav"));
    };
  const ffmpeg =
    (...args: readonly string[]) =>
    (file: string) =>
      source("-strict", "-2", ...args, file);
  return {
    ...Object.fromEntries(readdirSync(MUSIC).map((song) => [song, excerpt(song)])),
    ...Object.fromEntries(
      [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9.5, 10].map((q) => [`q${q}`, oggenc(["-q", String(q)])]),
    ),
    ...Object.fromEntries(
      [8000, 11_025, 16_000, 22_050, 32_000, 48_000, 96_000, 192_000].map((rate) => [
        `${rate} Hz`,
        oggenc(["-q", "5"], "-ar", String(rate)),
      ]),
    ),
    mono: oggenc(["-q", "4"], "-ac", "1"),
    "mono, 8 kHz, q-1": oggenc(["-q", "-1"], "-ac", "1", "-ar", "8000"),
    "four channels": oggenc(["-q", "6"], "-ac", "4"),
    "5.1": oggenc(["-q", "5"], "-ac", "6"),
    "5.1, q9": oggenc(["-q", "9"], "-ac", "6"),
    "bit rate managed": oggenc(["--managed", "-b", "128", "-m", "96", "-M", "160"]),
    "with many comments": oggenc(["-q", "3", "-t", "Ä", "-c", `X=${"x".repeat(100_000)}`]),
    "ffmpeg's own encoder": ffmpeg("-ac", "2", "-c:a", "vorbis"),
    "ffmpeg's own encoder, 22 kHz": ffmpeg(
      ...["-ac", "2", "-ar", "22050", "-c:a", "vorbis", "-q:a", "2"],
    ),
    "libvorbis in ffmpeg": ffmpeg("-c:a", "libvorbis", "-q:a", "4"),
    "libvorbis in ffmpeg, by rate": ffmpeg("-c:a", "libvorbis", "-b:a", "192k"),
  };
};
