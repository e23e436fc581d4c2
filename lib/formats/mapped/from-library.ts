/** The answer of music-metadata in our own terms: what is not as it promises is left out. */
import * as z from "zod/mini";
import { isGaplessName, isLoudnessName } from "../loudness-tags";
import { unsplit } from "./slashes";
import { fieldNames, isOwnName, placesOf, type Places, type TextField } from "./fields";
import type { MappedTags, Numbered, Passage, Picture } from "./types";

const nativeTag = z.object({ id: z.string(), value: z.unknown() });
const answer = z.object({
  common: z.record(z.string(), z.unknown()),
  native: z.record(z.string(), z.array(nativeTag)),
});
type NativeTags = z.infer<typeof answer>["native"];

const whole = z.nullable(z.int().check(z.gte(0)));
const numbered = z.object({ no: whole, of: whole });
const picture = z.object({
  data: z.instanceof(Uint8Array),
  format: z.string().check(z.minLength(1)),
  type: z.optional(z.string()),
  description: z.optional(z.string()),
});
const passage = z.object({
  language: z.optional(z.string()),
  descriptor: z.optional(z.string()),
  text: z.optional(z.string()),
});
const lyric = z.extend(passage, {
  timeStampFormat: z.optional(z.number()),
  syncText: z.optional(z.array(z.object({ text: z.string(), timestamp: z.number() }))),
});
const rating = z.object({ source: z.optional(z.string()), rating: z.number() });

/**
 * Null when it is not an answer of the library at all. `slashed` are texts that the library has
 * split at slashes.
 */
export function fromLibrary(given: unknown, slashed: readonly string[] = []): MappedTags | null {
  const parsed = answer.safeParse(given);
  if (!parsed.success) return null;
  const { common, native } = parsed.data;
  const beatsPerMinute = Number(textsOf(common.bpm)[0]);
  return {
    texts: fieldTexts(common, native, slashed),
    track: numberOf(common.track),
    disc: numberOf(common.disk),
    beatsPerMinute: beatsPerMinute > 0 ? beatsPerMinute : null,
    compilation: common.compilation === true,
    rating: ratingOf(common.rating),
    comments: valid(passage, common.comment).flatMap(commentOf),
    lyrics: exactLyrics(native) ?? valid(lyric, common.lyrics).flatMap(lyricsOf),
    pictures: valid(picture, common.picture).map(pictureOf),
    custom: customOf(native, slashed),
  };
}

const clean = (text: string): string => text.replaceAll("\0", "").trim();

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value])
    .filter((each) => typeof each === "string" || typeof each === "number")
    .map((each) => clean(String(each)))
    .filter((text) => text !== "" && text !== "NaN");
}

