import type { Probe } from "@/lib/ffmpeg/probe";
import { gapless, mp3Audio, statedLength, vorbisOnOnePage, type ByteSource } from "@/lib/formats";

/**
 * The stretch of a file that is to be decoded. ffmpeg takes some tags of an MP3 for audio (APE with
 * a picture, Lyrics3), which must neither be measured nor encoded: only what lies between its tags
 * is decoded.
 */
export const audioPart = (source: ByteSource, { format }: Probe): ByteSource =>
  format.container === "mp3"
    ? mp3Audio(source)
    : ((format.codec === "vorbis" ? vorbisOnOnePage(source) : null) ?? source);

/** Where the music lies within what ffmpeg decodes, in samples; `end` is null where ffmpeg ends. */
export interface Stretch {
  readonly start: number;
  readonly end: number | null;
}

const asDecoded: Stretch = { start: 0, end: null };

/** Seconds by which lengths may differ beyond priming and padding. */
const SAME_LENGTH = 0.1;
/** What a decoder of MP3 gives late, beside the encoder's delay. */
const LAYER_3_DELAY = 529;

/**
 * Where the file says where the music lies, and ffmpeg does not heed it: it decodes the last AAC frame
 * of an M4A to its end, and knows iTunes' figures in MP3 not at all, nor the end of Vorbis that lies on one page.
 */
export function statedStretch(source: ByteSource, { format, duration }: Probe): Stretch {
  const { codec, container, sampleRate } = format;
  if (container === "ogg" && codec === "vorbis" && vorbisOnOnePage(source)) {
    const samples = statedLength(source, format)?.samples ?? 0;
    return { start: 0, end: samples > 0 ? samples : null };
  }
  const kind = codec === "aac" && container === "m4a" ? "m4a" : container === "mp3" ? "mp3" : null;
  if (kind === null || duration === null) return asDecoded;
  const figures = gapless(source, kind);
  if (figures === null || figures.samples === null || figures.samples <= 0) return asDecoded;
  const { samples, delay, padding } = figures;
  // HE-AAC counts in half the rate: figures that do not fit the length are not used.
  const beyond = duration - samples / sampleRate;
  const most = (delay + padding) / sampleRate + SAME_LENGTH;
  if (beyond < -SAME_LENGTH || beyond > most) return asDecoded;
  if (kind === "m4a") return { start: 0, end: samples };
  if (figures.from !== "itunsmpb") return asDecoded;
  const start = delay + LAYER_3_DELAY;
  return { start, end: start + samples };
}
