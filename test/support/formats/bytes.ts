/** Small builders of bytes, apart from the library's own so that they cannot share its mistakes. */
export const join = (
  ...parts: ReadonlyArray<Uint8Array | string | readonly number[]>
): Uint8Array =>
  new Uint8Array(
    Buffer.concat(
      parts.map((part) =>
        typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part),
      ),
    ),
  );

export const big = (value: number, bytes: number): Uint8Array => {
  const buffer = Buffer.alloc(bytes);
  if (bytes > 6) buffer.writeBigUInt64BE(BigInt(value));
  else buffer.writeUIntBE(value, 0, bytes);
  return new Uint8Array(buffer);
};
export const little = (value: number, bytes: number): Uint8Array => big(value, bytes).toReversed();
export const zeros = (length: number): Uint8Array => new Uint8Array(length);
export const syncsafe = (value: number): Uint8Array =>
  Uint8Array.from([21, 14, 7, 0], (shift) => (value >> shift) & 127);

/** Repeatable bytes of which many are FF and 00. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const value = state >>> 22;
    return value < 200 ? 0xff : value < 300 ? 0 : value & 0xff;
  });
}

export const indexOf = (whole: Uint8Array, part: Uint8Array | string): number =>
  Buffer.from(whole).indexOf(
    typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part),
  );
