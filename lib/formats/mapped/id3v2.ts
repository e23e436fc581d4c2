/** A song's fields as an ID3v2.4 tag (id3v2.4.0-frames). */
import { concat, fromLatin1, fromUtf8, putSyncsafe } from "../bytes";
import { id3v2Header } from "../id3/id3v2-header";
import { fieldNames, placesOf } from "./fields";
import type { MappedTags, Numbered, Passage } from "./types";

const UTF8_ENCODING = 3;
const zero = Uint8Array.of(0);

/** The whole tag; null when there is nothing to say. `more` are frames that are ready. */
export function id3v2Tag(tags: MappedTags, more: readonly Uint8Array[] = []): Uint8Array | null {
  const frames = [...fieldFrames(tags), ...numberFrames(tags), ...passageFrames(tags)];
  for (const [name, values] of grouped(tags.custom)) frames.push(userText(name, values));
  const describe = distinct();
  for (const { type, mime, description, data } of tags.pictures) {
    const head = [Uint8Array.of(UTF8_ENCODING), fromLatin1(`${mime}\0`), Uint8Array.of(type)];
    frames.push(frame("APIC", ...head, fromUtf8(`${describe(description)}\0`), data));
  }
  const body = concat([...frames, ...more]);
  if (body.length === 0) return null;
  return concat([id3v2Header([4, 0, 0], body.length), body]);
}

function frame(id: string, ...contents: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(10);
  header.set(fromLatin1(id));
  const length = contents.reduce((sum, each) => sum + each.length, 0);
  putSyncsafe(header, 4, length);
  return concat([header, ...contents]);
}

/** Version 2.4 separates several values by a zero byte. */
const text = (id: string, values: readonly string[]): Uint8Array =>
  frame(id, Uint8Array.of(UTF8_ENCODING), fromUtf8(values.join("\0")));

const userText = (name: string, values: readonly string[]): Uint8Array =>
  text("TXXX", [name, ...values]);

function fieldFrames({ texts }: MappedTags): Uint8Array[] {
  const frames: Uint8Array[] = [];
  /** Role and name in turn (§4.2.2): one frame for all. */
  const people: string[] = [];
  for (const field of fieldNames) {
    const values = texts.get(field);
    if (values === undefined) continue;
    const [id = "", name = ""] = placesOf(field).id3.split(/:(.*)/);
    if (id === "TXXX") frames.push(userText(name, values));
    else if (id === "UFID")
      frames.push(frame(id, fromLatin1(`${name}\0`), fromUtf8(values[0] ?? "")));
    else if (id === "TIPL") people.push(...values.flatMap((value) => [name, value]));
    // Addresses have no encoding: they are ASCII.
    else if (id.startsWith("W"))
      frames.push(...values.filter(isAscii).map((value) => frame(id, fromLatin1(value))));
    else frames.push(text(id, values));
  }
  if (people.length > 0) frames.push(text("TIPL", people));
  return frames;
}

const isAscii = (value: string): boolean => /^[\x20-\x7e]+$/.test(value);

function numberFrames(tags: MappedTags): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const count = (id: string, { number, total }: Numbered) => {
    if (number === null && total === null) return;
    frames.push(text(id, [total === null ? String(number) : `${number ?? 0}/${total}`]));
  };
  count("TRCK", tags.track);
  count("TPOS", tags.disc);
  if (tags.beatsPerMinute !== null)
    frames.push(text("TBPM", [String(Math.round(tags.beatsPerMinute))]));
  if (tags.compilation) frames.push(text("TCMP", ["1"]));
  if (tags.rating !== null) {
    const { value, source } = tags.rating;
    const rating = Uint8Array.of(1 + Math.round(value * 254));
    frames.push(frame("POPM", fromUtf8(isAscii(source) ? source : ""), zero, rating));
  }
  return frames;
}

function passageFrames({ comments, lyrics }: MappedTags): Uint8Array[] {
  const all = (id: string, passages: readonly Passage[]) => {
    const describe = distinct();
    return passages.map(({ language, description, text: words }) => {
      const code = language ?? "XXX";
      const named = describe(description, code);
      return frame(
        id,
        Uint8Array.of(UTF8_ENCODING),
        fromLatin1(code),
        fromUtf8(`${named}\0${words}`),
      );
    });
  };
  return [...all("COMM", comments), ...all("USLT", lyrics)];
}

/** Two frames of a kind must not have one description: a space tells the second apart. */
function distinct(): (description: string, language?: string) => string {
  const used = new Set<string>();
  return (description, language = "") => {
    let name = description;
    while (used.has(`${language}:${name}`)) name += " ";
    used.add(`${language}:${name}`);
    return name;
  };
}

function grouped(custom: MappedTags["custom"]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of custom) groups.set(name, [...(groups.get(name) ?? []), value]);
  return groups;
}
