/** A text of unknown encoding: what is not changed in it comes out with the bytes that it had. */
export interface OpenText {
  readonly text: string;
  /** What a part of the text may mean, the likeliest first. */
  readings(part: string): readonly string[];
  bytes(text: string): Uint8Array<ArrayBuffer>;
}

/** Encodings of cue sheets and playlists that are no Unicode, in the order they are tried. */
const legacy = ["windows-1252", "shift_jis", "gb18030", "euc-kr", "big5", "windows-1251"];

export function openText(bytes: Uint8Array<ArrayBuffer>): OpenText {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return utf16(bytes, true);
  if (first === 0xfe && second === 0xff) return utf16(bytes, false);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, readings: (part) => [part], bytes: (each) => new TextEncoder().encode(each) };
  } catch {
    return byteForByte(bytes);
  }
}

function utf16(bytes: Uint8Array, little: boolean): OpenText {
  const units = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  // Unit by unit: a decoder would replace halves of pairs. The mark stays a part of the text.
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    parts.push(String.fromCharCode(units.getUint16(at, little)));
  }
  // Half a unit at the end stays as well.
  const odd = bytes.length % 2 === 1 ? bytes.subarray(-1) : new Uint8Array(0);
  return {
    text: parts.join(""),
    readings: (part) => [part],
    bytes: (text) => {
      const out = new Uint8Array(text.length * 2 + odd.length);
      const view = new DataView(out.buffer);
      for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), little);
      out.set(odd, text.length * 2);
      return out;
    },
  };
}

/** A character a byte, so that nothing is lost of an encoding that is not known. */
function byteForByte(bytes: Uint8Array): OpenText {
  const toBytes = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));
  return {
    text: Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""),
    readings: (part) => legacy.map((encoding) => new TextDecoder(encoding).decode(toBytes(part))),
    bytes: toBytes,
  };
}
