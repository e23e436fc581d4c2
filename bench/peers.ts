import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { runPinned, type Times } from "./timing";
import type { Kind, Song } from "./songs";

/** What a person would install instead: Debian's tools, each run as its users run it. */

export interface Target {
  /** LUFS */
  readonly loudness: number;
  /** dBTP */
  readonly ceiling: number;
}

/** What a run did that is not plain from its name. */
export interface PeerTimes extends Times {
  readonly note: string | null;
}

const quiet = ["-hide_banner", "-nostdin", "-nostats", "-y"];

/** The encoder that gives the same kind back, at the source's own rate. */
function encoderFor({ kind, bitRate, sampleRate }: Song): string[] {
  const rate = ["-b:a", String(Math.round(bitRate / 1000) * 1000)];
  const codec: Record<Kind, readonly string[]> = {
    mp3: ["-c:a", "libmp3lame", ...rate],
    // loudnorm's output is double precision and would make 24-bit FLAC; 16 as the source is less work.
    flac: ["-c:a", "flac", "-sample_fmt", "s16"],
    wav: ["-c:a", "pcm_s16le"],
    m4a: ["-c:a", "aac", ...rate],
    ogg: ["-c:a", "libvorbis", ...rate],
  };
  return [...codec[kind], "-ar", String(sampleRate)];
}

interface Loudnorm {
  readonly input_i: string;
  readonly input_lra: string;
  readonly input_tp: string;
  readonly input_thresh: string;
  readonly target_offset: string;
  readonly normalization_type: string;
}

/** The JSON that `print_format=json` leaves at the end of ffmpeg's log. */
function loudnormJson(log: string): Loudnorm {
  const start = log.lastIndexOf("\n{");
  return JSON.parse(log.slice(start, log.indexOf("\n}", start) + 2)) as Loudnorm;
}

function loudnormMeasure(core: number, { file }: Song, { loudness, ceiling }: Target) {
  const filter = `loudnorm=i=${loudness}:lra=7:tp=${ceiling}:offset=0:print_format=json`;
  const args = ["-i", file, "-map", "0:a:0", "-af", filter, "-vn", "-sn", "-f", "null", "-"];
  return runPinned(core, "ffmpeg", [...quiet, ...args]);
}

export function scanByLoudnorm(core: number, song: Song, target: Target): PeerTimes {
  const { wall, cpu } = loudnormMeasure(core, song, target);
  return { wall, cpu, note: null };
}

/**
 * The two commands that ffmpeg-normalize runs for a song: measure, then apply and encode. The range
 * is kept (its `--keep-loudness-range-target`), so that loudnorm stays linear where it can.
 */
export function levelByLoudnorm(
  core: number,
  song: Song,
  target: Target,
  folder: string,
): PeerTimes {
  const measured = loudnormMeasure(core, song, target);
  const found = loudnormJson(measured.stderr);
  const filter = [
    `loudnorm=i=${target.loudness}:tp=${target.ceiling}`,
    `lra=${Math.min(50, Math.max(1, Number(found.input_lra)))}`,
    `measured_i=${found.input_i}:measured_lra=${found.input_lra}`,
    `measured_tp=${found.input_tp}:measured_thresh=${found.input_thresh}`,
    `offset=${found.target_offset}:linear=true:print_format=json`,
  ].join(":");
  const applied = runPinned(core, "ffmpeg", [
    ...[...quiet, "-i", song.file, "-map", "0:a:0", "-map_metadata", "0", "-af", filter],
    ...[...encoderFor(song), outputIn(folder, song)],
  ]);
  const { normalization_type: type } = loudnormJson(applied.stderr);
  return { ...sum(measured, applied), note: type };
}

function ebur128(core: number, { file }: Song) {
  const filter = "ebur128=peak=true:framelog=verbose";
  const args = ["-i", file, "-map", "0:a:0", "-af", filter, "-f", "null", "-"];
  return runPinned(core, "ffmpeg", [...quiet, ...args]);
}

export function scanByEbur128(core: number, song: Song): PeerTimes {
  const { wall, cpu } = ebur128(core, song);
  return { wall, cpu, note: null };
}

/** ffmpeg's own meter, then plain gain. No limiter, no look at what was encoded. */
export function levelByVolume(core: number, song: Song, target: Target, folder: string): PeerTimes {
  const measured = ebur128(core, song);
  const found = Number(/I:\s+(-?[\d.]+) LUFS\s+Threshold[^]*$/.exec(measured.stderr)?.[1]);
  if (Number.isNaN(found)) throw new Error(`ebur128 did not tell a loudness:\n${measured.stderr}`);
  const applied = runPinned(core, "ffmpeg", [
    ...[...quiet, "-i", song.file, "-map", "0:a:0"],
    ...["-af", `volume=${(target.loudness - found).toFixed(2)}dB`],
    ...[...encoderFor(song), outputIn(folder, song)],
  ]);
  return { ...sum(measured, applied), note: null };
}

/** Integrated loudness, range and true peak; writes nothing. */
export function scanByLoudgain(core: number, { file }: Song): PeerTimes {
  const { wall, cpu } = runPinned(core, "loudgain", ["-q", file]);
  return { wall, cpu, note: null };
}

/** Measures and changes a copy in place; the copy is made before the clock starts. */
export function losslessByMp3gain(core: number, song: Song, folder: string): PeerTimes {
  const copy = outputIn(folder, song);
  copyFileSync(song.file, copy);
  // Its reference is 89 dB, about -18 LUFS; -c: do not ask about clipping.
  const { wall, cpu } = runPinned(core, "mp3gain", ["-q", "-r", "-c", copy]);
  return { wall, cpu, note: null };
}

function outputIn(folder: string, { name, kind }: Song): string {
  mkdirSync(folder, { recursive: true });
  return path.join(folder, `${name}.${kind}`);
}

const sum = (a: Times, b: Times): Times => ({
  wall: a.wall + b.wall,
  cpu: a.cpu === null || b.cpu === null ? null : a.cpu + b.cpu,
});
