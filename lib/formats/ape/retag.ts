/**
 * Other loudness tags in the same file of a kind whose tags stand behind its sound as APEv2, in front
 * of an ID3v1 tag: WavPack, Monkey's Audio, True Audio.
 */
import type { ByteSource } from "../bytes";
import { id3v1Before } from "../id3/id3v1";
import { replayGainTags } from "../loudness-tags";
import { tidy } from "../parts";
import { Report } from "../report";
import type { TransplantOptions, TransplantResult } from "../types";
import { apeItem, apeSpanBefore, buildApe, readApe } from "./ape";

export function retagApe(source: ByteSource, options: TransplantOptions): TransplantResult {
  const report = new Report(options);
  const end = source.size - (id3v1Before(source, source.size) ?? 0);
  const span = apeSpanBefore(source, end);
  const tag = span && readApe(source, span);
  // Where its lengths do not add up, it is not known where the sound ends.
  if (tag && !tag.intact) return { kind: "refused", reason: "source-not-recognised" };
  const kept = tag?.items.filter(({ key }) => !report.leavesOut(key)) ?? [];
  const add = options.loudness ? replayGainTags(options.loudness) : [];
  const items = [...kept, ...add.map(([key, value]) => apeItem(key, value))];
  return {
    kind: "done",
    parts: tidy([
      { from: "encoded", offset: 0, length: span?.offset ?? end },
      buildApe(items, tag),
      { from: "encoded", offset: end, length: source.size - end },
    ]),
    removed: report.removed,
    outdated: report.outdated,
    notes: report.notes,
  };
}
