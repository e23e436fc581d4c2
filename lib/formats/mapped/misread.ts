/**
 * Texts whose format has no word on their encoding, or the word Latin-1, which writers did not keep
 * to: LIST INFO, ID3v1, ID3v2's encoding 0, text chunks of AIFF. They are UTF-8 where they are valid
 * UTF-8, else what the file states, else what was usual where the format comes from.
 */
import { latin1, section, u16le, type ByteSource } from "../bytes";
import { frameContent, type Id3v2Frame, type Id3v2Tag } from "../id3/id3v2";
import { id3v2TagsOf } from "../id3v2-tags";
import { aiffChunks } from "../iff/aiff";
import { readChunks, type Chunk } from "../iff/iff";
import { wavLayout } from "../iff/wav";
import { mp3Layout } from "../mpeg/layout";

const USUAL = "windows-1252";
/** Its characters from 0x80 to 0x9f: Node's decoder of that name has those of Latin-1 there. */
const HIGH = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";
/** Of the Macintosh, where AIFF comes from. */
const USUAL_IN_AIFF = "macintosh";
/** Longer ones are no fields a person wrote. */
const LONGEST = 1 << 16;

interface RawText {
  readonly bytes: Uint8Array;
  /** As `TextDecoder` calls it, for what is not UTF-8. */
  readonly encoding: string;
}

/** By what the library makes of them, the texts that it reads wrongly. */
export function misreadTexts(source: ByteSource, container: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { bytes, encoding } of rawTexts(source, container)) {
    if (bytes.length > LONGEST || bytes.every((byte) => byte < 0x80)) continue;
    const meant = decoded(bytes, encoding);
    for (const text of [latin1(bytes), windows1252(bytes)]) {
      texts.set(text.trim(), meant);
      // Where it takes slashes for marks between several values.
      const [pieces, right] = [text.split("/"), meant.split("/")];
      if (pieces.length > 1 && pieces.length === right.length)
        pieces.forEach((piece, index) => texts.set(piece.trim(), right[index]!.trim()));
    }
    // Text chunks of AIFF come with seven bits of each byte, and parted where that leaves zero.
    if (container !== "aiff") continue;
    const ascii = split(bytes.map((byte) => byte & 0x7f));
    ascii.forEach((piece, index) =>
      texts.set(latin1(piece).trim(), index === ascii.length - 1 ? meant : ""),
    );
  }
  return texts;
}

/** The same value with the texts in place that were meant, however deep they stand. */
export function asMeant(value: unknown, texts: ReadonlyMap<string, string>): unknown {
  if (texts.size === 0) return value;
  if (typeof value === "string") return texts.get(value.replaceAll("\0", "").trim()) ?? value;
  if (Array.isArray(value)) return value.map((each) => asMeant(each, texts));
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, asMeant(each, texts)]),
  );
}

/** The library leaves out texts of a code page that it does not know: the chunk that tells it is hidden. */
export function withoutCodePage(source: ByteSource, container: string): ByteSource {
  const chunk = container === "wav" ? codePageChunk(source) : undefined;
  if (chunk === undefined) return source;
  const at = chunk.offset - 8;
  return {
    size: source.size,
    read(offset, length) {
      const bytes = source.read(offset, length);
      if (offset >= at + 4 || offset + bytes.length <= at) return bytes;
      const own = bytes.slice();
      for (let i = 0; i < 4; i++)
        if (at + i >= offset && at + i < offset + own.length) own[at + i - offset] = JUNK[i]!;
      return own;
    },
  };
}
const JUNK = [..."JUNK"].map((letter) => letter.charCodeAt(0));

function decoded(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch {
    const text = encoding === USUAL ? windows1252(bytes) : new TextDecoder(encoding).decode(bytes);
    return text.trim();
  }
}

const windows1252 = (bytes: Uint8Array): string =>
  latin1(bytes).replace(/[\x80-\x9f]/g, (character) => HIGH[character.charCodeAt(0) - 0x80]!);

function rawTexts(source: ByteSource, container: string): RawText[] {
  const inId3 = id3v2TagsOf(source, container).flatMap((tag) =>
    tag.frames.flatMap((frame) => inFrame(frame, tag)),
  );
  const usual = inId3.map((bytes) => ({ bytes, encoding: USUAL }));
  if (container === "mp3") return [...usual, ...inId3v1(source)];
  if (container === "wav") return [...usual, ...inInfo(source)];
  return container === "aiff" ? [...usual, ...inAiff(source)] : usual;
}

/** Texts of encoding 0: of text frames, and of comments and lyrics. */
function inFrame(frame: Id3v2Frame, tag: Id3v2Tag): Uint8Array[] {
  if (!/^(T|COM|ULT|USLT)/.test(frame.id)) return [];
  const content = frameContent(frame, tag);
  if (content === null || content[0] !== 0) return [];
  return split(content.subarray(frame.id.startsWith("T") ? 1 : 4));
}

/** Pieces between zero bytes. */
function split(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length && pieces.length < 1000;) {
    const nul = bytes.indexOf(0, start);
    const end = nul < 0 ? bytes.length : nul;
    if (end > start) pieces.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return pieces;
}

/** Title, artist, album and comment of 30 bytes each (id3.org/ID3v1). */
function inId3v1(source: ByteSource): RawText[] {
  const block = mp3Layout(source).tail.find(({ type }) => type === "id3v1");
  if (block === undefined) return [];
  const bytes = source.read(block.offset + block.length - 128, 128);
  return [3, 33, 63, 97].map((at) => {
    const field = split(bytes.subarray(at, at + 30))[0] ?? new Uint8Array(0);
    return { bytes: field, encoding: USUAL };
  });
}

/** Windows' code pages, and others that a CSET chunk may tell, as the Encoding Standard calls them. */
function encodingOf(codePage: number): string {
  const named: Readonly<Record<number, string>> = {
    ...{ 932: "shift_jis", 936: "gbk", 949: "euc-kr", 950: "big5", 874: "windows-874" },
    ...{ 866: "ibm866", 10000: "macintosh", 20866: "koi8-r", 21866: "koi8-u" },
  };
  if (codePage >= 1250 && codePage <= 1258) return `windows-${codePage}`;
  if (codePage >= 28592 && codePage <= 28606) return `iso-8859-${codePage - 28590}`;
  return named[codePage] ?? USUAL;
}

const codePageChunk = (source: ByteSource): Chunk | undefined =>
  wavLayout(source)?.chunks.find(({ id, length }) => id === "CSET" && length >= 2);

function inInfo(source: ByteSource): RawText[] {
  const stated = codePageChunk(source);
  const encoding = stated ? encodingOf(u16le(source.read(stated.offset, 2), 0)) : USUAL;
  return (wavLayout(source)?.chunks ?? [])
    .filter(({ id, length }) => id === "LIST" && length <= 1 << 20)
    .flatMap(({ offset, length }) => {
      const list = section(source, offset, length);
      if (latin1(list.read(0, 4)) !== "INFO") return [];
      return readChunks(list, 4, "little").flatMap((chunk) => pieces(list, chunk, encoding));
    });
}

const textChunks = new Set(["NAME", "AUTH", "(c) ", "ANNO"]);

const inAiff = (source: ByteSource): RawText[] =>
  (aiffChunks(source)?.chunks ?? [])
    .filter(({ id }) => textChunks.has(id))
    .flatMap((chunk) => pieces(source, chunk, USUAL_IN_AIFF));

const pieces = (source: ByteSource, { offset, length }: Chunk, encoding: string): RawText[] =>
  split(source.read(offset, Math.min(length, LONGEST))).map((bytes) => ({ bytes, encoding }));
