/** What music-metadata reads of WMA in a wrong way: pictures, and the order of repeated fields. */
import { u16le, u32le, type ByteSource } from "../bytes";
import { asfAttributes, asfText, type AsfAttribute } from "../asf/attributes";
import { readAsfHeader } from "../asf/header";
import { isLoudnessName } from "../loudness-tags";
import { isOwnName } from "./fields";
import type { MappedTags, Picture } from "./types";

const TEXT = 0;

export function mendAsf(tags: MappedTags, source: ByteSource): MappedTags {
  const header = readAsfHeader(source);
  if (header === null) return tags;
  const attributes = asfAttributes(header);
  const named = new Map<string, string[]>();
  for (const { name, type, value } of attributes) {
    const text = type === TEXT ? asfText(value).trim() : "";
    if (text !== "") named.set(name, [...(named.get(name) ?? []), text]);
  }
  const groups = [...named.values()].filter(({ length }) => length > 1);
  const texts = new Map([...tags.texts].map(([field, values]) => [field, ordered(values, groups)]));
  const custom = [...named]
    .filter(([name]) => isOwnName(name) && isPersons(name) && !isLoudnessName(name))
    .flatMap(([name, values]) => values.map((value) => [name, value] as const));
  return { ...tags, texts, custom, pictures: attributes.flatMap(pictureOf) };
}

/** The values in the order of the file. */
function ordered(values: readonly string[], groups: readonly string[][]): readonly string[] {
  const sorted = values.toSorted();
  const isSame = (group: readonly string[]) =>
    group.length === values.length &&
    group.toSorted().every((value, index) => value === sorted[index]);
  return groups.find(isSame) ?? values;
}

/** Names with a slash belong to Windows Media or a tagger; these tell of encoder and file. */
const isPersons = (name: string): boolean =>
  !name.includes("/") &&
  !/^(author|rating|isvbr|vbr ?peak|averagelevel|peakvalue|deviceconformancetemplate|asfleaky.*|wmfsdk.*|encod.*)$/i.test(
    name,
  );

/** `WM/Picture`: type, size, MIME type and description in UTF-16 ended by zero, then the picture. */
function pictureOf({ name, value }: AsfAttribute): Picture[] {
  if (name !== "WM/Picture") return [];
  let at = 5;
  const text = (): string => {
    const start = at;
    while (at + 1 < value.length && u16le(value, at) !== 0) at += 2;
    const found = asfText(value.subarray(start, at));
    at += 2;
    return found;
  };
  const [mime, description] = [text(), text()];
  const data = value.subarray(at, at + u32le(value, 1));
  return data.length === 0 ? [] : [{ type: value[0] ?? 0, mime, description, data }];
}
