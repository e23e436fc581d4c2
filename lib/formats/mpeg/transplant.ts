/** Tags around MPEG audio, carried in the order found. */
import { carryApe } from "../ape/ape";
import type { ByteSource } from "../bytes";
import { carryId3v2, newId3v2 } from "../id3/carry";
import { readId3v2 } from "../id3/id3v2";
import { replayGainTags } from "../loudness-tags";
import { partsSize, tidy } from "../parts";
import { Report } from "../report";
import {
  MAX_CARRIED_BYTES,
  type NamedText,
  type Part,
  type TransplantOptions,
  type TransplantResult,
} from "../types";
import { mp3Layout, type Mp3Block } from "./layout";
import { findStream, isStreamAt, REACH } from "./sync";

export function transplantMp3(
  source: ByteSource,
  encoded: ByteSource,
  options: TransplantOptions,
): TransplantResult {
  const from = mp3Layout(source);
  const to = mp3Layout(encoded);
  if (findStream(encoded, to.audioStart, to.audioEnd, REACH) === null)
    return { kind: "refused", reason: "encoded-not-recognised" };
  // Nothing at all is what a song without tags gives that was of another kind.
  if (source.size > 0 && from.head.length === 0 && from.tail.length === 0) {
    // Without any tag only the audio can tell that this is MP3.
    if (findStream(source, 0, source.size, REACH) === null)
      return { kind: "refused", reason: "source-not-recognised" };
  }
  const report = new Report(options);
  let pending: readonly NamedText[] = options.loudness ? replayGainTags(options.loudness) : [];
  const carry = (block: Mp3Block, inFront: boolean): Part | null => {
    if (block.type === "ape") return carryApe(source, block, report);
    const tag = block.type === "id3v2" ? readId3v2(source, block.offset) : null;
    if (tag === null) return source.read(block.offset, block.length).slice();
    const add = inFront && !tag.opaque ? pending : [];
    if (add.length > 0) pending = [];
    const after = block.offset + tag.declaredLength;
    const endIsRight =
      !inFront ||
      [...from.head, ...from.tail].some(({ offset }) => offset === after) ||
      isStreamAt(source, after, from.audioEnd);
    return carryId3v2(tag, endIsRight, add, report);
  };
  const isPart = (part: Part | null): part is Part => part !== null;
  const head = from.head.map((block) => carry(block, true)).filter(isPart);
  const tail = from.tail.map((block) => carry(block, false)).filter(isPart);
  if (pending.length > 0) head.push(newId3v2(pending));
  if (partsSize(head) + partsSize(tail) > MAX_CARRIED_BYTES)
    return { kind: "refused", reason: "tags-too-large" };
  const audio: Part = {
    from: "encoded",
    offset: to.audioStart,
    length: to.audioEnd - to.audioStart,
  };
  return {
    kind: "done",
    parts: tidy([...head, audio, ...tail]),
    removed: report.removed,
    outdated: report.outdated,
    notes: report.notes,
  };
}
