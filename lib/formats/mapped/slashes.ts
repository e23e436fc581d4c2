/**
 * In ID3v2.2 and 2.3 a slash may stand between two artists, or in a name like AC/DC. The library
 * takes every one for the former; a song that changes its kind keeps what was written.
 */
import type { ByteSource } from "../bytes";
import { frameContent, type Id3v2Frame, type Id3v2Tag } from "../id3/id3v2";
import { decodeTerminated } from "../id3/id3v2-text";
import { id3v2TagsOf } from "../id3v2-tags";

/** Texts with a slash in them, as they stand in the song's ID3v2.2 and 2.3 tags. */
export const slashedTexts = (source: ByteSource, container: string): string[] =>
  id3v2TagsOf(source, container)
    .filter(({ version }) => version < 4)
    .flatMap((tag) => tag.frames.map((frame) => textOf(frame, tag)))
    .filter((text) => text.includes("/"));

/** The values with those put together again that are the pieces of one text. */
export function unsplit(values: readonly string[], texts: readonly string[]): readonly string[] {
  if (values.length < 2) return values;
  const whole = texts.find((text) => {
    const pieces = text
      .split("/")
      .map((piece) => piece.trim())
      .filter((piece) => piece !== "");
    return (
      pieces.length === values.length && pieces.every((piece, index) => piece === values[index])
    );
  });
  return whole === undefined ? values : [whole];
}

/** Of a text frame with one value; empty for all others. */
function textOf(frame: Id3v2Frame, tag: Id3v2Tag): string {
  const content = /^T/.test(frame.id) ? frameContent(frame, tag) : null;
  if (content === null || content.length < 2) return "";
  const encoding = content[0] ?? 0;
  const start = /^TXX/.test(frame.id) ? decodeTerminated(content, 1, encoding).next : 1;
  const { text, next } = decodeTerminated(content, start, encoding);
  return next < content.length && content.subarray(next).some((byte) => byte !== 0)
    ? ""
    : text.trim();
}
