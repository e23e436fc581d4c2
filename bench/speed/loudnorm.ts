import type { Song } from "../songs";

/**
 * ffmpeg's arguments for two-pass `loudnorm`, as ffmpeg-normalize gives them: measure, then apply
 * with the measured values and encode. The same for native ffmpeg and for ffmpeg.wasm.
 */

export interface Target {
  /** LUFS */
  readonly loudness: number;
  /** dBTP */
  readonly ceiling: number;
}

/** What `print_format=json` prints, of the first run or of the second. */
export interface Loudnorm {
  readonly input_i: string;
  readonly input_lra: string;
  readonly input_tp: string;
  readonly input_thresh: string;
  readonly target_offset: string;
  readonly normalization_type: string;
}

export function measureArguments(input: string, { loudness, ceiling }: Target): string[] {
  const filter = `loudnorm=i=${loudness}:lra=7:tp=${ceiling}:offset=0:print_format=json`;
  return ["-i", input, "-map", "0:a:0", "-af", filter, "-vn", "-sn", "-f", "null", "-"];
}

/** The filter of the second run; `range` in LU is what the loudness range may be at most. */
export const applyFilter = (target: Target, found: Loudnorm, range: number): string =>
  [
    `loudnorm=i=${target.loudness}:tp=${target.ceiling}:lra=${range}`,
    `measured_i=${found.input_i}:measured_lra=${found.input_lra}`,
    `measured_tp=${found.input_tp}:measured_thresh=${found.input_thresh}`,
    `offset=${found.target_offset}:linear=true:print_format=json`,
  ].join(":");

/** The range is kept (`--keep-loudness-range-target`), so that loudnorm stays linear where it can. */
export function applyArguments(
  input: string,
  output: string,
  song: Song,
  target: Target,
  found: Loudnorm,
): string[] {
  const range = Math.min(50, Math.max(1, Number(found.input_lra)));
  const filter = applyFilter(target, found, range);
  const kept = ["-map", "0:a:0", "-map_metadata", "0"];
  return ["-i", input, ...kept, "-af", filter, ...encoderFor(song), output];
}

/** The JSON at the end of ffmpeg's log. */
export function readLoudnorm(log: string): Loudnorm {
  const start = log.lastIndexOf("\n{");
  return JSON.parse(log.slice(start, log.indexOf("\n}", start) + 2)) as Loudnorm;
}

/** The encoder that gives the same kind back, at the source's own rate. */
export function encoderFor({ kind, bitRate, sampleRate }: Song): string[] {
  const rate = ["-b:a", String(Math.round(bitRate / 1000) * 1000)];
  const codec: Record<Song["kind"], readonly string[]> = {
    mp3: ["-c:a", "libmp3lame", ...rate],
    // loudnorm's output is double precision and would make 24-bit FLAC; 16 as the source is less work.
    flac: ["-c:a", "flac", "-sample_fmt", "s16"],
    wav: ["-c:a", "pcm_s16le"],
    m4a: ["-c:a", "aac", ...rate],
    ogg: ["-c:a", "libvorbis", ...rate],
  };
  return [...codec[kind], "-ar", String(sampleRate)];
}
