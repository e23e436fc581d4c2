import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { Song, SongFile } from "../songs";
import {
  applyArguments,
  encoderFor,
  measureArguments,
  readLoudnorm,
  type Target,
} from "./loudnorm";
import { runPinned, sumOf, type Times } from "./pinned-run";

/** What a person would install instead: Debian's tools, each run as its users run it. */

export interface PeerRun extends Times {
  /** What a run did that is not plain from its name. */
  readonly note: string | null;
  /** The file that was written. */
  readonly output: string | null;
}

const quiet = ["-hide_banner", "-nostdin", "-nostats", "-y"];

export function scanByLoudnorm(core: number, song: Song, target: Target): PeerRun {
  const args = measureArguments(song.file, target);
  return scanned(runPinned(core, "ffmpeg", [...quiet, ...args]));
}

/** The two commands that ffmpeg-normalize runs for a song. */
export function levelByLoudnorm(core: number, song: Song, target: Target, folder: string): PeerRun {
  const output = outputIn(folder, song, "loudnorm");
  const measured = runPinned(core, "ffmpeg", [...quiet, ...measureArguments(song.file, target)]);
  const found = readLoudnorm(measured.stderr);
  const args = applyArguments(song.file, output, song, target, found);
  const applied = runPinned(core, "ffmpeg", [...quiet, ...args]);
  const note = readLoudnorm(applied.stderr).normalization_type;
  return { ...sumOf(measured, applied), note, output };
}

function ebur128(core: number, { file }: Song) {
  const filter = "ebur128=peak=true:framelog=verbose";
  const args = ["-i", file, "-map", "0:a:0", "-af", filter, "-f", "null", "-"];
  return runPinned(core, "ffmpeg", [...quiet, ...args]);
}

export const scanByEbur128 = (core: number, song: Song): PeerRun => scanned(ebur128(core, song));

/** ffmpeg's own meter, then plain gain. No limiter, no look at what was encoded. */
export function levelByVolume(core: number, song: Song, target: Target, folder: string): PeerRun {
  const output = outputIn(folder, song, "volume");
  const measured = ebur128(core, song);
  const found = Number(/I:\s+(-?[\d.]+) LUFS\s+Threshold[^]*$/.exec(measured.stderr)?.[1]);
  if (Number.isNaN(found)) throw new Error(`ebur128 did not tell a loudness:\n${measured.stderr}`);
  const applied = runPinned(core, "ffmpeg", [
    ...[...quiet, "-i", song.file, "-map", "0:a:0"],
    ...["-af", `volume=${(target.loudness - found).toFixed(2)}dB`],
    ...[...encoderFor(song), output],
  ]);
  return { ...sumOf(measured, applied), note: null, output };
}

/** Integrated loudness, range and true peak; writes nothing. */
export const scanByLoudgain = (core: number, { file }: Song): PeerRun =>
  scanned(runPinned(core, "loudgain", ["-q", file]));

/** Measures and changes a copy in place; the copy is made before the clock starts. */
export function losslessByMp3gain(core: number, song: Song, folder: string): PeerRun {
  const output = outputIn(folder, song, "mp3gain");
  copyFileSync(song.file, output);
  // Its reference is 89 dB, about -18 LUFS; -c: do not ask about clipping.
  const { wall, cpu } = runPinned(core, "mp3gain", ["-q", "-r", "-c", output]);
  return { wall, cpu, note: null, output };
}

const scanned = ({ wall, cpu }: Times): PeerRun => ({ wall, cpu, note: null, output: null });

export function outputIn(folder: string, { name, kind }: SongFile, tool: string): string {
  mkdirSync(path.join(folder, tool), { recursive: true });
  return path.join(folder, tool, `${name}.${kind}`);
}
