/** How many samples an encoder put in front of and behind the music, as the file itself says. */
import {
  bytesSource,
  has,
  latin1,
  u16be,
  u16le,
  u32be,
  u32le,
  u64le,
  utf8,
  windowed,
  type ByteSource,
} from "./bytes";
import { aiffChunks } from "./iff/aiff";
import { flacLayout, readBlock } from "./flac/flac";
import { frameContent } from "./id3/id3v2";
import { decodeTerminated } from "./id3/id3v2-text";
import { boxBytes, find, metaChildren, readBoxes } from "./mp4/boxes";
import { freeformName, itemValue } from "./mp4/metadata";
import { audioTrack, readMovie, type Movie } from "./mp4/mp4";
import { editList, sampleTotals } from "./mp4/track";
import { mp3Layout } from "./mpeg/mp3";
import { findAudio, mpegFrame } from "./mpeg/frame";
import { readOggHeaders } from "./ogg/ogg";
import type { Kind } from "./types";
import { isGaplessName } from "./loudness-tags";
import { wavLayout } from "./iff/wav";

export interface Gapless {
  /** Samples a player leaves out at the start; a decoder's own delay is not counted. */
  readonly delay: number;
  /** Samples a player leaves out at the end; null when the file does not say. */
  readonly padding: number | null;
  /** Samples (per channel) of the music; null when the file does not say. */
  readonly samples: number | null;
  /** Where the figures stand. */
  readonly from:
    "lame" | "itunsmpb" | "edit-list" | "opus-header" | "granule" | "stream-info" | "size";
}

/** Null when the file says nothing about it. */
export function gapless(source: ByteSource, kind: Kind): Gapless | null {
  return readers[kind](source);
}

/** Words 2 to 4 of iTunSMPB, hexadecimal: delay, padding, samples. */
function parseSmpb(text: string): Gapless | null {
  const words = text.trim().split(/\s+/);
  const [delay, padding, samples] = words.slice(1, 4).map((word) => Number.parseInt(word, 16));
  if (delay === undefined || padding === undefined || samples === undefined) return null;
  if (![delay, padding, samples].every(Number.isSafeInteger)) return null;
  return { delay, padding, samples, from: "itunsmpb" };
}

