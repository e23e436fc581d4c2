/** CRC-32 as in Ethernet and zlib (reflected, polynomial EDB88320): ID3v2 extended headers. */
const reflected = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export function crc32(parts: readonly Uint8Array[]): number {
  let crc = 0xffff_ffff;
  for (const part of parts)
    for (let i = 0; i < part.length; i++)
      crc = (crc >>> 8) ^ (reflected[(crc ^ (part[i] ?? 0)) & 0xff] ?? 0);
  return (crc ^ 0xffff_ffff) >>> 0;
}

/**
 * The checksum of Ogg pages (RFC 3533 §6): polynomial 04C11DB7, not reflected, initial value 0,
 * no final inversion. Four tables, so that four bytes go in at a time.
 */
const oggTables = (() => {
  const first = Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index << 24;
    for (let bit = 0; bit < 8; bit++)
      value = value & 0x8000_0000 ? (value << 1) ^ 0x04c11db7 : value << 1;
    return value;
  });
  const tables = [first];
  for (let t = 1; t < 4; t++) {
    const previous = tables[t - 1] ?? first;
    tables.push(previous.map((value) => (value << 8) ^ (first[value >>> 24] ?? 0)));
  }
  return tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
})();

export function oggCrc(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const [t0, t1, t2, t3] = oggTables;
  let crc = 0;
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
