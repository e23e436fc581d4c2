/**
 * The CRC-16 of a protected layer III frame: polynomial 0x8005, start 0xFFFF, over the last two
 * header bytes and the side information (ISO/IEC 11172-3 §2.4.3.1).
 */
import { headerAt, sideInfoLength } from "./header";

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x8005 : crc << 1) & 0xffff;
  return crc;
});

/** The CRC that the frame at `at` ought to carry in its bytes 4 and 5. */
export const frameCrc = (bytes: Uint8Array, at: number): number => {
  let crc = 0xffff;
  const feed = (byte: number) => {
    crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >>> 8) ^ byte]!;
  };
  feed(bytes[at + 2]!);
  feed(bytes[at + 3]!);
  const end = at + 6 + sideInfoLength(headerAt(bytes, at));
  for (let i = at + 6; i < end; i++) feed(bytes[i]!);
  return crc;
};
