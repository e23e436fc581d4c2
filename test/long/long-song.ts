import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { nativeLoudness, runNative } from "../support/native-tools";

const music = "/usr/share/games/wesnoth/1.16/data/core/music";
const HALF_HOUR = 1800;

/** Half an hour of `wesnoth-1.16-music`, song after song, over and over; `options` of native ffmpeg. */
export function makeLong(file: string, seconds: number, options: readonly string[]): void {
  const half = path.join(path.dirname(file), `../half${path.extname(file)}`);
  const songs = readdirSync(music).filter((name) => name.endsWith(".ogg"));
  const inputs = songs.slice(0, 12).flatMap((name) => ["-i", path.join(music, name)]);
  // Joined as samples: the songs' own headers differ.
  const alike = songs.slice(0, 12).map((_, i) => `[${i}:a]aformat=r=44100:cl=stereo[${i}]`);
  const join = `${songs
    .slice(0, 12)
    .map((_, i) => `[${i}]`)
    .join("")}concat=n=12:v=0:a=1`;
  const graph = ["-filter_complex", [...alike, join].join(";"), "-t", String(HALF_HOUR)];
  const quiet = ["-v", "error", "-nostdin", "-y"];
  const loop = ["-stream_loop", "-1", "-i", half, "-t", String(seconds), "-c", "copy", file];
  for (const args of [[...inputs, ...graph, ...options, half], loop]) {
    const { status, stderr } = spawnSync("ffmpeg", [...quiet, ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  }
  rmSync(half);
}

export async function judgeLong(file: string) {
  const { integrated, truePeak } = await nativeLoudness(file);
  const asked = ["-v", "error", "-of", "csv=p=0", "-show_entries", "format=duration"];
  return { integrated, truePeak, seconds: Number(await runNative("ffprobe", [...asked, file])) };
}
