import { runFfmpeg } from "./core";
import { measureLoudness } from "./loudness";
import { SAMPLE_RATE, applyGain, toInterleavedBytes, type Stereo } from "./music";

export interface Encoding {
  /** Decides the container. */
  readonly extension: "mp3" | "flac" | "wav" | "m4a" | "ogg" | "opus" | "aiff";
  /** ffmpeg's output options: codec, bitrate, channels. */
  readonly options?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

const defaultOptions: Record<Encoding["extension"], readonly string[]> = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "192k"],
  flac: ["-c:a", "flac", "-sample_fmt", "s16"],
  wav: ["-c:a", "pcm_s16le"],
  aiff: ["-c:a", "pcm_s16be"],
  m4a: ["-c:a", "aac", "-b:a", "192k"],
  ogg: ["-c:a", "libvorbis", "-q:a", "5"],
  // Above 4 the encoder overruns the core's 64 KB stack.
  opus: ["-c:a", "libopus", "-b:a", "128k", "-compression_level", "4"],
};

/** Brings music to `lufs`, whatever that does to its peaks. Throws on silence. */
export async function atLoudness(music: Stereo, lufs: number): Promise<Stereo> {
  const { integrated } = await measureLoudness(await encode(music, { extension: "wav" }));
  return applyGain(music, lufs - integrated);
}

/** Encodes music. The same music and encoding give the same bytes. */
export async function encode(music: Stereo, encoding: Encoding): Promise<Uint8Array> {
  const output = `song.${encoding.extension}`;
  const tags = Object.entries(encoding.tags ?? {}).flatMap(([name, text]) => [
    "-metadata",
    `${name}=${text}`,
  ]);
  const run = await runFfmpeg(
    [
      ...["-f", "f32le", "-ar", String(SAMPLE_RATE), "-ac", "2", "-i", "pcm"],
      ...(encoding.options ?? defaultOptions[encoding.extension]),
      // No random serial numbers and no dates, so that the bytes repeat.
      ...["-fflags", "+bitexact", "-flags:a", "+bitexact"],
      ...tags,
      output,
    ],
    { pcm: toInterleavedBytes(music) },
    [output],
  );
  const [bytes] = run.outputs;
  if (run.code !== 0 || bytes == null || bytes.length === 0) {
    throw new Error(`ffmpeg could not write ${output}:\n${run.log.slice(-5).join("\n")}`);
  }
  return bytes;
}
