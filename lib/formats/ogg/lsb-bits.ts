/** Bits from the lowest of each byte up, as Vorbis packs them (Vorbis I §2.1). */

/** Past the end it reads zeros and says so in `overrun`. */
export class LsbReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Position in bits. */
  get at(): number {
    return this.#at;
  }
  get left(): number {
    return this.#bytes.length * 8 - this.#at;
  }
  get overrun(): boolean {
    return this.left < 0;
  }

  /** At most 32 bits, unsigned. */
  read(count: number): number {
    let value = 0;
    for (let got = 0; got < count;) {
      const inByte = this.#at & 7;
      const take = Math.min(8 - inByte, count - got);
      const byte = this.#bytes[this.#at >>> 3] ?? 0;
      value += ((byte >>> inByte) & ((1 << take) - 1)) * 2 ** got;
      got += take;
      this.#at += take;
    }
    return value;
  }
  flag(): boolean {
    return this.read(1) === 1;
  }
  skip(count: number): void {
    this.#at += count;
  }
}

/** Puts 32 bits at a position in bits. */
export function putBits32(bytes: Uint8Array, at: number, value: number): void {
  for (let bit = 0; bit < 32; bit++) {
    const [byte, mask] = [(at + bit) >>> 3, 1 << ((at + bit) & 7)];
    if ((value >>> bit) & 1) bytes[byte]! |= mask;
    else bytes[byte]! &= ~mask;
  }
}
