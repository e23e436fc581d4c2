/**
 * The record of a change in the tags of an MP4 file. `replaygain_undo` is aacgain's: the steps that
 * would undo, left and right. Where there is more to undo than these, and to be the very file again,
 * `LEVELUP_UNDO` says it: `1;created;place=tags;…`. `created` is 1 where the list of tags was made for
 * the record, 2 with the `meta` around it, 3 with the `udta` around that; `tags` are loudness tags
 * that were taken out of a place: `ilst`, `udta`, or the `udta` of a track, `trak0`.
 */
import { latin1, u32be, utf8 } from "../bytes";
import { isLoudnessName } from "../loudness-tags";
import { boxOf } from "../mp4/boxes";
import { freeformItem, freeformName, itemsToUserData, itemValue, newMeta } from "../mp4/metadata";
import { type BoxNode, type BoxPart, child, writeTree } from "../mp4/tree";
import { formatTakenOut, parseTakenOut, putBack, type TakenOut, takeOut } from "../taken-out";

const STEPS_KEY = "replaygain_undo";
const DETAILS_KEY = "levelup_undo";
/** Bytes of loudness tags; they have some hundred each. */
const MOST_TAKEN = 1 << 15;

export interface Mp4Record {
  readonly made: number;
  readonly created: number;
  readonly taken: ReadonlyMap<string, readonly TakenOut<Uint8Array>[]>;
}

const nameOf = (part: BoxPart): string =>
  part instanceof Uint8Array && latin1(part, 4, 8) === "----" ? (freeformName(part) ?? "") : "";
const isNamed = (part: BoxPart, key: string): boolean => nameOf(part).toLowerCase() === key;
const isRecord = (part: BoxPart): boolean => isNamed(part, STEPS_KEY) || isNamed(part, DETAILS_KEY);
/** Loudness of the track or album is in `ludt` too (ISO 14496-12 §12.2.7). */
const isLoudness = (part: BoxPart): boolean =>
  (part instanceof Uint8Array && latin1(part, 4, 8) === "ludt") ||
  (isLoudnessName(nameOf(part)) && !isRecord(part));

const tagList = (moov: BoxNode): BoxNode | undefined =>
  child(child(child(moov, "udta"), "meta"), "ilst");

/** Every list that may hold loudness tags. */
const places = (moov: BoxNode): Map<string, BoxNode> => {
  const tracks = moov.children.filter(
    (part): part is BoxNode => !(part instanceof Uint8Array) && part.type === "trak",
  );
  const found: [string, BoxNode | undefined][] = [
    ["ilst", tagList(moov)],
    ["udta", child(moov, "udta")],
    ...tracks.map((track, i): [string, BoxNode | undefined] => [`trak${i}`, child(track, "udta")]),
  ];
  return new Map(found.filter((place): place is [string, BoxNode] => place[1] !== undefined));
};

/** The value of the one item of that name; empty where it cannot be read, null where there is none. */
const textOf = (list: readonly BoxPart[], key: string): string | null => {
  const [part, ...more] = list.filter((candidate) => isNamed(candidate, key));
  if (part === undefined) return null;
  const value = more.length === 0 && part instanceof Uint8Array ? itemValue(part) : null;
  return value === null ? "" : utf8(value);
};

/** Null: there is none. */
export const findRecord = (
  moov: BoxNode,
): Mp4Record | "damaged-undo" | "channels-differ" | null => {
  const list = tagList(moov)?.children ?? [];
  const [steps, details] = [textOf(list, STEPS_KEY), textOf(list, DETAILS_KEY)];
  if (steps === null && details === null) return null;
  const values = /^ *([+-]?\d{1,3}), *([+-]?\d{1,3})$/.exec(steps ?? "");
  const [version, created = "", ...lists] = (details ?? "1;0").split(";");
  if (values === null || version !== "1" || !/^[0-3]$/.test(created)) return "damaged-undo";
  if (Number(values[1]) !== Number(values[2])) return "channels-differ";
  const taken = new Map<string, TakenOut<Uint8Array>[]>();
  for (const part of lists) {
    const cut = part.indexOf("=");
    const tags = cut < 0 ? null : parseTakenOut(part.slice(cut + 1));
    const isWhole = ({ entry }: TakenOut<Uint8Array>) =>
      entry.length >= 8 && u32be(entry, 0) === entry.length && isLoudness(entry);
    if (tags?.every(isWhole) !== true) return "damaged-undo";
    taken.set(part.slice(0, cut), tags);
  }
  return { made: 0 - Number(values[1]), created: Number(created), taken };
};

const remove = (parent: BoxNode | undefined, node: BoxNode | undefined): void => {
  if (parent !== undefined) parent.children = parent.children.filter((part) => part !== node);
};

/** Leads the tags back to what they were before the change. */
export const restoreTags = (moov: BoxNode, { created, taken }: Mp4Record): void => {
  for (const [place, node] of places(moov)) {
    const kept = node.children.filter((part) => !isRecord(part) && !isLoudness(part));
    node.children = putBack<BoxPart>(kept, taken.get(place) ?? []);
  }
  const userData = child(moov, "udta");
  const meta = child(userData, "meta");
  const list = child(meta, "ilst");
  if (created > 0 && list?.children.length === 0) remove(meta, list);
  // A `meta` of ours has a handler and the list.
  if (created > 1 && meta?.children.length === 1) remove(userData, meta);
  if (created > 2 && userData?.children.length === 0) remove(moov, userData);
};

const isItunesList = (meta: BoxNode): boolean =>
  meta.children.some(
    (part) =>
      part instanceof Uint8Array &&
      latin1(part, 4, 8) === "hdlr" &&
      latin1(part, 16, 20) === "mdir",
  );

/** Puts items into the tags, with what boxes they need around them. */
const addItems = (moov: BoxNode, items: readonly Uint8Array[]): void => {
  const userData = child(moov, "udta");
  const meta = child(userData, "meta");
  const list = child(meta, "ilst");
  if (userData === undefined) moov.children.push(itemsToUserData(items));
  else if (meta === undefined) userData.children.push(newMeta(items));
  else if (list === undefined) meta.children.push(boxOf("ilst", items));
  else list.children.push(...items);
};

/** Takes loudness tags out and records a change of `made` steps. */
export const recordChange = (
  moov: BoxNode,
  made: number,
): "no-place-for-undo" | "too-much-to-record" | null => {
  const userData = child(moov, "udta");
  const meta = child(userData, "meta");
  if (meta !== undefined && !isItunesList(meta)) return "no-place-for-undo";
  const created = [userData, meta, child(meta, "ilst")].filter((node) => node === undefined).length;

  const details: string[] = [];
  let size = 0;
  for (const [place, node] of places(moov)) {
    const { kept, taken } = takeOut(node.children, isLoudness);
    if (taken.length === 0) continue;
    node.children = kept;
    const whole = taken.map(({ index, entry }) => ({ index, entry: writeTree(entry) }));
    size += whole.reduce((sum, { entry }) => sum + entry.length, 0);
    details.push(`${place}=${formatTakenOut(whole)}`);
  }
  if (size > MOST_TAKEN) return "too-much-to-record";
  const items = [freeformItem(STEPS_KEY, [`${0 - made},${0 - made}`])];
  if (created > 0 || details.length > 0)
    items.push(freeformItem(DETAILS_KEY, [["1", String(created), ...details].join(";")]));
  addItems(moov, items);
  return null;
};
