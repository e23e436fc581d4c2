import { Buffer } from "node:buffer";

/**
 * Names as text. Systems that take any bytes for a name have some that are no UTF-8: each byte that
 * is part of no character is kept as a lone low surrogate, U+DC80 to U+DCFF, as Python does (PEP
 * 383), so that every name is a text and every such text leads back to its name.
 */

const LONE = /[\ud800-\udbff][\udc00-\udfff]|[\udc80-\udcff]/g;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One character of UTF-8 (Unicode, table 3-7), or one byte that is part of none; as latin1. */
const CHARACTER =
  /[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[^]/g;

export function textOf(name: Uint8Array): string {
  try {
    return utf8.decode(name);
  } catch {
    return Buffer.from(name)
      .toString("latin1")
      .replace(CHARACTER, (each) =>
        each.length === 1 && each >= "\x80"
          ? String.fromCharCode(0xdc00 + each.charCodeAt(0))
          : Buffer.from(each, "latin1").toString(),
      );
  }
}

/** What the system takes for a path: the text itself, or bytes where it stands for some. */
export function systemPath(path: string): string | Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { 0: found, index } of path.matchAll(LONE)) {
    if (found.length > 1) continue;
    pieces.push(Buffer.from(path.slice(at, index)), Buffer.of(found.charCodeAt(0) - 0xdc00));
    at = index + 1;
  }
  return pieces.length === 0 ? path : Buffer.concat([...pieces, Buffer.from(path.slice(at))]);
}
