/**
 * `MP3GAIN_UNDO` in ID3v2, where `mp3gain -s i` keeps it: the text of a TXXX frame. It is written over
 * in place, as mp3gain itself does, so that nothing else of the tag changes.
 */
import { fromLatin1, latin1, type ByteSource } from "../bytes";
import { contentStart, readId3v2, type Id3v2Tag } from "../id3/id3v2";
import { UNSYNCHRONISATION_FLAG } from "../id3/id3v2-header";
import {
  type Change,
  formatMinMax,
  formatUndo,
  MINMAX_KEY,
  parseUndo,
  UNDO_KEY,
} from "./gain-undo";
import type { Mp3Layout } from "./layout";

export interface Id3Undo {
  readonly made: Change;
  /** Where the texts stand in the file; null: there is none. */
  readonly undoAt: number;
  readonly minMaxAt: number | null;
}

const noChange: Change = { left: 0, right: 0, wraps: false };

/** Null: there is none, or one that says that nothing was changed. */
export function findId3Undo(file: ByteSource, { head }: Pick<Mp3Layout, "head">): Id3Undo | null {
  for (const { offset } of head.filter(({ type }) => type === "id3v2")) {
    const tag = readId3v2(file, offset);
    // Up to 2.3 the tag is stuffed as a whole; in 2.4 plain text is the same, stuffed or not.
    const stuffed = tag !== null && tag.version < 4 && (tag.flags & UNSYNCHRONISATION_FLAG) !== 0;
    if (tag === null || stuffed) continue;
    const undo = findText(tag, UNDO_KEY);
    const made = undo && parseUndo(undo.text);
    if (!made || (made.left === 0 && made.right === 0)) continue;
    const minMax = findText(tag, MINMAX_KEY);
    const isMinMax = minMax !== null && /^\d{3},\d{3}/.test(minMax.text);
    return {
      made,
      undoAt: offset + undo.at,
      minMaxAt: isMinMax ? offset + minMax.at : null,
    };
  }
  return null;
}

/** Says in `bytes` that nothing is to be undone any more, and which values there are now. */
export function clearId3Undo(
  bytes: Uint8Array,
  { made, undoAt, minMaxAt }: Id3Undo,
  values: Uint8Array,
): void {
  bytes.set(fromLatin1(formatUndo({ ...noChange, wraps: made.wraps })), undoAt);
  if (minMaxAt !== null) bytes.set(fromLatin1(formatMinMax(values)), minMaxAt);
}

/** The text of a TXXX frame of single bytes (Latin-1 or UTF-8), and where it stands in the tag. */
function findText(
  tag: Id3v2Tag,
  key: string,
): { readonly text: string; readonly at: number } | null {
  for (const frame of tag.frames) {
    const start = frame.id === "TXXX" ? contentStart(frame, tag) : null;
    const encoding = start === null ? null : frame.bytes[start];
    if (start === null || (encoding !== 0 && encoding !== 3)) continue;
    const content = latin1(frame.bytes, start + 1);
    if (!content.toUpperCase().startsWith(`${key}\0`)) continue;
    const text = content.slice(key.length + 1);
    return { text, at: frame.bytes.byteOffset - tag.raw.byteOffset + start + 2 + key.length };
  }
  return null;
}
