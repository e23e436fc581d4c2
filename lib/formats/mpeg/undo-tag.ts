import {
  apeItem,
  apeText,
  isApeKey,
  readApe,
  type ApeItem,
  type ApeSpan,
  type ApeTag,
} from "../ape/ape";
import type { ByteSource } from "../bytes";
import { UNDO_KEY } from "./gain-undo";
import type { Mp3Layout } from "./layout";

export interface UndoTag {
  /** Where the tag is, or, empty, where a new one belongs: before Lyrics3 and ID3v1. */
  readonly span: ApeSpan;
  readonly tag: ApeTag | null;
}

/** The last APE tag in the file, or one before it that has undo information. Null: one is damaged. */
export function findUndoTag(
  file: ByteSource,
  { tail, audioEnd }: Pick<Mp3Layout, "tail" | "audioEnd">,
): UndoTag | null {
  let span: ApeSpan = { offset: audioEnd, length: 0 };
  let tag: ApeTag | null = null;
  for (const candidate of tail.filter(({ type }) => type === "ape").reverse()) {
    const read = readApe(file, candidate);
    if (!read.intact) return null;
    const hasUndo = apeText(read, UNDO_KEY) !== null;
    if (tag === null || hasUndo) [span, tag] = [candidate, read];
    if (hasUndo) break;
  }
  return { span, tag };
}

/**
 * The items with `changes` made: a text sets the item, in its place or at the end, null removes
 * it. Text is ASCII.
 */
export function changeItems(
  items: readonly ApeItem[],
  changes: Readonly<Record<string, string | null>>,
): ApeItem[] {
  let changed = [...items];
  for (const [key, text] of Object.entries(changes)) {
    const place = changed.findIndex((item) => isApeKey(item.key, key));
    const now = text === null ? [] : [apeItem(key, text)];
    changed = changed.flatMap((item, i) =>
      i === place ? now : isApeKey(item.key, key) ? [] : [item],
    );
    if (place < 0) changed.push(...now);
  }
  return changed;
}
