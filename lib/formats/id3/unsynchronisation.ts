/**
 * ID3v2 §6.1: a zero byte is put after every FF that is followed by a byte of E0 or above, by a
 * zero, or by nothing, so that no stretch of a tag looks like the start of MPEG audio.
 */
export function unsynchronise(bytes: Uint8Array): Uint8Array {
  let extra = 0;
  const needed = (i: number) =>
    bytes[i] === 0xff &&
    (i + 1 === bytes.length || (bytes[i + 1] ?? 0) >= 0xe0 || bytes[i + 1] === 0);
  for (let i = 0; i < bytes.length; i++) if (needed(i)) extra++;
  const out = new Uint8Array(bytes.length + extra);
  let o = 0;
  for (let i = 0; i < bytes.length; i++) {
    out[o++] = bytes[i] ?? 0;
    if (needed(i)) out[o++] = 0;
  }
  return out;
}

export function resynchronise(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let o = 0;
  for (let i = 0; i < bytes.length; i++) {
    out[o++] = bytes[i] ?? 0;
    if (bytes[i] === 0xff && bytes[i + 1] === 0) i++;
  }
  return out.subarray(0, o);
}
