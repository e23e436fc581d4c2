import { inflateSync } from "node:zlib";

interface Entry {
  readonly dictionary: string;
  readonly stream: string | null;
}

/**
 * The text of a PDF as Chromium writes it: an object a number, fonts named after the number of
 * their object (`/F12` is object 12), text as glyph numbers that each font maps to Unicode.
 */
export function pdfText(pdf: Buffer): string {
  const objects = objectsOf(pdf.toString("latin1"));
  const fonts = new Map<string, ReadonlyMap<string, string>>();
  for (const [number, { dictionary }] of objects) {
    const map = /\/ToUnicode (\d+) 0 R/.exec(dictionary)?.[1];
    if (map !== undefined) fonts.set(number, unicodeOf(objects.get(map)?.stream ?? ""));
  }
  let text = "";
  for (const { stream } of objects.values()) {
    if (stream === null || !/\bBT\b/.test(stream)) continue;
    let font: ReadonlyMap<string, string> = new Map();
    for (const [, name, glyphs = ""] of stream.matchAll(/\/F(\d+) [\d.]+ Tf|<([\dA-Fa-f]+)>/g)) {
      if (name !== undefined) font = fonts.get(name) ?? new Map();
      else
        for (const glyph of glyphs.match(/.{4}/g) ?? [])
          text += font.get(glyph.toUpperCase()) ?? "";
    }
  }
  return text;
}

export const pdfPages = (pdf: Buffer): number =>
  pdf.toString("latin1").match(/\/Type \/Page\b(?!s)/g)?.length ?? 0;

function objectsOf(file: string): Map<string, Entry> {
  const objects = new Map<string, Entry>();
  for (const [, number = "", body = ""] of file.matchAll(
    /(?:^|\n)(\d+) 0 obj\s([\s\S]*?)\nendobj/g,
  )) {
    const at = body.search(/\bstream\r?\n/);
    if (at < 0) {
      objects.set(number, { dictionary: body, stream: null });
      continue;
    }
    const dictionary = body.slice(0, at);
    const content = body.slice(body.indexOf("\n", at) + 1, body.lastIndexOf("endstream"));
    const bytes = Buffer.from(content, "latin1");
    const stream = dictionary.includes("/FlateDecode") ? inflateSync(bytes) : bytes;
    objects.set(number, { dictionary, stream: stream.toString("latin1") });
  }
  return objects;
}

/** A ToUnicode map: single glyphs, and runs of them. */
function unicodeOf(map: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(4, "0");
  const character = (code: string) =>
    String.fromCharCode(...(code.match(/.{4}/g) ?? []).map((unit) => parseInt(unit, 16)));
  for (const [, list = ""] of map.matchAll(/beginbfchar\s([\s\S]*?)endbfchar/g)) {
    for (const [, glyph = "", code = ""] of list.matchAll(/<(\w{4})> <(\w+)>/g)) {
      found.set(glyph.toUpperCase(), character(code));
    }
  }
  for (const [, list = ""] of map.matchAll(/beginbfrange\s([\s\S]*?)endbfrange/g)) {
    for (const [, first = "", last = "", code = ""] of list.matchAll(
      /<(\w{4})> <(\w{4})> <(\w{4})>/g,
    )) {
      const from = parseInt(first, 16);
      for (let glyph = from; glyph <= parseInt(last, 16); glyph += 1) {
        found.set(hex(glyph), character(hex(parseInt(code, 16) + glyph - from)));
      }
    }
  }
  return found;
}
