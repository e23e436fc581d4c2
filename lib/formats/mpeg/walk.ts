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
import { bytesSource } from "../bytes";
import {
  frameLength,
  headerAt,
  isFreeFormat,
  isHeader,
  layer,
  LAYER_3,
  UNCHANGING_MASK,
} from "./header";
import { readInfoFrame } from "./info-frame";
import { BEGINNING, chains, findStream, nextSync, sameStream, tagLength } from "./sync";

/** Why a file has no frames whose gain can be changed. */
export type WalkRefusalReason =
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

export interface WalkRefusal {
  readonly kind: "refused";
  readonly reason: WalkRefusalReason;
}

export interface Walk {
  readonly kind: "done";
  /** Offsets of the audio frames, ascending. The Xing, Info or VBRI frame is not among them. */
  readonly frames: Uint32Array;
}

const refuse = (reason: WalkRefusalReason): WalkRefusal => ({ kind: "refused", reason });

/** Junk has these 24 bits once in 16 million bytes. */
const alike = (a: number, b: number): boolean => ((a ^ b) & UNCHANGING_MASK) === 0;

/** The next position that can begin a frame: behind an ID3v2 tag, or at a sync byte. */
const advance = (bytes: Uint8Array, at: number, end: number): number => {
  const tag = tagLength(bytes, at, bytes.length);
  return tag > 0 ? at + tag : nextSync(bytes, at, end);
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

/** The frames of the first layer III stream between `start` and `end`. */
export const walkFrames = (bytes: Uint8Array, start: number, end: number): Walk | WalkRefusal => {
  const stream = findStream(bytesSource(bytes), start, end)?.header;
  if (stream === undefined) return refuse("no-frames");
  if (layer(stream) !== LAYER_3) return refuse("not-layer-3");
  if (isFreeFormat(stream)) return refuse("free-format");

  const frames: number[] = [];
  let hasInfoFrame = false;
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
      const isInfo = frames.length === 0 && !hasInfoFrame && readInfoFrame(bytes, at) !== null;
      if (isInfo) hasInfoFrame = true;
      else frames.push(at);
      insideFrames += next - at;
      at = next;
      continue;
    }
    if (usable && !ofStream && chains(bytes, at, end, BEGINNING)) return refuse("mixed-streams");
    at = advance(bytes, at, end);
  }

  if (frames.length === 0) return refuse("no-frames");
  if (end - start - insideFrames > insideFrames) return refuse("mostly-junk");
  return { kind: "done", frames: Uint32Array.from(frames) };
};
