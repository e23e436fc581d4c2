/**
 * Finds the layer III frames between the tags. Linear in the size of the file, whatever the
 * bytes are: every position is looked at a bounded number of times, with a bounded number of
 * headers ahead of it.
 *
 * mp3gain takes any four bytes that look like a header for a frame. Here a frame that does not
 * follow the last one directly has to be confirmed, by headers that follow where it says they
 * will or by a header much like all others, so that a picture or a damaged stretch between
 * frames is not written to.
 */
import { matches } from "../bitstream-bytes";
import {
  frameLength,
  hasCrc,
  headerAt,
  isFreeFormat,
  isHeader,
  layer,
  LAYER_3,
  sideInfoLength,
  STREAM_MASK,
  UNCHANGING_MASK,
} from "./header";
import { type AudioRegion, id3v2Length } from "./region";

/** Why a file has no frames whose gain can be changed. */
export type WalkRefusal =
  /** Nothing in the file is an MPEG audio frame. */
  | "no-frames"
  /** MPEG audio of layer I or II, which has no `global_gain`. */
  | "not-layer-3"
  /** Free format: frame lengths are in no table, and mp3gain does not handle it either. */
  | "free-format"
  /** The sample rate, MPEG version or layer changes on the way, as in files joined end to end. */
  | "mixed-streams"
  /** More bytes outside of frames than inside: another container, or too damaged to trust. */
  | "mostly-junk";

export interface Walk {
  readonly kind: "ok";
  /** Offsets of the audio frames, ascending. The Xing, Info or VBRI frame is not among them. */
  readonly frames: Uint32Array;
  /** Offset of the frame that holds a Xing, Info or VBRI header instead of audio. */
  readonly infoFrame: number | null;
  /** Bytes between the tags that belong to no whole frame. */
  readonly junkBytes: number;
}

/** Headers in a row that make a beginning believable, where the audio does not end sooner. */
const BEGINNING = 3;
/** Free format: longest frame is 640 kbit/s at 8 kHz, MPEG-2.5: 72 · 640000 / 8000 bytes. */
const FREE_FORMAT_LONGEST = 5760 + 1;
const FREE_FORMAT_SHORTEST = 24;
/** Looking for the next free-format header is the one long look ahead, so it is rationed. */
const FREE_FORMAT_LOOKS = 32;

const sameStream = (a: number, b: number): boolean => ((a ^ b) & STREAM_MASK) === 0;
/** Junk has these 24 bits once in 16 million bytes. */
const alike = (a: number, b: number): boolean => ((a ^ b) & UNCHANGING_MASK) === 0;

/**
 * True when `count` headers of one stream follow each other from `at`, or when such a row ends
 * where the audio ends: exactly, or with a last frame that is cut short.
 */
const chains = (bytes: Uint8Array, at: number, end: number, count: number): boolean => {
  const first = headerAt(bytes, at);
  let position = at;
  for (let seen = 0; seen < count; seen++) {
    if (position === end && seen > 0) return true;
    if (position + 4 > end) return false;
    const header = headerAt(bytes, position);
    if (!isHeader(header) || isFreeFormat(header) || !sameStream(first, header)) return false;
    position += frameLength(header);
    if (position > end) return seen > 0;
  }
  return true;
};

const freeFormatChains = (bytes: Uint8Array, at: number, end: number): boolean => {
  const first = headerAt(bytes, at);
  const same = (position: number): boolean => {
    const header = headerAt(bytes, position);
    return isFreeFormat(header) && sameStream(first, header);
  };
  const limit = Math.min(at + FREE_FORMAT_LONGEST, end - 4);
  for (let next = at + FREE_FORMAT_SHORTEST; next <= limit; next++) {
    if (!same(next)) continue;
    // Padding makes a frame one byte longer, or the one before it.
    const after = next + (next - at);
    if (same(after) || same(after + 1) || same(after - 1)) return true;
  }
  return false;
};

