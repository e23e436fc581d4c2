/** The `moov` box of an MP4 or QuickTime file (ISO 14496-12 §8.2). */
import { bytesSource, u32be, windowed, type ByteSource } from "../bytes";
import { MAX_CARRIED_BYTES } from "../types";
import { boxBytes, find, readBoxes, type Box, type BoxList } from "./boxes";
import { readTrack, type Track } from "./track";

export interface Movie {
  readonly top: BoxList;
  readonly box: Box;
  /** The whole first `moov` box; what players read. A second one is ignored, as they do. */
  readonly bytes: Uint8Array;
  readonly children: BoxList;
  readonly timescale: number;
  readonly tracks: readonly Track[];
}

/** Null when there is no `moov`, or one too large to hold. */
export function readMovie(source: ByteSource): Movie | null {
  const top = readBoxes(windowed(source), 0, source.size);
  const moov = find(top, "moov");
  if (moov === undefined || moov.end - moov.start > MAX_CARRIED_BYTES) return null;
  // Every later offset assumes a header of eight bytes.
  if (moov.content - moov.start !== 8) return null;
  const bytes = source.read(moov.start, moov.end - moov.start).slice();
  const children = readBoxes(bytesSource(bytes), 8, bytes.length);
  const mvhd = find(children, "mvhd");
  const timescale =
    mvhd === undefined ? 0 : u32be(bytes, mvhd.content + (bytes[mvhd.content] === 1 ? 20 : 12));
  const tracks = children.boxes
    .filter(({ type }) => type === "trak")
    .map((child) => readTrack(boxBytes(bytes, child)))
    .filter((track): track is Track => track !== null);
  return { top, box: moov, bytes, children, timescale, tracks };
}

/** The sound track that players take: the first enabled one (tkhd, §8.3.2), else the first. */
export function audioTrack(movie: Movie): Track | undefined {
  const tracks = movie.tracks.filter(({ handler }) => handler === "soun");
  return tracks.find(({ enabled }) => enabled) ?? tracks[0];
}
