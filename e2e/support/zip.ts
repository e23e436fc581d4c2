import { crc32 } from "node:zlib";

/**
 * Reads a zip whose entries are stored, not compressed (songs do not compress), by its central
 * directory (APPNOTE 6.3, §4.3). Throws where lengths or checksums do not fit.
 */
export function readZip(bytes: Buffer): Map<string, Buffer> {
  const end = bytes.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  if (end < 0) throw new Error("No end of central directory: not a whole zip.");
  const entries = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw new Error(`No entry at ${at}.`);
    const [checksum, size] = [bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 24)];
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = bytes.subarray(start, start + size);
    if (bytes.readUInt16LE(at + 10) !== 0) throw new Error(`${name} is compressed.`);
    if (content.length !== size || crc32(content) !== checksum) {
      throw new Error(`${name} does not match its checksum.`);
    }
    entries.set(name, content);
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}
