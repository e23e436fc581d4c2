/** Random access to a file's bytes. Tags are read through it, so a file never has to be in memory. */
export interface ByteSource {
  readonly size: number;
  /**
   * Bytes from `offset` on. Synchronous; may return fewer than `length` only at the end of the
   * file. The result may be a view: callers never write to it.
   */
  read(offset: number, length: number): Uint8Array;
  /** The same into memory that is there; gives how many bytes. Only for sources whose `read` copies. */
  readInto?(offset: number, target: Uint8Array): number;
}

export function readInto(source: ByteSource, offset: number, target: Uint8Array): number {
  if (source.readInto) return source.readInto(offset, target);
  const bytes = source.read(offset, target.length);
  target.set(bytes);
  return bytes.length;
}

export function bytesSource(given: Uint8Array): ByteSource {
  // `slice` of Node's Buffer is no copy, and what is written into it would change the source.
  const bytes =
    given.constructor === Uint8Array
      ? given
      : new Uint8Array(given.buffer, given.byteOffset, given.length);
  return {
    size: bytes.length,
    read: (offset, length) =>
      bytes.subarray(
        Math.max(0, Math.min(offset, bytes.length)),
        Math.max(0, Math.min(offset + Math.max(0, length), bytes.length)),
      ),
  };
}

const WINDOW_SIZE = 1 << 16;

/**
 * The same source with one window of 64 KiB kept, so that walking small headers does not cost a
 * call into the file system each. Reads are clamped to the file.
 */
export function windowed(source: ByteSource): ByteSource {
  let start = 0;
  let window: Uint8Array = new Uint8Array(0);
  return {
    size: source.size,
    read(offset, length) {
      const from = Math.max(0, Math.min(offset, source.size));
      const to = Math.max(from, Math.min(offset + length, source.size));
      if (to - from > WINDOW_SIZE) return source.read(from, to - from);
      if (from < start || to > start + window.length) {
        start = from;
        window = source.read(from, Math.min(WINDOW_SIZE, source.size - from));
      }
      return window.subarray(from - start, to - start);
    },
  };
}

/** A window onto `source` that looks like a file of its own. */
export const section = (source: ByteSource, start: number, length: number): ByteSource => {
  const from = Math.max(0, Math.min(start, source.size));
  const size = Math.max(0, Math.min(length, source.size - from));
  const clamped = (offset: number, wanted: number) => {
    const at = Math.max(0, Math.min(offset, size));
    return { at: from + at, wanted: Math.max(0, Math.min(wanted, size - at)) };
  };
  return {
    size,
    read(offset, length) {
      const { at, wanted } = clamped(offset, length);
      return source.read(at, wanted);
    },
    readInto(offset, target) {
      const { at, wanted } = clamped(offset, target.length);
      return readInto(source, at, target.subarray(0, wanted));
    },
  };
};

/** Bytes past the end read as 0; lengths are checked by the callers where it matters. */
const at = (bytes: Uint8Array, offset: number): number => bytes[offset] ?? 0;

export const u16be = (b: Uint8Array, o: number): number => (at(b, o) << 8) | at(b, o + 1);
export const u24be = (b: Uint8Array, o: number): number => (u16be(b, o) << 8) | at(b, o + 2);
export const u32be = (b: Uint8Array, o: number): number => u16be(b, o) * 0x1_0000 + u16be(b, o + 2);
/** Exact up to 2^53; larger values lose low bits, and are past any file's end anyway. */
export const u64be = (b: Uint8Array, o: number): number =>
  u32be(b, o) * 0x1_0000_0000 + u32be(b, o + 4);
export const u16le = (b: Uint8Array, o: number): number => at(b, o) | (at(b, o + 1) << 8);
export const u32le = (b: Uint8Array, o: number): number => u16le(b, o) + u16le(b, o + 2) * 0x1_0000;
export const u64le = (b: Uint8Array, o: number): number =>
  u32le(b, o) + u32le(b, o + 4) * 0x1_0000_0000;

/** 28 bits in four bytes of seven (ID3v2 §6.2). */
export const syncsafe = (b: Uint8Array, o: number): number =>
  ((at(b, o) & 0x7f) << 21) |
  ((at(b, o + 1) & 0x7f) << 14) |
  ((at(b, o + 2) & 0x7f) << 7) |
  (at(b, o + 3) & 0x7f);

export const putU16be = (b: Uint8Array, o: number, v: number): void => {
  b[o] = v >>> 8;
  b[o + 1] = v;
};
export const putU32be = (b: Uint8Array, o: number, v: number): void => {
  putU16be(b, o, Math.floor(v / 0x1_0000) & 0xffff);
  putU16be(b, o + 2, v & 0xffff);
};
export const putU64be = (b: Uint8Array, o: number, v: number): void => {
  putU32be(b, o, Math.floor(v / 0x1_0000_0000));
  putU32be(b, o + 4, v % 0x1_0000_0000);
};
export const putU16le = (b: Uint8Array, o: number, v: number): void => {
  b[o] = v;
  b[o + 1] = v >>> 8;
};
export const putU32le = (b: Uint8Array, o: number, v: number): void => {
  putU16le(b, o, v & 0xffff);
  putU16le(b, o + 2, Math.floor(v / 0x1_0000) & 0xffff);
};
export const putU64le = (b: Uint8Array, o: number, v: number): void => {
  putU32le(b, o, v % 0x1_0000_0000);
  putU32le(b, o + 4, Math.floor(v / 0x1_0000_0000));
};
export const putSyncsafe = (b: Uint8Array, o: number, v: number): void => {
  for (let i = 0; i < 4; i++) b[o + i] = (v >>> (21 - 7 * i)) & 0x7f;
};

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** Whether two arrays hold the same bytes; four at a time, since whole songs are compared. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const left = new DataView(a.buffer, a.byteOffset, a.length);
  const right = new DataView(b.buffer, b.byteOffset, b.length);
  const words = a.length - (a.length % 4);
  for (let i = 0; i < words; i += 4) if (left.getInt32(i) !== right.getInt32(i)) return false;
  for (let i = words; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export const isZero = (bytes: Uint8Array): boolean => {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
};

export const latin1 = (b: Uint8Array, start = 0, end = b.length): string => {
  let text = "";
  for (let i = start; i < end && i < b.length; i++) text += String.fromCharCode(at(b, i));
  return text;
};
/** One byte a character; characters above U+00FF have no place here. */
export const fromLatin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

const decoder = new TextDecoder("utf-8");
export const utf8 = (bytes: Uint8Array): string => decoder.decode(bytes);
const encoder = new TextEncoder();
export const fromUtf8 = (text: string): Uint8Array => encoder.encode(text);

/** Does `text` (Latin-1) stand at `offset`? Positions outside of the bytes never match. */
export function has(bytes: Uint8Array, offset: number, text: string): boolean {
  if (offset < 0 || offset + text.length > bytes.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Where `text` (Latin-1) first stands at or after `from`; -1 where it does not. */
export function indexOfText(bytes: Uint8Array, text: string, from = 0): number {
  const first = text.charCodeAt(0);
  let at = bytes.indexOf(first, from);
  while (at >= 0 && !has(bytes, at, text)) at = bytes.indexOf(first, at + 1);
  return at;
}

/** Where `text` (Latin-1) last stands; -1 where it does not. */
export function lastIndexOfText(bytes: Uint8Array, text: string): number {
  const first = text.charCodeAt(0);
  let at = bytes.lastIndexOf(first);
  while (at >= 0 && !has(bytes, at, text)) at = at === 0 ? -1 : bytes.lastIndexOf(first, at - 1);
  return at;
}
