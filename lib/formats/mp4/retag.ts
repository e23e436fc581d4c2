/** Other loudness tags in the same MP4: `ludt` of the track that was measured, and iTunes' items. */
import { latin1, type ByteSource } from "../bytes";
import { isReplacedName, replayGainTags } from "../loudness-tags";
import { tidy } from "../parts";
import type { LoudnessTags, NamedText, TransplantOptions, TransplantResult } from "../types";
import { boxOf } from "./boxes";
import { loudnessBox } from "./loudness-box";
import { freeformName, freeformTag, newMeta, newUserData } from "./metadata";
import { audioTrack, readMovie } from "./movie";
import { readTrack } from "./track";
import { isPlain, shiftMovie } from "./transplant";
import { child, readTree, writeTree, type BoxNode, type BoxPart } from "./tree";

export function retagMp4(source: ByteSource, { loudness }: TransplantOptions): TransplantResult {
  const movie = readMovie(source);
  const track = movie === null ? undefined : audioTrack(movie);
  if (!movie || !track || !isPlain(movie, source) || !loudness) return refused;
  const moov = readTree(movie.bytes);
  const trak = moov.children.find(
    (part): part is BoxNode =>
      isNode(part) && part.type === "trak" && readTrack(writeTree(part))?.id === track.id,
  );
  if (trak === undefined) return refused;
  const removed: string[] = [];
  setTrackLoudness(trak, loudness, removed);
  setItems(moov, loudness, removed);

  const bytes = writeTree(moov);
  const { start, end } = movie.box;
  if (!shiftMovie(bytes, movie, bytes.length - (end - start)))
    return { kind: "refused", reason: "output-too-large" };
  return {
    kind: "done",
    parts: tidy([
      { from: "encoded", offset: 0, length: start },
      bytes,
      { from: "encoded", offset: end, length: source.size - end },
    ]),
    removed,
    outdated: [],
    notes: [],
  };
}

const refused = { kind: "refused", reason: "source-not-recognised" } as const;

const isNode = (part: BoxPart): part is BoxNode => !(part instanceof Uint8Array);
const isBox = (part: BoxPart, type: string): part is Uint8Array =>
  part instanceof Uint8Array && latin1(part, 4, 8) === type;

function setTrackLoudness(trak: BoxNode, loudness: LoudnessTags, removed: string[]): void {
  const userData = child(trak, "udta");
  const at = userData?.children.findIndex((part) => isBox(part, "ludt")) ?? -1;
  const old = userData?.children[at];
  const box = loudnessBox(loudness, old instanceof Uint8Array ? old : null);
  if (old) removed.push("ludt");
  if (!userData) trak.children.push(boxOf("udta", [box]));
  else if (at < 0) userData.children.push(box);
  else userData.children[at] = box;
}

/** In the list of iTunes, which is made where there is none. QuickTime's own lists have other names. */
function setItems(moov: BoxNode, loudness: LoudnessTags, removed: string[]): void {
  const add: readonly NamedText[] = replayGainTags(loudness);
  const items = add.map(freeformTag);
  const userData = child(moov, "udta");
  const meta = child(userData, "meta");
  const list = child(meta, "ilst");
  if (list) {
    list.children = list.children.filter((item) => {
      const name = isBox(item, "----") ? (freeformName(item) ?? "") : "";
      const isReplaced = isReplacedName(name, loudness.album !== undefined);
      if (isReplaced) removed.push(name);
      return !isReplaced;
    });
    list.children.push(...items);
  } else if (meta) meta.children.push(boxOf("ilst", items));
  else if (userData) userData.children.push(newMeta(items));
  else moov.children.push(newUserData(add));
}