/** ISO 11172-3 knows nothing of these; they are frames of silence with a table inside. */
const isInfoFrame = (bytes: Uint8Array, at: number): boolean => {
  const header = headerAt(bytes, at);
  const behindSideInfo = at + 4 + sideInfoLength(header);
  // Encoders disagree whether the CRC moves the mark.
  for (const mark of hasCrc(header) ? [behindSideInfo, behindSideInfo + 2] : [behindSideInfo])
    if (matches(bytes, mark, "Xing") || matches(bytes, mark, "Info")) return true;
  return matches(bytes, at + 36, "VBRI");
};

/** The next position that can begin a frame: behind an ID3v2 tag, or at a sync byte. */
const advance = (bytes: Uint8Array, at: number, end: number): number => {
  const tag = bytes[at] === 0x49 ? id3v2Length(bytes, at) : 0;
  if (tag > 0) return at + tag;
  let next = at + 1;
  while (next < end && bytes[next] !== 0xff) next++;
  return next;
};

/** The header of the first frame that others follow. */
const findStream = (bytes: Uint8Array, start: number, end: number): number | WalkRefusal => {
  let freeFormatLooks = FREE_FORMAT_LOOKS;
  for (let at = start; at + 4 <= end; at = advance(bytes, at, end)) {
    const header = headerAt(bytes, at);
    if (!isHeader(header)) continue;
    const found = isFreeFormat(header)
      ? freeFormatLooks-- > 0 && freeFormatChains(bytes, at, end)
      : chains(bytes, at, end, BEGINNING);
    if (!found) continue;
    if (layer(header) !== LAYER_3) return "not-layer-3";
    return isFreeFormat(header) ? "free-format" : header;
  }
  return "no-frames";
};

/** Where, before `limit`, a frame of the stream begins that another one follows; else `limit`. */
const nextConfirmed = (
  bytes: Uint8Array,
  from: number,
  limit: number,
  end: number,
  stream: number,
): number => {
  for (let at = advance(bytes, from, limit); at < limit; at = advance(bytes, at, limit))
    if (sameStream(stream, headerAt(bytes, at)) && chains(bytes, at, end, 2)) return at;
  return limit;
};

export const walkFrames = (
  bytes: Uint8Array,
  { start, end }: Pick<AudioRegion, "start" | "end">,
): Walk | WalkRefusal => {
  const stream = findStream(bytes, start, end);
  if (typeof stream === "string") return stream;

  const frames: number[] = [];
  let infoFrame: number | null = null;
  let insideFrames = 0;
  let inSync = false;
  let at = start;
  while (at + 4 <= end) {
    const header = headerAt(bytes, at);
    const usable = isHeader(header) && !isFreeFormat(header);
    const ofStream = usable && sameStream(stream, header);
    const next = at + (ofStream ? frameLength(header) : 0);
    let isFrame = ofStream && next <= end; // One cut short at the end stays as mp3gain leaves it.
    if (isFrame && !inSync && !chains(bytes, at, end, 2)) {
      // A frame between two stretches of junk, unless it is junk itself that hides true frames.
      isFrame = alike(stream, header);
      const hidden = isFrame ? nextConfirmed(bytes, at, next, end, stream) : next;
      if (hidden < next) {
        at = hidden;
        continue;
      }
    }
    inSync = isFrame;
    if (isFrame) {
      if (frames.length === 0 && infoFrame === null && isInfoFrame(bytes, at)) infoFrame = at;
      else frames.push(at);
      insideFrames += next - at;
      at = next;
      continue;
    }
    if (usable && !ofStream && chains(bytes, at, end, BEGINNING)) return "mixed-streams";
    at = advance(bytes, at, end);
  }

  if (frames.length === 0) return "no-frames";
  const junkBytes = end - start - insideFrames;
  if (junkBytes > insideFrames) return "mostly-junk";
  return { kind: "ok", frames: Uint32Array.from(frames), infoFrame, junkBytes };
};
