/**
 * The comment that leads a changed Vorbis file back to what it was:
 * `LEVELUP_UNDO=1;floats;page,pages;tags`. `floats` are the original `minimum` and `delta` of every
 * residue book, 32 bits each, little-endian, in Base64; `page,pages` says which page of the headers
 * was cut and how many were added by it; `tags` are the comments that were taken out, each as
 * `index:Base64` of the whole comment, separated by commas.
 */
import { latin1 } from "../bitstream-bytes";
import { fromLatin1, putU32le, u32le } from "../bytes";
import { isLoudnessName } from "../loudness-tags";
import type { AddedPages } from "./vorbis-links";
import { commentEntry, entryName, entryText } from "./vorbis-comment";

export const VORBIS_UNDO_KEY = "LEVELUP_UNDO";

export interface RemovedTag {
  /** Its place in the list before anything was taken out. */
  readonly index: number;
  readonly entry: Uint8Array;
}

export interface UndoRecord {
  readonly floats: readonly number[];
  readonly added: AddedPages;
  readonly removed: readonly RemovedTag[];
}

const toBase64 = (bytes: Uint8Array): string => btoa(latin1(bytes));

const fromBase64 = (text: string): Uint8Array | null => {
  try {
    return fromLatin1(atob(text));
  } catch {
    return null;
  }
};

export const formatRecord = ({ floats, added, removed }: UndoRecord): Uint8Array => {
  const bytes = new Uint8Array(4 * floats.length);
  for (const [i, value] of floats.entries()) putU32le(bytes, 4 * i, value);
  const tags = removed.map(({ index, entry }) => `${index}:${toBase64(entry)}`);
  const fields = [1, toBase64(bytes), `${added.index},${added.count}`, tags.join(",")];
  return commentEntry([VORBIS_UNDO_KEY, fields.join(";")]);
};

const numbers = (text: string): number[] =>
  text.split(",").map((part) => (/^\d{1,7}$/.test(part) ? Number(part) : Number.NaN));

/** Null where the text is not what `formatRecord` writes. */
const parseRecord = (text: string): UndoRecord | null => {
  const [version, floatText = "", pageText = "", tagText = "", ...more] = text.split(";");
  const bytes = fromBase64(floatText);
  const [index = Number.NaN, count = Number.NaN] = numbers(pageText);
  if (version !== "1" || more.length > 0 || bytes === null || bytes.length % 4 !== 0) return null;
  const removed: RemovedTag[] = [];
  for (const tag of tagText === "" ? [] : tagText.split(",")) {
    const [place = "", value = ""] = tag.split(":");
    const [at = Number.NaN] = numbers(place);
    const entry = fromBase64(value);
    if (Number.isNaN(at) || entry === null) return null;
    removed.push({ index: at, entry });
  }
  if (Number.isNaN(index) || Number.isNaN(count)) return null;
  const floats = Array.from({ length: bytes.length / 4 }, (_, i) => u32le(bytes, 4 * i));
  return { floats, added: { index, count }, removed };
};

const isRecord = (entry: Uint8Array): boolean =>
  entryName(entry)?.toUpperCase() === VORBIS_UNDO_KEY;

/** Null: there is none. */
export const findRecord = (entries: readonly Uint8Array[]): UndoRecord | "damaged-undo" | null => {
  const [entry, ...more] = entries.filter(isRecord);
  if (entry === undefined) return null;
  return (more.length === 0 ? parseRecord(entryText(entry)) : null) ?? "damaged-undo";
};

const isLoudness = (entry: Uint8Array): boolean => {
  const name = entryName(entry);
  return name !== null && isLoudnessName(name);
};

/** Loudness tags, which are wrong after a change. */
export const takeOutTags = (
  entries: readonly Uint8Array[],
): { readonly kept: Uint8Array[]; readonly removed: RemovedTag[] } => ({
  kept: entries.filter((entry) => !isLoudness(entry)),
  removed: entries
    .map((entry, index) => ({ index, entry }))
    .filter(({ entry }) => isLoudness(entry)),
});

/** The list before the change. Loudness tags that were added since are wrong after undo as well. */
export const putBackTags = (
  entries: readonly Uint8Array[],
  removed: readonly RemovedTag[],
): Uint8Array[] => {
  const rest = entries.filter((entry) => !isRecord(entry) && !isLoudness(entry));
  const list: Uint8Array[] = [];
  let next = 0;
  for (const { index, entry } of removed) {
    while (list.length < index && next < rest.length) list.push(rest[next++]!);
    list.push(entry);
  }
  return [...list, ...rest.slice(next)];
};
