/** The few fields that grouping by album and the list of songs need, from any kind of file. */
import { aiffChunks } from "./iff/aiff";
import { bytesSource, latin1, section, u16be, utf8, type ByteSource } from "./bytes";
import { flacComment, flacLayout } from "./flac/flac";
import { frameContent, readId3v2, type Id3v2Tag } from "./id3/id3v2";
import { decodeTerminated } from "./id3/id3v2-text";
import { isId3Chunk, readChunks, type Chunk } from "./iff/iff";
import { boxBytes, find, metaChildren, readBoxes } from "./mp4/boxes";
import { freeformName, itemValue, readKeys } from "./mp4/metadata";
import { readMovie } from "./mp4/mp4";
import { mp3Layout } from "./mpeg/mp3";
import { oggComment } from "./ogg/transplant";
import type { Kind } from "./types";
import { entryName, entryText, type VorbisComment } from "./ogg/vorbis-comment";
import { wavLayout } from "./iff/wav";

export interface CommonTags {
  readonly title?: string;
  /** Several are joined by "; ". */
  readonly artist?: string;
  readonly album?: string;
  readonly albumArtist?: string;
  /** Number on the disc, from 1. */
  readonly track?: number;
  readonly disc?: number;
}

type Field = keyof CommonTags;

/** Collects values; the first place that names a field wins, its further values are joined. */
class Fields {
  readonly #values = new Map<Field, string[]>();
  #closed = new Set<Field>();

