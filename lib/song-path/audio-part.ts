import type { Probe } from "@/lib/ffmpeg/probe";
import { gapless, mp3Audio, type ByteSource } from "@/lib/formats";

/**
 * The stretch of a file that is to be decoded. ffmpeg takes some tags of an MP3 for audio (APE with
 * a picture, Lyrics3), which must neither be measured nor encoded: only what lies between its tags
 * is decoded.
 */
export const audioPart = (source: ByteSource, { format }: Probe): ByteSource =>
  format.container === "mp3" ? mp3Audio(source) : source;

/** Declared and stated length may differ by priming and padding, not by more. */
const SAME_LENGTH = 0.1;

/**
 * Where the music ends, in samples, when the file says so and ffmpeg does not heed it: it decodes
 * the last AAC frame of an M4A to its end. Null where ffmpeg's own end is right.
 */
export function statedEnd(source: ByteSource, { format, duration }: Probe): number | null {
  if (format.codec !== "aac" || format.container !== "m4a" || duration === null) return null;
  const samples = gapless(source, "m4a")?.samples ?? null;
  // HE-AAC counts in half the rate: figures that do not fit the length are not used.
  return samples !== null && Math.abs(samples / format.sampleRate - duration) < SAME_LENGTH
    ? samples
    : null;
}
