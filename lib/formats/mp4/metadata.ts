/**
 * iTunes metadata: `udta/meta/ilst` with its freeform `----` items, and QuickTime's `meta` with
 * `keys` (developer.apple.com, QuickTime File Format, "Metadata").
 */
import { bytesSource, fromLatin1, fromUtf8, latin1, u32be, utf8 } from "../bytes";
import { isGaplessName, isLoudnessName } from "../loudness-tags";
import { box, boxBytes, boxOf, boxContent, find, metaChildren, readBoxes, type Box } from "./boxes";
import type { Movie } from "./movie";
import type { Report } from "../report";
import type { NamedText } from "../types";

export interface Mp4Edit {
  /** Freeform items to write. */
  readonly add: readonly NamedText[];
  /** Right gapless figures for an `iTunSMPB` item; null: such an item is left out. */
  readonly gapless: string | null;
}

const ITUNES_MEAN = "com.apple.iTunes";
const zero = new Uint8Array(4);

export interface MetadataItem {
  /** `----` for a freeform item. */
  readonly type: string;
  /** Of a freeform item, or of one that QuickTime's `keys` names; else empty. */
  readonly name: string;
  /** The first value, after its type and locale; null where there is none. */
  readonly value: Uint8Array | null;
}

/** The items of iTunes' list in a movie's user data, then those of QuickTime's in the movie. */
export function* metadataItems({ bytes, children }: Movie): Generator<MetadataItem, void> {
  const whole = bytesSource(bytes);
  const userData = find(children, "udta");
  const ofUserData = userData && find(readBoxes(whole, userData.content, userData.end), "meta");
  for (const meta of [ofUserData, find(children, "meta")]) {
    if (meta === undefined) continue;
    const list = readBoxes(whole, metaChildren(bytes, meta), meta.end);
    const [items, keysBox] = [find(list, "ilst"), find(list, "keys")];
    if (items === undefined) continue;
    const keys = keysBox === undefined ? null : readKeys(boxContent(bytes, keysBox));
    for (const item of readBoxes(whole, items.content, items.end).boxes) {
      const content = boxBytes(bytes, item);
      yield { type: item.type, name: itemName(content, item, keys), value: itemValue(content) };
    }
  }
}

/** `name` of a freeform item, without its `mean`; null when it has none. */
export function freeformName(item: Uint8Array): string | null {
  const children = readBoxes(bytesSource(item), 8, item.length);
  const name = find(children, "name");
  return name === undefined ? null : utf8(item.subarray(name.content + 4, name.end));
}

/** The first value of an item, after type and locale. */
export function itemValue(item: Uint8Array): Uint8Array | null {
  const data = find(readBoxes(bytesSource(item), 8, item.length), "data");
  return data === undefined || data.end < data.content + 8
    ? null
    : item.subarray(data.content + 8, data.end);
}

/** A freeform item with one value or several. */
export function freeformItem(name: string, values: readonly string[]): Uint8Array {
  // Type 1 is UTF-8; the second word is the locale.
  const data = values.map((value) => box("data", Uint8Array.of(0, 0, 0, 1), zero, fromUtf8(value)));
  const head = [box("mean", zero, fromLatin1(ITUNES_MEAN)), box("name", zero, fromUtf8(name))];
  return boxOf("----", [...head, ...data]);
}

/** Players that read ReplayGain in MP4 look for lower-case names. */
export const freeformTag = ([name, value]: NamedText): Uint8Array =>
  freeformItem(name.toLowerCase(), [value]);

