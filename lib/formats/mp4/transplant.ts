/** Tags, covers and chapters of M4A: from the source's `moov` into the encoded file's. */
import { bytesSource, concat, putU32be, u32be, windowed, type ByteSource } from "../bytes";
import { smpbOf } from "../gapless";
import { replayGainTags } from "../loudness-tags";
import { box, boxBytes, boxOf, find, readBoxes } from "./boxes";
import { carryChapterTrack, placeSamples, type ChapterTrack } from "./chapters";
import { carryMeta, carryUserData, gaplessText, newUserData, type Mp4Edit } from "./metadata";
import { audioTrack, readMovie, type Movie } from "./movie";
import {
  editList,
  hasOutsideMedia,
  languageOffset,
  readTrack,
  references,
  sampleEntry,
  sampleTotals,
  shiftChunks,
  type Track,
} from "./track";
import { samplesLieIn } from "./samples";
import { tidy } from "../parts";
import { Report } from "../report";
import {
  MAX_CARRIED_BYTES,
  type Part,
  type TransplantOptions,
  type TransplantResult,
} from "../types";

/** XMP in a box of its own (XMP specification, part 3, §1.1.6). */
const xmp = Uint8Array.from([
  ...[0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8],
  ...[0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac],
]);

export function transplantMp4(
  source: ByteSource,
  encoded: ByteSource,
  options: TransplantOptions,
): TransplantResult {
  const from = readMovie(source);
  if (from === null) {
    const tooLarge = readBoxes(windowed(source), 0, source.size).boxes.some(
      ({ type, start, end }) => type === "moov" && end - start > MAX_CARRIED_BYTES,
    );
    return { kind: "refused", reason: tooLarge ? "tags-too-large" : "source-not-recognised" };
  }
  const to = readMovie(encoded);
  const target = to === null ? undefined : audioTrack(to);
  if (to === null || target === undefined || !isPlain(to, encoded))
    return { kind: "refused", reason: "encoded-not-recognised" };

  const report = new Report(options);
  const edit: Mp4Edit = {
    add: options.loudness ? replayGainTags(options.loudness) : [],
    gapless: smpbOf(to) ?? gaplessOf(target),
  };
  const tail = carryXmp(source, from);
  const chapters = carryChapters(source, from, to, report);
  const userData = carryChild(from, "udta", (bytes) => carryUserData(bytes, edit, report));
  const added = userData ?? (edit.add.length > 0 ? newUserData(edit.add) : null);
  const meta = carryChild(from, "meta", (bytes) => carryMeta(bytes, { ...edit, add: [] }, report));
  const sourceTrack = audioTrack(from);
  const trackData =
    sourceTrack === undefined
      ? null
      : carryUserDataOfTrack(sourceTrack, { add: [], gapless: null }, report);

  const carried = [tail, added, meta, trackData, ...chapters.map(({ samples }) => samples)];
  if (carried.reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0) > MAX_CARRIED_BYTES)
    return { kind: "refused", reason: "tags-too-large" };

  const firstId = Math.max(0, ...to.tracks.map(({ id }) => id)) + 1;
  const audio = rebuildAudioTrack(target, sourceTrack, trackData, chapters.length, firstId);
  const assembleMovie = (chapterTracks: readonly Uint8Array[]): Uint8Array =>
    buildMovie(to, {
      replaced: target.id,
      tracks: [audio, ...chapterTracks],
      nextId: firstId + chapterTracks.length,
      metadata: [meta, added],
    });

  // Lengths do not depend on offsets, so a first build gives them.
  const length = assembleMovie(chapters.map(({ bytes }) => bytes)).length;
  const delta = length - (to.box.end - to.box.start);
  const sampleBase = encoded.size + delta + tail.length + 8;
  const placed: Uint8Array[] = [];
  let base = sampleBase;
  for (const chapter of chapters) {
    const bytes = placeSamples(chapter, base);
    if (bytes === null) return { kind: "refused", reason: "output-too-large" };
    placed.push(bytes);
    base += chapter.samples.length;
  }
  const movie = assembleMovie(placed);
  if (!shiftMovie(movie, to, delta)) return { kind: "refused", reason: "output-too-large" };
  const media: Part[] =
    chapters.length === 0 ? [] : [box("mdat", ...chapters.map(({ samples }) => samples))];
  return {
    kind: "done",
    parts: tidy([
      { from: "encoded", offset: 0, length: to.box.start },
      movie,
      { from: "encoded", offset: to.box.end, length: encoded.size - to.box.end },
      tail,
      ...media,
    ]),
    removed: report.removed,
    outdated: report.outdated,
    notes: report.notes,
  };
}

/** One movie, all of whose boxes have a size of their own, and no fragments; its samples lie in `mdat`. */
export function isPlain(movie: Movie, file: ByteSource): boolean {
  const { top, children, tracks } = movie;
  // A size of 0 means "to the end": nothing could be put behind it.
  if (top.boxes.some(({ start }) => u32be(file.read(start, 4), 0) === 0)) return false;
  const traks = children.boxes.filter(({ type }) => type === "trak");
  const media = top.boxes.filter(({ type }) => type === "mdat");
  return (
    top.intact &&
    children.intact &&
    traks.length === tracks.length &&
    find(top, "moof") === undefined &&
    find(children, "mvex") === undefined &&
    tracks.every((track) => hasOutsideMedia(track) || samplesLieIn(track, media))
  );
}

