/** A song's fields as Vorbis comments, and pictures as FLAC has them (RFC 9639 §8.8). */
import { concat, fromLatin1, fromUtf8, putU32be } from "../bytes";
import { commentEntry } from "../vorbis-comment";
import type { NamedText } from "../types";
import { fieldNames, placesOf } from "./fields";
import type { MappedTags, Numbered, Picture } from "./types";

/** `NAME=value` entries; pictures are not among them. */
export function vorbisEntries(tags: MappedTags): Uint8Array[] {
  const entries: NamedText[] = [];
  for (const field of fieldNames)
    for (const value of tags.texts.get(field) ?? []) entries.push([placesOf(field).vorbis, value]);
  const count = (name: string, total: string, { number, total: of }: Numbered) => {
    if (number !== null) entries.push([name, String(number)]);
    if (of !== null) entries.push([total, String(of)]);
  };
  count("TRACKNUMBER", "TRACKTOTAL", tags.track);
  count("DISCNUMBER", "DISCTOTAL", tags.disc);
  if (tags.beatsPerMinute !== null) entries.push(["BPM", String(tags.beatsPerMinute)]);
  if (tags.compilation) entries.push(["COMPILATION", "1"]);
  if (tags.rating !== null) entries.push(["RATING", String(Math.round(tags.rating.value * 100))]);
  for (const { text } of tags.comments) entries.push(["COMMENT", text]);
  for (const { text } of tags.lyrics) entries.push(["LYRICS", text]);
  return [...entries, ...tags.custom].map(commentEntry);
}

/** The content of a FLAC picture block. Width, height and colours 0: look into the picture. */
export function pictureBlock({ type, mime, description, data }: Picture): Uint8Array {
  const number = (value: number): Uint8Array => {
    const bytes = new Uint8Array(4);
    putU32be(bytes, 0, value);
    return bytes;
  };
  const [mimeBytes, words] = [fromLatin1(mime), fromUtf8(description)];
  return concat([
    ...[number(type), number(mimeBytes.length), mimeBytes],
    ...[number(words.length), words, new Uint8Array(16)],
    ...[number(data.length), data],
  ]);
}

/** The same as an entry of a comment list (wiki.xiph.org, "VorbisComment"). */
export const pictureEntry = (picture: Picture): Uint8Array =>
  concat([fromLatin1("METADATA_BLOCK_PICTURE="), base64(pictureBlock(picture))]);

const alphabet = fromLatin1("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const FILLER = "=".charCodeAt(0);

function base64(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(FILLER);
  for (let i = 0, o = 0; i < bytes.length; i += 3, o += 4) {
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = Math.min(3, bytes.length - i) + 1;
    for (let digit = 0; digit < digits; digit++)
      out[o + digit] = alphabet[(word >> (18 - 6 * digit)) & 63]!;
  }
  return out;
}
