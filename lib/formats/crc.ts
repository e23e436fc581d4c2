/** Checksums of the formats here, by tables of 256 values. */

/** The table of a CRC of `width` bits that takes the highest bit first. */
function tableOf(width: 16 | 32, polynomial: number): Uint32Array {
  const top = width === 16 ? 0x8000 : 0x8000_0000;
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) value = value & top ? (value << 1) ^ polynomial : value << 1;
    return width === 16 ? value & 0xffff : value;
  });
}

const reflected = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as in Ethernet and zlib (reflected, polynomial EDB88320): ID3v2 extended headers. */
export function crc32(parts: readonly Uint8Array[]): number {
  let crc = 0xffff_ffff;
  for (const part of parts)
    for (let i = 0; i < part.length; i++) crc = (crc >>> 8) ^ reflected[(crc ^ part[i]!) & 0xff]!;
  return (crc ^ 0xffff_ffff) >>> 0;
}

const mpegTable = tableOf(16, 0x8005);

/**
 * CRC-16 of MPEG audio (ISO 11172-3 §2.4.3.1: polynomial 8005, first value FFFF) over the bytes
 * from `start` to `end`, going on from `crc`.
 */
export function mpegCrc(bytes: Uint8Array, start: number, end: number, crc = 0xffff): number {
  for (let i = start; i < end; i++)
    crc = ((crc << 8) & 0xffff) ^ mpegTable[(crc >>> 8) ^ bytes[i]!]!;
  return crc;
}

/** Four tables, so that four bytes go in at a time. */
const oggTables = (() => {
  const first = tableOf(32, 0x04c11db7);
  const next = (table: Uint32Array) => table.map((value) => (value << 8) ^ first[value >>> 24]!);
  const second = next(first);
  const third = next(second);
  return [first, second, third, next(third)] as const;
})();

/**
 * CRC-32 of Ogg (RFC 3533 §6: polynomial 04C11DB7, not reflected, first value 0, not inverted)
 * over the bytes from `start` to `end`, going on from `crc`.
 */
export function oggCrc(bytes: Uint8Array, start = 0, end = bytes.length, crc = 0): number {
  const [t0, t1, t2, t3] = oggTables;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const a = (crc >>> 24) ^ bytes[i]!;
    const b = ((crc >>> 16) & 0xff) ^ bytes[i + 1]!;
    const c = ((crc >>> 8) & 0xff) ^ bytes[i + 2]!;
    const d = (crc & 0xff) ^ bytes[i + 3]!;
    crc = t3[a]! ^ t2[b]! ^ t1[c]! ^ t0[d]!;
  }
  for (; i < end; i++) crc = (crc << 8) ^ t0[(crc >>> 24) ^ bytes[i]!]!;
  return crc >>> 0;
}