/** Those of a list that are what they should be. */
function valid<T extends z.ZodMiniType>(schema: T, value: unknown): z.output<T>[] {
  const each = Array.isArray(value) ? (value as unknown[]) : [];
  return each.flatMap((one) => {
    const parsed = schema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
}

function fieldTexts(
  common: Readonly<Record<string, unknown>>,
  native: NativeTags,
  slashed: readonly string[],
): Map<TextField, readonly string[]> {
  const texts = new Map<TextField, readonly string[]>();
  for (const field of fieldNames) {
    const known = textsOf(common[field]);
    const values = known.length > 0 ? known : inPlace(native, placesOf(field));
    if (values.length > 0) texts.set(field, values);
  }
  // The library tells several artists one by one, and the first of them as the artist. A credit of
  // all of them ("A feat. B") is none of the several, and stays beside them.
  unite(texts, "artist", texts.get("artists") ?? []);
  if (same(texts.get("artist"), texts.get("artists"))) texts.delete("artists");
  unite(texts, "albumartist", textsOf(common.albumartists));
  for (const [field, values] of texts) texts.set(field, unsplit(values, slashed));
  const date = texts.get("date") ?? dateOfYear(common.year, native);
  if (date) texts.set("date", date);
  return texts;
}

/** Fields that stand where our table has them, and that the library does not know there. */
function inPlace(native: NativeTags, { vorbis, id3, mp4 }: Places): string[] {
  const names = new Set(
    [id3, mp4, `----:com.apple.iTunes:${mp4}`].map((name) => name.toUpperCase()),
  );
  // A description in a Vorbis comment is a comment to the library.
  if (vorbis !== "DESCRIPTION") names.add(vorbis);
  return Object.values(native)
    .flat()
    .filter(({ id }) => names.has(id.toUpperCase()))
    .flatMap(({ value }) => textsOf(value));
}

function unite(texts: Map<TextField, readonly string[]>, field: TextField, all: readonly string[]) {
  const [first] = texts.get(field) ?? [];
  if (first === undefined || all.includes(first)) {
    if (all.length > 0) texts.set(field, all);
  }
}

const same = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

/** ID3v2.3 has the year in one frame, and day and month (DDMM) in another. */
function dateOfYear(year: unknown, native: NativeTags): string[] | null {
  const [text] = textsOf(year);
  if (text === undefined) return null;
  const found = native["ID3v2.3"]?.find(({ id }) => id === "TDAT");
  const [, day, month] = /^([0-3]\d)([01]\d)$/.exec(textsOf(found?.value)[0] ?? "") ?? [];
  return [day && /^\d{4}$/.test(text) ? `${text}-${month}-${day}` : text];
}

function numberOf(value: unknown): Numbered {
  const parsed = numbered.safeParse(value);
  if (!parsed.success) return { number: null, total: null };
  // Some fields hold 0 where nothing is known.
  return { number: parsed.data.no || null, total: parsed.data.of || null };
}

function ratingOf(value: unknown): MappedTags["rating"] {
  const [first] = valid(rating, value);
  if (first === undefined || !(first.rating >= 0 && first.rating <= 1)) return null;
  return { value: first.rating, source: clean(first.source ?? "") };
}

const languageOf = (code: string | undefined): string | null =>
  code !== undefined && /^[a-z]{3}$/i.test(code) && !/^xxx$/i.test(code)
    ? code.toLowerCase()
    : null;

function passageOf({ language, descriptor }: z.infer<typeof passage>, text: string): Passage[] {
  const description = clean(descriptor ?? "");
  return text === "" ? [] : [{ language: languageOf(language), description, text }];
}

function commentOf(comment: z.infer<typeof passage>): Passage[] {
  // iTunes keeps figures of its own in comments: loudness, gapless play, the CD's identity.
  if (/^iTun/i.test(comment.descriptor ?? "") || isLoudnessName(comment.descriptor ?? ""))
    return [];
  return passageOf(comment, clean(comment.text ?? ""));
}

/** In milliseconds; the other unit is frames of the old MPEG audio. */
const IN_MILLISECONDS = 2;

function lyricsOf(lyrics: z.infer<typeof lyric>): Passage[] {
  const lines = lyrics.timeStampFormat === IN_MILLISECONDS ? (lyrics.syncText ?? []) : [];
  // No other format has timed lyrics: they become the text form that players know (LRC).
  const timed = lines.map(({ text, timestamp }) => `[${lrcTime(timestamp)}]${clean(text)}`);
  const untimed = (lyrics.syncText ?? []).map(({ text }) => text).join("\n");
  const text = timed.length > 0 ? timed.join("\n") : clean(lyrics.text ?? untimed);
  return passageOf(lyrics, text);
}

function lrcTime(milliseconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${two(milliseconds / 60_000)}:${two((milliseconds / 1000) % 60)}.${two((milliseconds / 10) % 100)}`;
}

/** Where lyrics are one text they stay as they are; the library takes times out of them. */
function exactLyrics(native: NativeTags): Passage[] | null {
  const places = { vorbis: /^(unsynced)?lyrics$/i, iTunes: /^\xa9lyr$/, APEv2: /^lyrics$/i };
  for (const [type, pattern] of Object.entries(places)) {
    const texts = (native[type] ?? [])
      .filter(({ id }) => pattern.test(id))
      .flatMap(({ value }) => textsOf(value));
    if (texts.length > 0) return texts.map((text) => ({ language: null, description: "", text }));
  }
  return null;
}

/** The library's words for ID3v2's picture types, by number (id3v2.4.0-frames §4.14). */
const pictureTypes = [
  "Other",
  "32x32 pixels 'file icon' (PNG only)",
  "Other file icon",
  "Cover (front)",
  "Cover (back)",
  "Leaflet page",
  "Media (e.g. label side of CD)",
  "Lead artist/lead performer/soloist",
  "Artist/performer",
  "Conductor",
  "Band/Orchestra",
  "Composer",
  "Lyricist/text writer",
  "Recording Location",
  "During recording",
  "During performance",
  "Movie/video screen capture",
  "A bright coloured fish",
  "Illustration",
  "Band/artist logotype",
  "Publisher/Studio logotype",
];
const FRONT_COVER = 3;

function pictureOf(given: z.infer<typeof picture>, index: number): Picture {
  const { data, format, type, description } = given;
  // M4A and APE do not say what a picture shows: the first is the cover.
  const stated = type === undefined ? (index === 0 ? FRONT_COVER : 0) : pictureTypes.indexOf(type);
  return {
    type: Math.max(0, stated),
    mime: format,
    description: (description ?? "").replaceAll("\0", ""),
    data,
  };
}

/** A value of this many characters is no field a person wrote. */
const LONGEST_CUSTOM = 1 << 16;
const MOST_CUSTOM = 1000;

function customOf(native: NativeTags, slashed: readonly string[]): MappedTags["custom"] {
  const custom = new Map<string, string[]>();
  const add = (name: string | undefined, value: unknown) => {
    if (name === undefined || !isOwnName(name) || /^itun/i.test(name)) return;
    if (isLoudnessName(name) || isGaplessName(name)) return;
    const values = custom.get(name) ?? [];
    custom.set(name, values);
    for (const text of textsOf(value)) if (text.length <= LONGEST_CUSTOM) values.push(text);
  };
  for (const [type, tags] of Object.entries(native))
    for (const { id, value } of tags) {
      if (type === "vorbis" || type === "APEv2") add(id, value);
      else if (type === "iTunes") add(/^----:com\.apple\.iTunes:(.*)$/.exec(id)?.[1], value);
      else if (/^ID3v2/.test(type)) add(/^TXXX:(.*)$/.exec(id)?.[1], value);
    }
  return [...custom]
    .flatMap(([name, values]) => unsplit(values, slashed).map((value) => [name, value] as const))
    .slice(0, MOST_CUSTOM);
}