/** A `udta` box for the new file; null when nothing is left of it. `bytes` is the whole box. */
export function carryUserData(bytes: Uint8Array, edit: Mp4Edit, report: Report): Uint8Array | null {
  const list = readBoxes(bytesSource(bytes), 8, bytes.length);
  if (!list.intact) report.note("damaged-tag-trimmed");
  let changed = !list.intact;
  const children: Uint8Array[] = [];
  let hasMeta = false;
  for (const child of list.boxes) {
    // Loudness of the track or album (ISO 14496-12 §12.2.7).
    if (child.type === "ludt") {
      report.removed.push("ludt");
      changed = true;
      continue;
    }
    const old = boxBytes(bytes, child);
    const isMeta: boolean = child.type === "meta" && !hasMeta;
    if (isMeta) hasMeta = true;
    const carried = isMeta ? carryMeta(bytes.subarray(child.start, child.end), edit, report) : old;
    changed ||= carried !== old && !sameBytes(carried, old);
    children.push(carried);
  }
  if (!hasMeta && edit.add.length > 0) {
    children.push(newMeta(edit.add.map(freeformTag)));
    changed = true;
  }
  if (!changed) return bytes;
  return children.length === 0 ? null : boxOf("udta", children);
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.byteOffset === b.byteOffset && a.buffer === b.buffer;

/** A `meta` box with its `ilst` edited. `bytes` is the whole box; the same comes back if unchanged. */
export function carryMeta(bytes: Uint8Array, edit: Mp4Edit, report: Report): Uint8Array {
  const whole = bytesSource(bytes);
  const [meta] = readBoxes(whole, 0, bytes.length).boxes;
  if (meta === undefined) return bytes;
  const start = metaChildren(bytes, meta);
  const list = readBoxes(whole, start, bytes.length);
  const handler = find(list, "hdlr");
  const subtype =
    handler === undefined ? "" : latin1(bytes, handler.content + 8, handler.content + 12);
  const keysBox = find(list, "keys");
  const keys =
    subtype === "mdta" && keysBox !== undefined ? readKeys(boxContent(bytes, keysBox)) : null;
  const add = subtype === "mdta" ? [] : edit.add;
  if (!list.intact) report.note("damaged-tag-trimmed");
  let changed = !list.intact;
  let hasList = false;
  const children = list.boxes.map((child) => {
    const old = boxBytes(bytes, child);
    if (child.type !== "ilst" || hasList) return old;
    hasList = true;
    const carried = carryItems(old, keys, { ...edit, add }, report);
    changed ||= carried !== old;
    return carried;
  });
  if (!hasList && add.length > 0) {
    children.push(box("ilst", ...add.map(freeformTag)));
    changed = true;
  }
  return changed ? boxOf("meta", [bytes.subarray(meta.content, start), ...children]) : bytes;
}

/** Names by index, from 1 (QuickTime `keys`: size, namespace, name). */
function readKeys(content: Uint8Array): string[] {
  const keys: string[] = [""];
  const count = u32be(content, 4);
  let offset = 8;
  while (keys.length <= count && offset + 8 <= content.length) {
    const size = u32be(content, offset);
    if (size < 8 || offset + size > content.length) break;
    keys.push(utf8(content.subarray(offset + 8, offset + size)));
    offset += size;
  }
  return keys;
}

function carryItems(
  bytes: Uint8Array,
  keys: readonly string[] | null,
  edit: Mp4Edit,
  report: Report,
): Uint8Array {
  const list = readBoxes(bytesSource(bytes), 8, bytes.length);
  if (!list.intact) report.note("damaged-tag-trimmed");
  let changed = !list.intact || edit.add.length > 0;
  const items: Uint8Array[] = [];
  for (const item of list.boxes) {
    const old = boxBytes(bytes, item);
    const name = itemName(old, item, keys);
    if (isLoudnessName(name)) report.removed.push(name);
    else if (isGaplessName(name)) {
      report.outdated.push(name);
      if (edit.gapless !== null) items.push(freeformItem(name, [edit.gapless]));
    } else {
      items.push(old);
      continue;
    }
    changed = true;
  }
  if (!changed) return bytes;
  return boxOf("ilst", [...items, ...edit.add.map(freeformTag)]);
}

function itemName(item: Uint8Array, { type }: Box, keys: readonly string[] | null): string {
  if (type === "----") return freeformName(item) ?? "";
  return keys?.[u32be(item, 4)] ?? "";
}

export function newMeta(items: readonly Uint8Array[]): Uint8Array {
  // Version and flags, predefined, handler `mdir` of `appl`, reserved, empty name.
  const handler = box(
    "hdlr",
    zero,
    zero,
    fromLatin1("mdirappl"),
    new Uint8Array(8),
    Uint8Array.of(0),
  );
  return box("meta", zero, handler, boxOf("ilst", items));
}

export const itemsToUserData = (items: readonly Uint8Array[]): Uint8Array =>
  box("udta", newMeta(items));

export const newUserData = (add: readonly NamedText[]): Uint8Array =>
  itemsToUserData(add.map(freeformTag));

/** iTunes' gapless figures: hexadecimal words, of which the second to the fourth matter. */
export function gaplessText(delay: number, padding: number, samples: number): string {
  const hex = (value: number, digits = 8) => value.toString(16).toUpperCase().padStart(digits, "0");
  const words = [
    hex(0),
    hex(delay),
    hex(padding),
    hex(samples, 16),
    ...Array<string>(8).fill(hex(0)),
  ];
  return ` ${words.join(" ")}`;
}
