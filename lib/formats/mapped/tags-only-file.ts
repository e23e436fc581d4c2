/**
 * A file of the target's kind that has nothing but tags: what a song that changes its kind gives
 * its encode through the same transplant as one that does not.
 */
import { chunkHeader, chunkParts } from "../iff/iff";
import { concat, fromLatin1, fromUtf8, type ByteSource } from "../bytes";
import { flacBlock } from "../flac/layout";
import { id3v2TagsOf } from "../id3v2-tags";
import { box } from "../mp4/boxes";
import { oggComment, OPUS_MARK, VORBIS_MARK } from "../ogg/comment";
import { paginate } from "../ogg/packets";
import type { Kind } from "../types";
import { buildVorbisComment, entryName } from "../vorbis-comment";
import { fieldNames, placesOf } from "./fields";
import { id3v2Tag } from "./id3v2";
import { mp4UserData } from "./mp4";
import type { MappedTags } from "./types";
import { pictureBlock, pictureEntry, vorbisEntries } from "./vorbis";

export interface TagsOnlyFile {
  readonly bytes: Uint8Array;
  /** A picture has no place in this kind. */
  readonly pictureLeftOut: boolean;
}

/** `encoded` is the file that the tags are for; what the encoder wrote of chapters is kept. */
export function tagsOnlyFile(kind: Kind, tags: MappedTags, encoded: ByteSource): TagsOnlyFile {
  // A block of FLAC has 24 bits for its length.
  const fits = tags.pictures.filter(
    (picture) => kind !== "flac" || pictureBlock(picture).length <= 0xff_ffff,
  );
  const pictureLeftOut = fits.length < tags.pictures.length;
  const custom = tags.custom.filter(([name]) => kind === "flac" || !isChapterName(name));
  return { bytes: builders[kind]({ ...tags, pictures: fits, custom }, encoded), pictureLeftOut };
}

/** How Ogg files tell chapters (wiki.xiph.org, "Chapter Extension"). ffmpeg has read them. */
const isChapterName = (name: string): boolean => /^CHAPTER\d{3}/i.test(name);

type Builder = (tags: MappedTags, encoded: ByteSource) => Uint8Array;

const none = new Uint8Array(0);

const mp3: Builder = (tags, encoded) => id3v2Tag(tags, chapterFrames(encoded)) ?? none;

/** ffmpeg's chapters in the encode's own tag. */
const chapterFrames = (encoded: ByteSource): Uint8Array[] =>
  id3v2TagsOf(encoded, "mp3")
    .filter(({ version }) => version === 4)
    .flatMap(({ frames }) => frames)
    .filter(({ id }) => id === "CHAP" || id === "CTOC")
    .map(({ bytes }) => bytes);

const flac: Builder = (tags) => {
  const block = (type: number, content: Uint8Array): Uint8Array[] => [
    Uint8Array.of(type, content.length >> 16, content.length >> 8, content.length),
    content,
  ];
  const pictures = tags.pictures.flatMap((picture) =>
    block(flacBlock.picture, pictureBlock(picture)),
  );
  const comment = buildVorbisComment(none, vorbisEntries(tags));
  return concat([
    ...[fromLatin1("fLaC"), ...block(flacBlock.streamInfo, new Uint8Array(34))],
    ...pictures,
    ...block(flacBlock.vorbisComment | LAST_BLOCK, comment),
  ]);
};
const LAST_BLOCK = 0x80;

const ogg =
  (identification: Uint8Array, mark: string): Builder =>
  (tags, encoded) => {
    const chapters = (oggComment(encoded)?.comment.entries ?? []).filter((entry) =>
      isChapterName(entryName(entry) ?? ""),
    );
    const entries = [...vorbisEntries(tags), ...chapters, ...tags.pictures.map(pictureEntry)];
    const comment = concat([fromLatin1(mark), buildVorbisComment(none, entries)]);
    const first = { serial: 0, sequence: 0, beginsStream: true };
    return concat([
      paginate([identification], first).bytes,
      paginate([comment], { serial: 0, sequence: 1 }).bytes,
    ]);
  };

const m4a: Builder = (tags) => box("moov", mp4UserData(tags) ?? none);

/** ID3v2 for most players, and the few fields of LIST INFO for those that read nothing else. */
const wav: Builder = (tags) => {
  const info = fieldNames.flatMap((field) => {
    const { info: id } = placesOf(field);
    const text = tags.texts.get(field)?.join("; ");
    return id === undefined || text === undefined
      ? []
      : chunkParts(id, fromUtf8(`${text}\0`), "little");
  });
  const [comment] = tags.comments;
  if (comment !== undefined)
    info.push(...chunkParts("ICMT", fromUtf8(`${comment.text}\0`), "little"));
  if (tags.track.number !== null)
    info.push(...chunkParts("ITRK", fromUtf8(`${tags.track.number}\0`), "little"));
  const id3 = id3v2Tag(tags);
  const list =
    info.length === 0 ? [] : chunkParts("LIST", concat([fromLatin1("INFO"), ...info]), "little");
  const body = concat([
    // Tags behind the audio are put behind the encode's audio.
    ...[fromLatin1("WAVE"), ...chunkParts("data", none, "little"), ...list],
    ...(id3 === null ? [] : chunkParts("id3 ", id3, "little")),
  ]);
  return concat([chunkHeader("RIFF", body.length, "little"), body]);
};

const aiff: Builder = (tags) => {
  const id3 = id3v2Tag(tags);
  const body = concat([
    ...[fromLatin1("AIFF"), ...chunkParts("SSND", none, "big")],
    ...(id3 === null ? [] : chunkParts("ID3 ", id3, "big")),
  ]);
  return concat([chunkHeader("FORM", body.length, "big"), body]);
};

const builders: Record<Kind, Builder> = {
  mp3,
  flac,
  wav,
  aiff,
  m4a,
  ogg: ogg(fromLatin1("\x01vorbis"), VORBIS_MARK),
  opus: ogg(fromLatin1("OpusHead"), OPUS_MARK),
};
