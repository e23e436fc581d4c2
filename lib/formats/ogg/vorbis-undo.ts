/**
 * The comment that leads a changed Vorbis file back to what it was:
 * `LEVELUP_UNDO=1;floats;page,pages;tags`. `floats` are the original `minimum` and `delta` of every
 * residue book, 32 bits each, little-endian, in Base64; `page,pages` says which page of the headers
 * was cut and how many were added by it; `tags` are the comments that were taken out.
 */
import { putU32le, u32le } from "../bytes";
import { isLoudnessName } from "../loudness-tags";
import {
  formatTakenOut,
  fromBase64,
  parseTakenOut,
  putBack,
  type TakenOut,
  takeOut,
  toBase64,
} from "../taken-out";
import type { AddedPages } from "./vorbis-links";
import { commentEntry, entryName, entryText } from "../vorbis-comment";

const VORBIS_UNDO_KEY = "LEVELUP_UNDO";

export interface UndoRecord {
  readonly floats: readonly number[];
  readonly added: AddedPages;
  readonly removed: readonly TakenOut<Uint8Array>[];
}

export const formatRecord = ({ floats, added, removed }: UndoRecord): Uint8Array => {
  const bytes = new Uint8Array(4 * floats.length);
  for (const [i, value] of floats.entries()) putU32le(bytes, 4 * i, value);
  const pages = `${added.index},${added.count}`;
  const fields = [1, toBase64(bytes), pages, formatTakenOut(removed)];
  return commentEntry([VORBIS_UNDO_KEY, fields.join(";")]);
};

const isLoudness = (entry: Uint8Array): boolean => {
  const name = entryName(entry);
  return name !== null && isLoudnessName(name);
};

/** Null where the text is not what `formatRecord` writes. */
const parseRecord = (text: string): UndoRecord | null => {
  const [version, floatText = "", pageText = "", tagText = "", ...more] = text.split(";");
  const bytes = fromBase64(floatText);
  const pages = /^(\d{1,7}),(\d{1,7})$/.exec(pageText);
  const removed = parseTakenOut(tagText);
  if (version !== "1" || more.length > 0 || bytes === null || bytes.length % 4 !== 0) return null;
  if (pages === null || removed?.every(({ entry }) => isLoudness(entry)) !== true) return null;
  const floats = Array.from({ length: bytes.length / 4 }, (_, i) => u32le(bytes, 4 * i));
  return { floats, added: { index: Number(pages[1]), count: Number(pages[2]) }, removed };
};

const isRecord = (entry: Uint8Array): boolean =>
  entryName(entry)?.toUpperCase() === VORBIS_UNDO_KEY;

/** Null: there is none. */
export const findRecord = (entries: readonly Uint8Array[]): UndoRecord | "damaged-undo" | null => {
  const [entry, ...more] = entries.filter(isRecord);
  if (entry === undefined) return null;
  return (more.length === 0 ? parseRecord(entryText(entry)) : null) ?? "damaged-undo";
};

/** Loudness tags, which are wrong after a change. */
export const takeOutTags = (entries: readonly Uint8Array[]) => takeOut(entries, isLoudness);

/** The list before the change. Loudness tags that were added since are wrong after undo as well. */
export const putBackTags = (
  entries: readonly Uint8Array[],
  removed: readonly TakenOut<Uint8Array>[],
): Uint8Array[] =>
  putBack(
    entries.filter((entry) => !isRecord(entry) && !isLoudness(entry)),
    removed,
  );