/** The first frame, if it is a Xing or Info frame with LAME's extension (gabriel.mp3-tech.org). */
export function readLameHeader(
  source: ByteSource,
  audioStart: number,
): { frames: number | null; delay: number; padding: number; samplesPerFrame: number } | null {
  const start = findAudio(windowed(source), audioStart);
  if (start === null) return null;
  const bytes = source.read(start, 256);
  const frame = mpegFrame(bytes);
  if (frame === null || frame.layer !== 3) return null;
  const side =
    frame.version === 1 ? (frame.channels === 1 ? 17 : 32) : frame.channels === 1 ? 9 : 17;
  let at = 4 + side;
  if (!has(bytes, at, "Xing") && !has(bytes, at, "Info")) {
    // A checksum moves it by two bytes in files that count it.
    at += 2;
    if (!has(bytes, at, "Xing") && !has(bytes, at, "Info")) return null;
  }
  const flags = u32be(bytes, at + 4);
  at += 8;
  const frames = flags & 1 ? u32be(bytes, at) : null;
  at += (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  if (!/^(LAME|Lav[fc]|GOGO|L3\.9)/.test(latin1(bytes, at, at + 9))) return null;
  const delay = u16be(bytes, at + 21) >> 4;
  const padding = u16be(bytes, at + 22) & 0xfff;
  return { frames, delay, padding, samplesPerFrame: frame.samples };
}

function ofMp3(source: ByteSource): Gapless | null {
  const layout = mp3Layout(source);
  const lame = readLameHeader(source, layout.audioStart);
  if (lame !== null) {
    const { frames, delay, padding, samplesPerFrame } = lame;
    const samples = frames === null ? null : frames * samplesPerFrame - delay - padding;
    return { delay, padding, samples, from: "lame" };
  }
  for (const block of layout.head) {
    if (block.type !== "id3v2") continue;
    for (const frame of block.tag.frames) {
      if (!/^COM/.test(frame.id)) continue;
      const content = frameContent(frame, block.tag);
      if (content === null) continue;
      const { text, next } = decodeTerminated(content, 4, content[0] ?? 0);
      if (isGaplessName(text))
        return parseSmpb(decodeTerminated(content, next, content[0] ?? 0).text);
    }
  }
  return null;
}

/** The value of the freeform item iTunSMPB. */
function smpbOf(movie: Movie): string | null {
  const { bytes } = movie;
  const whole = bytesSource(bytes);
  const userData = find(movie.children, "udta");
  if (userData === undefined) return null;
  const meta = find(readBoxes(whole, userData.content, userData.end), "meta");
  if (meta === undefined) return null;
  const items = find(readBoxes(whole, metaChildren(bytes, meta), meta.end), "ilst");
  if (items === undefined) return null;
  for (const item of readBoxes(whole, items.content, items.end).boxes) {
    if (item.type !== "----") continue;
    const content = boxBytes(bytes, item);
    const value = isGaplessName(freeformName(content) ?? "") ? itemValue(content) : null;
    if (value !== null) return utf8(value);
  }
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

/** Granule position of the last page of a stream, looked for in the last 128 KiB. */
function lastGranule(source: ByteSource, serial: number): number | null {
  const start = Math.max(0, source.size - (1 << 17));
  const bytes = source.read(start, source.size - start);
  const text = latin1(bytes);
  for (
    let at = text.lastIndexOf("OggS");
    at >= 0;
    at = at > 0 ? text.lastIndexOf("OggS", at - 1) : -1
  ) {
    if (at + 27 > bytes.length || u32le(bytes, at + 14) !== serial) continue;
    if (u32le(bytes, at + 6) === 0xffff_ffff && u32le(bytes, at + 10) === 0xffff_ffff) continue;
    return u64le(bytes, at + 6);
  }
  return null;
}

function ofOgg(source: ByteSource): Gapless | null {
  const headers = readOggHeaders(source, () => 1, 1 << 20);
  const identification = headers?.packets[0];
  if (headers === null || identification === undefined) return null;
  const last = lastGranule(source, headers.serial);
  const delay = headers.codec === "opus" ? u16le(identification, 10) : 0;
  const samples = last === null ? null : Math.max(0, last - delay);
  const from = headers.codec === "opus" ? "opus-header" : "granule";
  // The last page's position already leaves out what follows the music.
  return { delay, padding: null, samples, from };
}

function ofFlac(source: ByteSource): Gapless | null {
  const block = flacLayout(source)?.blocks[0];
  if (block === undefined) return null;
  const info = readBlock(source, block);
  // 36 bits; 0 means unknown.
  const samples = ((info[13] ?? 0) & 0xf) * 0x1_0000_0000 + u32be(info, 14);
  return samples === 0 ? null : { delay: 0, padding: 0, samples, from: "stream-info" };
}

function ofWav(source: ByteSource): Gapless | null {
  const chunks = wavLayout(source)?.chunks ?? [];
  const format = chunks.find(({ id }) => id === "fmt ");
  const data = chunks.find(({ id }) => id === "data");
  if (format === undefined || data === undefined) return null;
  const blockAlign = u16le(source.read(format.offset, 16), 12);
  if (blockAlign === 0) return null;
  return { delay: 0, padding: 0, samples: Math.floor(data.length / blockAlign), from: "size" };
}

function ofAiff(source: ByteSource): Gapless | null {
  const common = aiffChunks(source)?.chunks.find(({ id }) => id === "COMM");
  if (common === undefined || common.length < 18) return null;
  const samples = u32be(source.read(common.offset, 18), 2);
  return { delay: 0, padding: 0, samples, from: "size" };
}

const readers: Record<Kind, (source: ByteSource) => Gapless | null> = {
  mp3: ofMp3,
  m4a: ofM4a,
  ogg: ofOgg,
  opus: ofOgg,
  flac: ofFlac,
  wav: ofWav,
  aiff: ofAiff,
};
