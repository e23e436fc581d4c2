import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Target } from "../speed/loudnorm";
import type { Times } from "../speed/pinned-run";
import type { RaceSong } from "./folder";

/** What a person would write for one song: lines of bash, from `$in` to `$out`. */
export type SongScript = (song: RaceSong, target: Target) => string;

const FFMPEG = "ffmpeg -hide_banner -nostdin -nostats -y";
const COVER = "-map 0:v? -c:v copy";

/**
 * The two commands of ffmpeg-normalize 1.41 (its `_streams.py` and `_media_file.py`) for
 * `-t TARGET -tp CEILING -ext KIND`, all else as it is by default: a loudness range of 7 LU, the
 * encoder's own rate, covers for MP3 and M4A alone. Python's own start is not in it.
 */
export const loudnormScript: SongScript = ({ kind, plain }, { loudness, ceiling }) => {
  const target = `loudnorm=i=${loudness}:lra=7.0:tp=${ceiling}`;
  const found = [
    ["offset", "target_offset"],
    ...["i", "lra", "tp", "thresh"].map((name) => [`measured_${name}`, `input_${name}`]),
  ].map(([name, key]) => `${name}=$(of ${key})`);
  const apply = [target, ...found, "linear=true:print_format=json"].join(":");
  const cover = kind === "mp3" || kind === "m4a" ? COVER : "";
  return [
    `log=$(${FFMPEG} -i "$in" -map 0:a:0 -filter_complex '[0:a:0]${target}:offset=0.0:print_format=json' -vn -sn -f null /dev/null 2>&1)`,
    `of() { sed -n "s/.*\\"$1\\" : \\"\\(.*\\)\\".*/\\1/p" <<<"$log"; }`,
    `${FFMPEG} -i "$in" -filter_complex "[0:a:0]${apply}[norm0]" -map_metadata 0 -map_metadata:s:a:0 0:s:a:0 -map_chapters 0 -map '[norm0]' ${cover} ${plain.join(" ")} -c:s copy "$out"`,
  ].join("\n");
};

/** ffmpeg's own meter, then gain and its limiter while encoding. No look at what was written. */
export const volumeScript =
  (settings: "plain" | "same"): SongScript =>
  (song, { loudness, ceiling }) => {
    const limit = (10 ** (ceiling / 20)).toFixed(4);
    const cover = ["mp3", "m4a", "flac"].includes(song.kind) ? COVER : "";
    return [
      `found=$(${FFMPEG} -i "$in" -map 0:a:0 -af ebur128=peak=true:framelog=verbose -f null - 2>&1 | sed -n 's/^ *I: *\\(-[0-9.]*\\) LUFS/\\1/p')`,
      `gain=$(awk "BEGIN { print ${loudness} - ($found) }")`,
      `${FFMPEG} -i "$in" -map 0:a:0 ${cover} -af "volume=\${gain}dB,alimiter=limit=${limit}:level=false" ${song[settings].join(" ")} "$out"`,
    ].join("\n");
  };

/** All songs by one script, `cores` of them at a time on as many cores. */
export function runScripts(
  script: SongScript,
  songs: readonly RaceSong[],
  target: Target,
  cores: 1 | 2,
  folder: string,
): Times {
  const scripts = path.join(folder, ".scripts");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(scripts, { recursive: true });
  for (const song of songs) {
    const out = path.join(folder, path.basename(song.file));
    const lines = ["set -e -o pipefail", `in='${song.file}'`, `out='${out}'`, script(song, target)];
    writeFileSync(path.join(scripts, `${song.name}.sh`), `${lines.join("\n")}\n`);
  }
  const each = `printf '%s\\0' *.sh | xargs -0 -P${cores} -n1 bash`;
  return timed(cores, ["bash", "-c", `set -o pipefail; ${each}`], scripts);
}

export const coresText = (cores: 1 | 2): string => (cores === 1 ? "0" : "0,1");

/** Seconds of a command on so many cores. Throws with its own words when it fails. */
export function timed(
  cores: 1 | 2,
  command: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Times {
  const script = 'TIMEFORMAT="%3R %3U %3S"; time taskset -c "$@" >/dev/null';
  const { stderr, status } = spawnSync(
    "bash",
    ["-c", script, "bash", coresText(cores), ...command],
    { cwd, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, ...env, LC_ALL: "C" } },
  );
  const times = /([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr);
  if (status !== 0 || times === null) {
    throw new Error(`${command.join(" ")} ended with ${String(status)}:\n${stderr.slice(-3000)}`);
  }
  const [wall = NaN, user = NaN, system = NaN] = times.slice(1).map(Number);
  return { wall, cpu: user + system };
}
