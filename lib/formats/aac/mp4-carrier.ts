/** AAC in MP4 and QuickTime files: M4A, or the sound of a film. */
import { bytesSource, concat, latin1, u16be, u32be } from "../bytes";
import { find, readBoxes } from "../mp4/boxes";
import { readMovie, type Movie } from "../mp4/movie";
import { readSamples, type Samples } from "../mp4/samples";
import { isPlain, shiftMovie } from "../mp4/transplant";
import { readTree, writeTree } from "../mp4/tree";
import { childrenOf, hasOutsideMedia, sampleEntry, type Track } from "../mp4/track";
import { sampleRates } from "./bands";
import type { AacGainReason, Carrier } from "./carrier";
import { readEsds } from "./config";
import { moveFields } from "./fields";
import { findRecord, recordChange, restoreTags } from "./mp4-undo";
import { GainFields, walkBlock } from "./raw-data-block";

/**
 * The content of the one sample entry's `esds`. QuickTime has it deeper, and more fields before it
 * (QuickTime File Format, "Sound sample description").
 */
const findEsds = ({ bytes, tables }: Track): Uint8Array | null => {
  const stsd = find(tables, "stsd");
  if (stsd === undefined || u32be(bytes, stsd.content + 4) !== 1) return null;
  const [entry] = readBoxes(bytesSource(bytes), stsd.content + 8, stsd.end).boxes;
  if (entry === undefined) return null;
  const extra = [0, 16, 36][u16be(bytes, entry.content + 8)] ?? 0;
  for (const start of [entry.content + 28, entry.content + 28 + extra]) {
    const list = readBoxes(bytesSource(bytes), start, entry.end);
    const esds = find(list, "esds") ?? find(childrenOf(bytes, find(list, "wave")), "esds");
    if (esds !== undefined) return bytes.subarray(esds.content, esds.end);
  }
  return null;
};

/** Sampling frequency index, and where the frames are. */
const openTrack = (movie: Movie): { rate: number; samples: Samples } | AacGainReason => {
  const [track, ...more] = movie.tracks.filter(({ handler }) => handler === "soun");
  if (track === undefined) return "not-aac";
  if (more.length > 0) return "several-audio-tracks";
  const entry = sampleEntry(track);
  if (entry === "enca" || entry === "drms") return "encrypted";
  if (entry !== "mp4a") return "not-aac-lc";
  const esds = findEsds(track);
  if (esds === null) return "damaged-config";
  const rate = readEsds(esds);
  if (typeof rate === "string") return rate;
  const samples = readSamples(track);
  return samples === null ? "damaged-container" : { rate, samples };
};

const walkSamples = (
  bytes: Uint8Array,
  movie: Movie,
  { rate, samples: { offsets, sizes } }: { rate: number; samples: Samples },
): GainFields | AacGainReason => {
  const fields = new GainFields();
  const media = movie.top.boxes.filter(({ type }) => type === "mdat");
  let box = 0;
  for (let i = 0; i < offsets.length; i++) {
    const [from, to] = [offsets[i]!, offsets[i]! + sizes[i]!];
    while (box < media.length && media[box]!.end < to) box++;
    if (box === media.length || from < media[box]!.content) return "damaged-container";
    const block = walkBlock(bytes, { from, to }, rate, fields);
    if (typeof block === "string") return block;
  }
  return fields;
};

/** Null where this is no MP4 file. */
export const openMp4 = (bytes: Uint8Array): Carrier | AacGainReason | null => {
  const file = bytesSource(bytes);
  if (!/^(ftyp|moov|mdat|free|skip|wide)$/.test(latin1(bytes, 4, 8))) return null;
  const movie = readMovie(file);
  if (movie === null) return "damaged-container";
  const fragmented = find(movie.top, "moof") ?? find(movie.children, "mvex");
  if (fragmented !== undefined) return "fragmented";
  if (!isPlain(movie, file)) return "damaged-container";
  if (movie.tracks.some(hasOutsideMedia)) return "outside-media";
  const track = openTrack(movie);
  if (typeof track === "string") return track;
  const fields = walkSamples(bytes, movie, track);
  if (typeof fields === "string") return fields;
  const record = findRecord(readTree(movie.bytes));
  if (typeof record === "string") return record;

  return {
    kind: "mp4",
    frames: track.samples.offsets.length,
    sampleRate: sampleRates[track.rate]!,
    fields,
    made: record === null ? null : record.made,
    write(steps, total) {
      const tree = readTree(movie.bytes);
      if (record !== null) restoreTags(tree, record);
      const refusal = total === 0 ? null : recordChange(tree, total);
      if (refusal !== null) return refusal;
      const moov = writeTree(tree);
      if (!shiftMovie(moov, movie, moov.length - movie.bytes.length)) return "output-too-large";
      const { start, end } = movie.box;
      const media = moveFields(bytes, fields, steps);
      return concat([media.subarray(0, start), moov, media.subarray(end)]);
    },
  };
};
