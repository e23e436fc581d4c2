/** A song's fields as iTunes' list of items. */
import { fromUtf8, putU16be } from "../bytes";
import { box, boxOf } from "../mp4/boxes";
import { freeformItem, itemsToUserData } from "../mp4/metadata";
import { fieldNames, placesOf } from "./fields";
import type { MappedTags, Numbered, Picture } from "./types";

/** Types of values (QuickTime File Format, "Well-known types"). */
const valueType = { implicit: 0, utf8: 1, jpeg: 13, png: 14, integer: 21, bmp: 27 } as const;

/** The `udta` box; null when there is nothing to say. */
export function mp4UserData(tags: MappedTags): Uint8Array | null {
  const items = [...textItems(tags), ...numberItems(tags)];
  const passages = (name: string, texts: readonly { readonly text: string }[]) => {
    if (texts.length > 0)
      items.push(
        item(
          name,
          texts.map(({ text }) => words(text)),
        ),
      );
  };
  passages("\xa9cmt", tags.comments);
  passages("\xa9lyr", tags.lyrics);
  const names = new Map<string, string[]>();
  for (const [name, value] of tags.custom) names.set(name, [...(names.get(name) ?? []), value]);
  for (const [name, values] of names) items.push(freeformItem(name, values));
  // The front comes first: players show only that.
  const pictures = tags.pictures.toSorted((a, b) => Number(b.type === 3) - Number(a.type === 3));
  if (pictures.length > 0) items.push(item("covr", pictures.map(cover)));
  return items.length === 0 ? null : itemsToUserData(items);
}

const item = (name: string, values: readonly Uint8Array[]): Uint8Array => boxOf(name, values);

/** Type, locale (none), value. */
const data = (type: number, value: Uint8Array): Uint8Array =>
  box("data", Uint8Array.of(0, 0, 0, type), new Uint8Array(4), value);

const words = (text: string): Uint8Array => data(valueType.utf8, fromUtf8(text));

function textItems({ texts }: MappedTags): Uint8Array[] {
  return fieldNames.flatMap((field) => {
    const values = texts.get(field);
    if (values === undefined) return [];
    const { mp4 } = placesOf(field);
    return [
      mp4.length === 4 && !isCapitals(mp4)
        ? item(mp4, values.map(words))
        : freeformItem(mp4, values),
    ];
  });
}

/** `ISRC` and `ASIN` are names of freeform items; items proper are not in capitals. */
const isCapitals = (name: string): boolean => /^[A-Z]+$/.test(name);

function numberItems(tags: MappedTags): Uint8Array[] {
  const items: Uint8Array[] = [];
  const small = (value: number) => value >= 0 && value <= 0xffff;
  const count = (name: string, { number, total }: Numbered, length: number) => {
    const [part, all] = [number ?? 0, total ?? 0];
    if ((part === 0 && all === 0) || !small(part) || !small(all)) return;
    const value = new Uint8Array(length);
    putU16be(value, 2, part);
    putU16be(value, 4, all);
    items.push(item(name, [data(valueType.implicit, value)]));
  };
  count("trkn", tags.track, 8);
  count("disk", tags.disc, 6);
  const tempo = Math.round(tags.beatsPerMinute ?? 0);
  if (tempo > 0 && small(tempo))
    items.push(item("tmpo", [data(valueType.integer, Uint8Array.of(tempo >> 8, tempo))]));
  if (tags.compilation) items.push(item("cpil", [data(valueType.integer, Uint8Array.of(1))]));
  if (tags.rating !== null)
    items.push(item("rate", [words(String(Math.round(tags.rating.value * 100)))]));
  return items;
}

function cover({ mime, data: bytes }: Picture): Uint8Array {
  const types: Readonly<Record<string, number>> = {
    "image/jpeg": valueType.jpeg,
    "image/png": valueType.png,
    "image/bmp": valueType.bmp,
  };
  return data(types[mime] ?? valueType.implicit, bytes);
}
