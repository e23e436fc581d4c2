/** The few fields by which songs are grouped to albums, from any kind of file. */
import { apeText, readApe } from "./ape/ape";
import { latin1, section, u16be, utf8, type ByteSource } from "./bytes";
import { flacComment, flacLayout } from "./flac/layout";
import { id3v1Album } from "./id3/id3v1";
import { frameContent } from "./id3/id3v2";
import { decodeTerminated } from "./id3/id3v2-text";
import { id3v2TagsOf } from "./id3v2-tags";
import { readChunks } from "./iff/iff";
import { wavLayout } from "./iff/wav";
import { metadataItems } from "./mp4/metadata";
import { readMovie } from "./mp4/movie";
import { mp3Layout } from "./mpeg/layout";
import { oggComment } from "./ogg/comment";
import type { Kind } from "./types";
import { entryName, entryText, type VorbisComment } from "./vorbis-comment";

export interface AlbumTags {
  readonly album?: string;
  readonly albumArtist?: string;
  /** From 1. */
  readonly disc?: number;
}

type Field = keyof AlbumTags;
/** What a place in the file says; a name that is none of the fields is passed over. */
type Said = readonly [field: Field | undefined, text: string];

/** The first place that names a field counts. Never fails: what cannot be read is not there. */
export function readAlbumTags(source: ByteSource, kind: Kind): AlbumTags {
  const texts = new Map<Field, string>();
  for (const [field, text] of readers[kind](source)) {
    const value = text.replaceAll("\0", "").trim();
    if (field !== undefined && value !== "" && !texts.has(field)) texts.set(field, value);
  }
  const [album, albumArtist] = [texts.get("album"), texts.get("albumArtist")];
  // "2/3" is the second of three.
  const disc = Number.parseInt(texts.get("disc") ?? "", 10);
  return {
    ...(album === undefined ? {} : { album }),
    ...(albumArtist === undefined ? {} : { albumArtist }),
    ...(Number.isSafeInteger(disc) && disc > 0 ? { disc } : {}),
  };
}

type Reader = (source: ByteSource) => Iterable<Said>;

const id3Fields: Readonly<Record<string, Field>> = {
  TAL: "album",
  TALB: "album",
  TP2: "albumArtist",
  TPE2: "albumArtist",
  TPA: "disc",
  TPOS: "disc",
};

function* inId3v2(source: ByteSource, kind: Kind): Generator<Said, void> {
  for (const tag of id3v2TagsOf(source, kind))
    for (const frame of tag.frames) {
      const field = id3Fields[frame.id];
      const content = field === undefined ? null : frameContent(frame, tag);
      if (content !== null) yield [field, decodeTerminated(content, 1, content[0] ?? 0).text];
    }
}

/** Names in APE and Vorbis comments, in lower case. */
const namedFields: Readonly<Record<string, Field>> = {
  album: "album",
  albumartist: "albumArtist",
  "album artist": "albumArtist",
  disc: "disc",
  discnumber: "disc",
};

const inComment = (comment: VorbisComment | null | undefined): Said[] =>
  (comment?.entries ?? []).map((entry) => [
    namedFields[entryName(entry)?.toLowerCase() ?? ""],
    entryText(entry),
  ]);

function* inMp3(source: ByteSource): Generator<Said, void> {
  yield* inId3v2(source, "mp3");
  const { head, tail } = mp3Layout(source);
  const blocks = [...head, ...tail];
  for (const block of blocks.filter(({ type }) => type === "ape")) {
    const tag = readApe(source, block);
    for (const [name, field] of Object.entries(namedFields))
      yield [field, apeText(tag, name)?.split("\0")[0] ?? ""];
  }
  for (const { offset, length } of blocks.filter(({ type }) => type === "id3v1"))
    yield ["album", id3v1Album(source, offset + length)];
}

function* inFlac(source: ByteSource): Generator<Said, void> {
  const layout = flacLayout(source);
  yield* inComment(layout && flacComment(source, layout));
  yield* inId3v2(source, "flac");
}

const itemFields: Readonly<Record<string, Field>> = {
  "\xa9alb": "album",
  aART: "albumArtist",
  disk: "disc",
};

function* inM4a(source: ByteSource): Generator<Said, void> {
  const movie = readMovie(source);
  if (movie === null) return;
  for (const { type, name, value } of metadataItems(movie)) {
    if (value === null) continue;
    const plainName = name.toLowerCase().replace("com.apple.quicktime.", "");
    // disk: two zero bytes, then number and total in 16 bits each.
    const text = type === "disk" ? String(u16be(value, 2)) : utf8(value);
    yield [itemFields[type] ?? namedFields[plainName], text];
  }
}

function* inWav(source: ByteSource): Generator<Said, void> {
  yield* inId3v2(source, "wav");
  for (const chunk of wavLayout(source)?.chunks ?? []) {
    if (chunk.id !== "LIST" || chunk.length > 1 << 20) continue;
    const list = section(source, chunk.offset, chunk.length);
    if (latin1(list.read(0, 4)) !== "INFO") continue;
    for (const { id, offset, length } of readChunks(list, 4, "little"))
      if (id === "IPRD") yield ["album", utf8(list.read(offset, length))];
  }
}

const inOgg: Reader = (source) => inComment(oggComment(source)?.comment);

const readers: Readonly<Record<Kind, Reader>> = {
  mp3: inMp3,
  flac: inFlac,
  ogg: inOgg,
  opus: inOgg,
  m4a: inM4a,
  wav: inWav,
  aiff: (source) => inId3v2(source, "aiff"),
};