  add(field: Field | undefined, text: string): void {
    const value = text.replaceAll("\0", "").trim();
    if (field === undefined || value === "" || this.#closed.has(field)) return;
    this.#values.set(field, [...(this.#values.get(field) ?? []), value]);
  }
  /** What comes after is from another tag, and only fills gaps. */
  nextPlace(): void {
    this.#closed = new Set(this.#values.keys());
  }
  result(): CommonTags {
    const out: Record<string, string | number> = {};
    for (const [field, values] of this.#values) {
      if (field === "track" || field === "disc") {
        // "3/12" is the third of twelve.
        const number = Number.parseInt(values[0] ?? "", 10);
        if (Number.isSafeInteger(number) && number > 0) out[field] = number;
      } else out[field] = field === "artist" ? values.join("; ") : (values[0] ?? "");
    }
    return out;
  }
}

/** Never fails: what cannot be read is not there. */
export function readCommonTags(source: ByteSource, kind: Kind): CommonTags {
  const fields = new Fields();
  readers[kind](source, fields);
  return fields.result();
}

type Reader = (source: ByteSource, fields: Fields) => void;

const id3Fields: Record<string, Field> = {
  TT2: "title",
  TIT2: "title",
  TP1: "artist",
  TPE1: "artist",
  TAL: "album",
  TALB: "album",
  TP2: "albumArtist",
  TPE2: "albumArtist",
  TRK: "track",
  TRCK: "track",
  TPA: "disc",
  TPOS: "disc",
};

function addId3v2(tag: Id3v2Tag, fields: Fields): void {
  for (const frame of tag.frames) {
    const field = id3Fields[frame.id];
    const content = field === undefined ? null : frameContent(frame, tag);
    if (content === null || content.length < 2) continue;
    const encoding = content[0] ?? 0;
    // Version 2.4 separates several values by a terminator.
    for (let at = 1; at < content.length;) {
      const { text, next } = decodeTerminated(content, at, encoding);
      fields.add(field, text);
      at = next;
    }
  }
  fields.nextPlace();
}

/** Names in APE and Vorbis comments, in lower case. */
const namedFields: Record<string, Field> = {
  title: "title",
  artist: "artist",
  album: "album",
  albumartist: "albumArtist",
  "album artist": "albumArtist",
  track: "track",
  tracknumber: "track",
  disc: "disc",
  discnumber: "disc",
};

function addComment(comment: VorbisComment, fields: Fields): void {
  for (const entry of comment.entries) {
    const field = namedFields[entryName(entry)?.toLowerCase() ?? ""];
    if (field !== undefined) fields.add(field, entryText(entry));
  }
  fields.nextPlace();
}

const readMp3: Reader = (source, fields) => {
  const { head, tail } = mp3Layout(source);
  const blocks = [...head, ...tail];
  for (const block of blocks) if (block.type === "id3v2") addId3v2(block.tag, fields);
  for (const block of blocks) {
    if (block.type !== "ape") continue;
    for (const { key, flags, value } of block.tag.items)
      if ((flags & 6) === 0)
        for (const text of utf8(value).split("\0"))
          fields.add(namedFields[key.toLowerCase()], text);
    fields.nextPlace();
  }
  for (const block of blocks) {
    if (block.type !== "id3v1") continue;
    const tag = source.read(block.offset + block.length - 128, 128);
    const text = (start: number, length: number) =>
      latin1(tag, start, start + length).split("\0")[0] ?? "";
    fields.add("title", text(3, 30));
    fields.add("artist", text(33, 30));
    fields.add("album", text(63, 30));
    // ID3v1.1: a zero before the last byte of the comment makes that byte the track.
    if (tag[125] === 0 && (tag[126] ?? 0) > 0) fields.add("track", String(tag[126]));
    fields.nextPlace();
  }
};

const readFlac: Reader = (source, fields) => {
  const layout = flacLayout(source);
  const comment = layout === null ? null : flacComment(source, layout);
  if (comment !== null) addComment(comment, fields);
  for (const tag of layout?.id3 ?? []) addId3v2(tag, fields);
};

const readOgg: Reader = (source, fields) => {
  const found = oggComment(source);
  if (found !== null) addComment(found.comment, fields);
};

const itemFields: Record<string, Field> = {
  "\xa9nam": "title",
  "\xa9ART": "artist",
  "\xa9alb": "album",
  aART: "albumArtist",
  trkn: "track",
  disk: "disc",
};

const readM4a: Reader = (source, fields) => {
  const movie = readMovie(source);
  if (movie === null) return;
  const userData = find(movie.children, "udta");
  const inUserData =
    userData === undefined
      ? undefined
      : find(readBoxes(bytesSource(movie.bytes), userData.content, userData.end), "meta");
  for (const meta of [inUserData, find(movie.children, "meta")]) {
    if (meta === undefined) continue;
    const { bytes } = movie;
    const list = readBoxes(bytesSource(bytes), metaChildren(bytes, meta), meta.end);
    const items = find(list, "ilst");
    const keysBox = find(list, "keys");
    if (items === undefined) continue;
    const keys =
      keysBox === undefined ? [] : readKeys(bytes.subarray(keysBox.content, keysBox.end));
    for (const item of readBoxes(bytesSource(bytes), items.content, items.end).boxes) {
      const whole = boxBytes(bytes, item);
      const value = itemValue(whole);
      if (value === null) continue;
      const key = keys[((whole[6] ?? 0) << 8) | (whole[7] ?? 0)];
      const name = item.type === "----" ? freeformName(whole) : key;
      const field =
        itemFields[item.type] ??
        namedFields[(name ?? "").toLowerCase().replace("com.apple.quicktime.", "")];
      // trkn and disk: two zero bytes, then number and total in 16 bits each.
      const numeric = item.type === "trkn" || item.type === "disk";
      fields.add(field, numeric ? String(u16be(value, 2)) : utf8(value));
    }
    fields.nextPlace();
  }
};

const infoFields: Record<string, Field> = {
  INAM: "title",
  IART: "artist",
  IPRD: "album",
  ITRK: "track",
  IPRT: "track",
};

function addId3Chunk(source: ByteSource, chunk: Chunk, fields: Fields): void {
  const tag = readId3v2(section(source, chunk.offset, chunk.length), 0);
  if (tag !== null) addId3v2(tag, fields);
}

const readWav: Reader = (source, fields) => {
  const chunks = wavLayout(source)?.chunks ?? [];
  for (const chunk of chunks.filter(isId3Chunk)) addId3Chunk(source, chunk, fields);
  for (const chunk of chunks) {
    if (chunk.id !== "LIST" || chunk.length > 1 << 20) continue;
    const list = section(source, chunk.offset, chunk.length);
    if (latin1(list.read(0, 4)) !== "INFO") continue;
    for (const entry of readChunks(list, 4, "little"))
      fields.add(infoFields[entry.id], utf8(list.read(entry.offset, entry.length)));
    fields.nextPlace();
  }
};

const readAiff: Reader = (source, fields) => {
  const chunks = aiffChunks(source)?.chunks ?? [];
  for (const chunk of chunks.filter(isId3Chunk)) addId3Chunk(source, chunk, fields);
  for (const { id, offset, length } of chunks) {
    const field = id === "NAME" ? "title" : id === "AUTH" ? "artist" : undefined;
    if (field !== undefined && length < 1 << 16)
      fields.add(field, utf8(source.read(offset, length)));
  }
};

const readers: Record<Kind, Reader> = {
  mp3: readMp3,
  flac: readFlac,
  ogg: readOgg,
  opus: readOgg,
  m4a: readM4a,
  wav: readWav,
  aiff: readAiff,
};
