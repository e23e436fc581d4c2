/** Text in ID3v2 frames: 0 Latin-1, 1 UTF-16 with byte order mark, 2 UTF-16BE, 3 UTF-8. */
import { latin1, utf8 } from "../bytes";

function decode(bytes: Uint8Array, encoding: number): string {
  if (encoding === 0) return latin1(bytes);
  if (encoding === 3) return utf8(bytes);
  const mark = bytes.length >= 2 ? ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0) : 0;
  const little = mark === 0xfffe;
  const start = mark === 0xfffe || mark === 0xfeff ? 2 : 0;
  let text = "";
  for (let i = start; i + 1 < bytes.length; i += 2) {
    const [first, second] = [bytes[i] ?? 0, bytes[i + 1] ?? 0];
    text += String.fromCharCode(little ? first | (second << 8) : (first << 8) | second);
  }
  return text;
}

/** The text from `start` up to its terminator or the end; `next` is where the following begins. */
export function decodeTerminated(
  bytes: Uint8Array,
  start: number,
  encoding: number,
): { text: string; next: number } {
  const wide = encoding === 1 || encoding === 2;
  let end = start;
  if (wide) while (end + 1 < bytes.length && (bytes[end] !== 0 || bytes[end + 1] !== 0)) end += 2;
  else while (end < bytes.length && bytes[end] !== 0) end++;
  if (wide && end + 1 >= bytes.length) end = bytes.length;
  const text = decode(bytes.subarray(Math.min(start, bytes.length), end), encoding);
  return { text, next: Math.min(bytes.length, end + (wide ? 2 : 1)) };
}
