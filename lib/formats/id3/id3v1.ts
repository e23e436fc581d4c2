/** ID3v1 and 1.1 (id3.org/ID3v1): 128 bytes of fixed fields at the end of a file. */
import { has, latin1, type ByteSource } from "../bytes";

const LENGTH = 128;
/** The "enhanced tag" in front of one, as some players wrote it. */
const ENHANCED_LENGTH = 227;

/** Bytes of the ID3v1 tag that ends at `end`, with the enhanced one in front of it; else null. */
export function id3v1Before(source: ByteSource, end: number): number | null {
  const stands = (mark: string, before: number) =>
    end >= before && has(source.read(end - before, mark.length), 0, mark);
  if (!stands("TAG", LENGTH)) return null;
  return stands("TAG+", LENGTH + ENHANCED_LENGTH) ? LENGTH + ENHANCED_LENGTH : LENGTH;
}

/** The album of the tag that ends at `end`: 30 characters, ended by a zero byte if shorter. */
export const id3v1Album = (source: ByteSource, end: number): string =>
  latin1(source.read(end - LENGTH + 63, 30)).split("\0")[0] ?? "";