/** The last AAC frame's duration tells how many of its samples are padding. */
function gaplessOf(track: Track): string | null {
  const totals = sampleTotals(track);
  const [edit, ...more] = editList(track);
  if (sampleEntry(track) !== "mp4a" || totals === null || edit === undefined) return null;
  const samples = totals.duration - edit.mediaTime;
  const padding = totals.fullDuration - totals.duration;
  if (more.length > 0 || edit.mediaTime < 0 || padding < 0 || samples < 0) return null;
  return gaplessText(edit.mediaTime, padding, samples);
}

function carryChild(
  movie: Movie,
  type: string,
  carry: (bytes: Uint8Array) => Uint8Array | null,
): Uint8Array | null {
  const child = find(movie.children, type);
  return child === undefined ? null : carry(boxBytes(movie.bytes, child).slice());
}

function carryUserDataOfTrack(track: Track, edit: Mp4Edit, report: Report): Uint8Array | null {
  const child = find(track.children, "udta");
  return child === undefined
    ? null
    : carryUserData(boxBytes(track.bytes, child).slice(), edit, report);
}

function carryXmp(source: ByteSource, movie: Movie): Uint8Array {
  const found = movie.top.boxes.filter(
    ({ type, start, content, end }) =>
      type === "uuid" &&
      content - start === 8 &&
      end - start < MAX_CARRIED_BYTES &&
      source.read(content, 16).every((byte, index) => byte === xmp[index]),
  );
  return concat(found.map(({ start, end }) => source.read(start, end - start)));
}

function carryChapters(source: ByteSource, from: Movie, to: Movie, report: Report): ChapterTrack[] {
  const audio = audioTrack(from);
  // An encoder that wrote more than the audio has written chapters itself.
  if (audio === undefined || to.tracks.length > 1) return [];
  const firstId = Math.max(0, ...to.tracks.map(({ id }) => id)) + 1;
  const timescales = { from: from.timescale, to: to.timescale };
  const carried: ChapterTrack[] = [];
  for (const id of references(audio, "chap")) {
    const track = from.tracks.find((candidate) => candidate.id === id);
    const chapter =
      track === undefined || track === audio
        ? null
        : carryChapterTrack(source, track, firstId + carried.length, timescales);
    if (chapter === null) report.note("chapter-track-dropped");
    else carried.push(chapter);
  }
  return carried;
}

/** The encoded audio track with the source's language, user data and references to chapters. */
function rebuildAudioTrack(
  target: Track,
  source: Track | undefined,
  userData: Uint8Array | null,
  chapterCount: number,
  firstId: number,
): Uint8Array {
  const bytes = target.bytes.slice();
  if (source !== undefined) {
    const [at, other] = [languageOffset(target), languageOffset(source)];
    bytes.set(source.bytes.subarray(other, other + 2), at);
  }
  const kept = target.children.boxes
    .filter(({ type }) => !(type === "udta" && userData !== null))
    .filter(({ type }) => !(type === "tref" && chapterCount > 0));
  const children = kept.map((child) => boxBytes(bytes, child));
  if (chapterCount > 0) {
    const ids = new Uint8Array(4 * chapterCount);
    for (let i = 0; i < chapterCount; i++) putU32be(ids, 4 * i, firstId + i);
    const header = kept.findIndex(({ type }) => type === "tkhd");
    children.splice(header + 1, 0, box("tref", box("chap", ids)));
  }
  if (userData !== null) children.push(userData);
  return boxOf("trak", children);
}

interface NewContents {
  /** The track in whose place the new ones come. */
  readonly replaced: number;
  readonly tracks: readonly Uint8Array[];
  /** The next free track id. */
  readonly nextId: number;
  readonly metadata: readonly (Uint8Array | null)[];
}

function buildMovie(old: Movie, { replaced, tracks, nextId, metadata }: NewContents): Uint8Array {
  const children: Uint8Array[] = [];
  for (const child of old.children.boxes) {
    const bytes = boxBytes(old.bytes, child);
    if (child.type === "udta" || child.type === "meta") continue;
    if (child.type === "trak" && readTrack(bytes)?.id === replaced) {
      children.push(...tracks);
    } else if (child.type === "mvhd") {
      const header = bytes.slice();
      // The last field is the next free track id.
      putU32be(header, header.length - 4, nextId);
      children.push(header);
    } else children.push(bytes);
  }
  return boxOf("moov", [...children, ...metadata.filter((part) => part !== null)]);
}

/** Chunk offsets of media behind the movie, when the movie has grown or shrunk. */
export function shiftMovie(movie: Uint8Array, old: Movie, delta: number): boolean {
  if (delta === 0) return true;
  const own = new Set(old.tracks.map(({ id }) => id));
  for (const child of readBoxes(bytesSource(movie), 8, movie.length).boxes) {
    if (child.type !== "trak") continue;
    const track = readTrack(movie.subarray(child.start, child.end));
    if (track === null) return false;
    if (own.has(track.id) && !shiftChunks(track, old.box.end, delta)) return false;
  }
  return true;
}
