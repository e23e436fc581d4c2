/** Bits from the highest of each byte down, as MPEG packs them. */

/** Reads between two positions in bits of one array. Past the end it reads on, and says so. */
export class MsbReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get overrun(): boolean {
    return this.at > this.end;
  }
  /** The next 16 bits; zeros behind the array. */
  peek16(): number {
    const byte = this.at >>> 3;
    const { bytes } = this;
    const three =
      ((bytes[byte] ?? 0) << 16) | ((bytes[byte + 1] ?? 0) << 8) | (bytes[byte + 2] ?? 0);
    return (three >>> (8 - (this.at & 7))) & 0xffff;
  }
  /** At most 16 bits. */
  read(count: number): number {
    const value = this.peek16() >>> (16 - count);
    this.at += count;
    return value;
  }
  flag(): boolean {
    return this.read(1) === 1;
  }
  skip(count: number): void {
    this.at += count;
  }
}

/** The eight bits at a position in bits. */
export const byteAt = (bytes: Uint8Array, at: number): number => {
  const [byte, shift] = [Math.floor(at / 8), at % 8];
  return (((bytes[byte]! << 8) | (bytes[byte + 1] ?? 0)) >>> (8 - shift)) & 0xff;
};

export const putByte = (bytes: Uint8Array, at: number, value: number): void => {
  const [byte, shift] = [Math.floor(at / 8), at % 8];
  bytes[byte] = (bytes[byte]! & ~(0xff >>> shift)) | (value >>> shift);
  if (shift > 0)
    bytes[byte + 1] = (bytes[byte + 1]! & (0xff >>> shift)) | ((value << (8 - shift)) & 0xff);
};
