/** Tags around WavPack and TTA: APEv2 behind the sound, and what else stands there or in front. */
import { bytesSource, type ByteSource } from "../bytes";
import { carryId3v2 } from "../id3/carry";
import { readId3v2 } from "../id3/id3v2";
import { replayGainTags } from "../loudness-tags";
import { mp3Layout, type Mp3Block } from "../mpeg/layout";
import { partsSize, tidy } from "../parts";
import { Report } from "../report";
import {
  MAX_CARRIED_BYTES,
  type NamedText,
  type TransplantOptions,
  type TransplantResult,
} from "../types";
import { apeItem, buildApe, carryApe, readApe } from "./ape";

/** `mark`: what files of the kind begin with. */
export const transplantApe =
  (mark: RegExp) =>
  (source: ByteSource, encoded: ByteSource, options: TransplantOptions): TransplantResult => {
    const begins = (file: ByteSource, at: number) =>
      mark.test(String.fromCharCode(...file.read(at, 4)));
    const from = mp3Layout(source);
    const to = mp3Layout(encoded);
    if (!begins(source, from.audioStart))
      return { kind: "refused", reason: "source-not-recognised" };
    if (!begins(encoded, to.audioStart))
      return { kind: "refused", reason: "encoded-not-recognised" };
    const report = new Report(options);
    let pending = options.loudness ? replayGainTags(options.loudness) : [];
    const carry = (block: Mp3Block): Uint8Array[] => {
      if (block.type === "ape") {
        const kept = carryApe(source, block, report);
        const told = withItems(kept, pending);
        pending = [];
        return told === null ? [] : [told];
      }
      const tag = block.type === "id3v2" ? readId3v2(source, block.offset) : null;
      if (tag === null) return [source.read(block.offset, block.length).slice()];
      const bytes = carryId3v2(tag, true, [], report);
      return bytes === null ? [] : [bytes];
    };
    const head = from.head.flatMap(carry);
    const tail = from.tail.flatMap(carry);
    // In front of ID3v1, which is the last thing in a file.
    const added = withItems(null, pending);
    if (added !== null) tail.unshift(added);
    if (partsSize(head) + partsSize(tail) > MAX_CARRIED_BYTES)
      return { kind: "refused", reason: "tags-too-large" };
    const { audioStart: offset, audioEnd } = to;
    return {
      kind: "done",
      parts: tidy([...head, { from: "encoded", offset, length: audioEnd - offset }, ...tail]),
      removed: report.removed,
      outdated: report.outdated,
      notes: report.notes,
    };
  };

function withItems(ape: Uint8Array | null, add: readonly NamedText[]): Uint8Array | null {
  if (add.length === 0) return ape;
  const old = ape && readApe(bytesSource(ape), { offset: 0, length: ape.length });
  const items = [...(old?.items ?? []), ...add.map(([name, text]) => apeItem(name, text))];
  return buildApe(items, old);
}
