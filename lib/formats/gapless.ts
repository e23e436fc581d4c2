/** How many samples an encoder put in front of and behind the music, as the file itself says. */
import { utf8, type ByteSource } from "./bytes";
import { frameContent } from "./id3/id3v2";
import { decodeTerminated } from "./id3/id3v2-text";
import { id3v2TagsOf } from "./id3v2-tags";
import { isGaplessName } from "./loudness-tags";
import { metadataItems } from "./mp4/metadata";
import { audioTrack, readMovie, type Movie } from "./mp4/movie";
import { editList, sampleTotals } from "./mp4/track";
import { infoFrameOf } from "./mpeg/info-frame";

export interface Gapless {
  /** Samples a player leaves out at the start; a decoder's own delay is not counted. */
  readonly delay: number;
  /** Samples a player leaves out at the end. */
  readonly padding: number;
  /** Samples (per channel) of the music; null when the file does not say. */
  readonly samples: number | null;
  /** Where the figures stand. */
  readonly from: "lame" | "itunsmpb" | "edit-list";
}

/** Null when the file says nothing about it. */
export const gapless = (source: ByteSource, kind: "mp3" | "m4a"): Gapless | null =>
  kind === "mp3" ? ofMp3(source) : ofM4a(source);

/** Words 2 to 4 of iTunSMPB, hexadecimal: delay, padding, samples. */
function parseSmpb(text: string): Gapless | null {
  const words = text.trim().split(/\s+/);
  const [delay, padding, samples] = words.slice(1, 4).map((word) => Number.parseInt(word, 16));
  if (delay === undefined || padding === undefined || samples === undefined) return null;
  if (![delay, padding, samples].every(Number.isSafeInteger)) return null;
  return { delay, padding, samples, from: "itunsmpb" };
}

function ofMp3(source: ByteSource): Gapless | null {
  const info = infoFrameOf(source);
  if (info?.lame) {
    const { delay, padding } = info.lame;
    const { frames, samplesPerFrame } = info;
    const samples = frames === null ? null : frames * samplesPerFrame - delay - padding;
    return { delay, padding, samples, from: "lame" };
  }
  for (const tag of id3v2TagsOf(source, "mp3"))
    for (const frame of tag.frames) {
      const content = /^COM/.test(frame.id) ? frameContent(frame, tag) : null;
      if (content === null) continue;
      const { text, next } = decodeTerminated(content, 4, content[0] ?? 0);
      if (isGaplessName(text))
        return parseSmpb(decodeTerminated(content, next, content[0] ?? 0).text);
    }
  return null;
}

/** The value of the freeform item iTunSMPB. */
export function smpbOf(movie: Movie): string | null {
  for (const { type, name, value } of metadataItems(movie))
    if (type === "----" && isGaplessName(name) && value !== null) return utf8(value);
  return null;
}

function ofM4a(source: ByteSource): Gapless | null {
  const movie = readMovie(source);
  const track = movie === null ? undefined : audioTrack(movie);
  if (movie === null || track === undefined) return null;
  const smpb = smpbOf(movie);
  const stated = smpb === null ? null : parseSmpb(smpb);
  if (stated !== null) return stated;
  const edits = editList(track).filter(({ mediaTime }) => mediaTime >= 0);
  const [edit] = edits;
  const totals = sampleTotals(track);
  if (edit === undefined || edits.length > 1 || totals === null || movie.timescale === 0)
    return null;
  const left = totals.duration - edit.mediaTime;
  // The edit's length has the movie's coarse timescale: where it says "to the end", that is exact.
  const step = track.timescale / movie.timescale;
  const stretch = edit.duration * step;
  const samples = Math.abs(stretch - left) <= Math.ceil(step) ? left : Math.round(stretch);
  if (samples <= 0) return null;
  const padding = Math.max(0, totals.fullDuration - edit.mediaTime - samples);
  return { delay: edit.mediaTime, padding, samples, from: "edit-list" };
}
