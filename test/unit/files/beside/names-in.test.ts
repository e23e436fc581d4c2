import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { followNames } from "@/lib/files/beside/names-in";
import { pathKey } from "@/lib/files/names";

const moved: Readonly<Record<string, string>> = {
  "Album/01 Straße.flac": "Album/01 Straße.mp3",
  "Album/02 日本.wav": "Album/02 日本 (2).mp3",
  "Album/CD 2/03.flac": "Album/CD 2/03.mp3",
  "Album/AC|DC.flac": "Album/AC_DC.mp3",
  "Album/R&B 100%.flac": "Album/R&B 100%.mp3",
  "Album/same.mp3": "Album/same.mp3",
};
const moves = new Map(Object.entries(moved).map(([from, to]) => [pathKey(from), { from, to }]));
const follow = (path: string, bytes: Uint8Array<ArrayBuffer>) =>
  followNames(path, new Blob([bytes]), (each) => Promise.resolve(moves.get(each) ?? null));

const utf8 = (text: string) => new TextEncoder().encode(text);
const latin = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));
const utf16 = (text: string) =>
  new Uint8Array(Uint16Array.from(`\ufeff${text}`, (each) => each.charCodeAt(0)).buffer);
const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

const cue = [
  'PERFORMER "Die Ärzte"',
  'FILE "01 Straße.flac" WAVE',
  "  TRACK 01 AUDIO",
  '    TITLE "01 Straße.flac"',
  '  file   "CD 2\\03.FLAC"   WAVE  ',
  "FILE CD 2/03.flac WAVE",
  'FILE "C:\\Music\\Album\\CD 2\\03.flac" WAVE',
  'FILE "unknown.flac" WAVE',
  'FILE "same.mp3" MP3',
  "",
].join("\r\n");
const followed = cue
  .replace('"01 Straße.flac" WAVE', '"01 Straße.mp3" WAVE')
  .replace('"CD 2\\03.FLAC"', '"CD 2\\03.mp3"')
  .replace("FILE CD 2/03.flac", "FILE CD 2/03.mp3");

describe("a cue sheet", () => {
  it.each([
    ["UTF-8", utf8],
    ["UTF-8 with a mark", (text: string) => utf8(`\ufeff${text}`)],
    ["Windows-1252", latin],
    ["UTF-16", utf16],
  ])("in %s follows changed names, all other bytes stay", async (_, encode) => {
    const { bytes, names } = await follow("Album/cd.cue", encode(cue));
    expect(await bytesOf(bytes)).toEqual(encode(followed));
    expect(names).toBe(3);
  });

  it("in Shift-JIS keeps its encoding", async () => {
    const name = [0x30, 0x32, 0x20, 0x93, 0xfa, 0x96, 0x7b];
    const sheet = (end: string) => [...latin('FILE "'), ...name, ...latin(`${end}" WAVE\n`)];
    const { bytes } = await follow("Album/cd.cue", Uint8Array.from(sheet(".wav")));
    expect([...(await bytesOf(bytes))]).toEqual(sheet(" (2).mp3"));
  });

  it("follows names that could not be written as they were", async () => {
    const { bytes } = await follow("Album/cd.cue", utf8('FILE "AC|DC.flac" WAVE'));
    expect(await bytes.text()).toBe('FILE "AC_DC.mp3" WAVE');
  });
});

it.each([
  [
    "m3u",
    "#EXTINF:1,03.flac\nAlbum/CD 2/03.flac \r\nhttp://a.b/Album/CD 2/03.flac\n",
    "Album/CD 2/03.flac \r",
    "Album/CD 2/03.mp3 \r",
  ],
  ["m3u8", "\ufeff./Album/R&B%20100%25.flac", "R&B%20100%25.flac", "R&B%20100%25.mp3"],
  [
    "pls",
    "[playlist]\nFile1=Album\\02 日本.wav\nTitle1=Album\\02 日本.wav\n",
    "File1=Album\\02 日本.wav",
    "File1=Album\\02 日本 (2).mp3",
  ],
  [
    "xspf",
    "<location>\n Album/R&amp;B%20100%25.flac</location><location>Album/02%20%E6%97%A5%E6%9C%AC.wav</location>",
    "B%20100%25.flac</location><location>Album/02%20%E6%97%A5%E6%9C%AC.wav",
    "B%20100%25.mp3</location><location>Album/02%20%E6%97%A5%E6%9C%AC%20(2).mp3",
  ],
  ["wpl", '<media src="Album\\01 Straße.flac"/>', "e.flac", "e.mp3"],
])("a playlist of kind %s follows the names in it", async (kind, text, from, to) => {
  const { bytes } = await follow(`list.${kind}`, utf8(text));
  expect(await bytesOf(bytes)).toEqual(utf8(text.replace(from, to)));
});

it("a playlist in a folder of its own finds songs beside that folder", async () => {
  const { bytes } = await follow(
    "Playlists/a.m3u",
    utf8("..\\Album\\.\\CD 2\\03.flac\n../../03.flac"),
  );
  expect(await bytes.text()).toBe("..\\Album\\.\\CD 2\\03.mp3\n../../03.flac");
});

it("whatever bytes a list has, they stay where no name changes", async () => {
  const none = () => Promise.resolve(null);
  const lines = fc.array(
    fc.oneof(
      fc.constantFrom("FILE ", '"', "\n", "\r\n", "File1=", "<location>", "../", "%", "&#x110000;"),
      fc.string({ unit: "binary" }),
    ),
  );
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((each) => Uint8Array.from(each)),
    fc.uint8Array({ maxLength: 41 }).map((each) => Uint8Array.of(0xff, 0xfe, ...each)),
    lines.map((parts) => utf8(parts.join(""))),
  );
  const kinds = fc.constantFrom("cue", "m3u", "m3u8", "pls", "xspf", "wpl", "asx");
  await fc.assert(
    fc.asyncProperty(content, kinds, async (bytes, kind) => {
      const file = new Blob([bytes]);
      const { names } = await followNames(`list.${kind}`, file, none);
      expect(names).toBe(0);
      // And where one does, everything around it.
      const sheet = new Blob([bytes, '\nFILE "x.wav" WAVE\n']);
      const to = { from: "x.wav", to: "x.mp3" };
      const only = (path: string) => Promise.resolve(path === "x.wav" ? to : null);
      const { bytes: fresh, names: changed } = await followNames("a.cue", sheet, only);
      const isWide =
        bytes.length > 1 && Math.min(bytes[0]!, bytes[1]!) === 0xfe && bytes[0] !== bytes[1];
      const expected = isWide ? sheet : new Blob([bytes, '\nFILE "x.mp3" WAVE\n']);
      expect(await bytesOf(fresh)).toEqual(await bytesOf(expected));
      expect(changed).toBe(isWide ? 0 : 1);
    }),
  );
});
